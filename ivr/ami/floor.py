"""The work floor of one Asterisk, for its watcher: members, wrap-ups, who is at work, and the day's figures.

Knows which part is told what. Decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from ivr.ami.attendant import Attendant
    from ivr.ami.counter import Counter
    from ivr.ami.events import Event
    from ivr.ami.members import Members
    from ivr.ami.wrap_ups import WrapUps


@dataclass(frozen=True, slots=True)
class Floor:
    """All parts."""

    members: Members
    wrap_ups: WrapUps
    attendant: Attendant
    counter: Counter

    async def begin(self) -> None:
        """We watch from now on."""
        await self.members.begin()

    def connected(self) -> None:
        """There is a new manager connection."""
        self.members.disconnected()

    def freed(self, interface: str) -> None:
        """A member's call is over, or with somebody else."""
        self.wrap_ups.freed(interface)

    async def follow(self, event: Event) -> None:
        """Something happened, and the calls are moved."""
        await self.counter.follow(event)

    @property
    def works(self) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
        """What is to run as long as we watch."""
        return self.wrap_ups.run, self.attendant.run
