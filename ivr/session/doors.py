"""What is closed at this moment: subjects, the ordinary queue, all of it.

PURE: the clock is handed in. Hours begin and end at whole minutes, so one look a minute is enough, however
many ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from ivr.session.opening import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.session.opening import Hours
    from ivr.session.purpose import Purposes

MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Closed:
    """What is closed at one moment."""

    purposes: frozenset[str] = frozenset()
    """Subjects, by name."""
    ordinary: bool = False
    """The ordinary queue, where callers without a code wait."""
    everything: bool = False
    """Both, without an exception."""


class Doors:
    """Looks what is closed. ``ordinary`` are the ordinary queue's hours, ``now`` tells seconds since 1970."""

    def __init__(self, purposes: Purposes, ordinary: Hours = ALWAYS, *, now: Callable[[], float]) -> None:
        self._purposes = purposes
        self._ordinary = ordinary
        self._now = now
        self._minute: int | None = None
        self._closed = Closed()

    def closed(self) -> Closed:
        """Return what is closed now."""
        minute = int(self._now() // MINUTE)
        if minute != self._minute:
            self._closed = self._look(datetime.fromtimestamp(minute * MINUTE, UTC))
            self._minute = minute
        return self._closed

    def _look(self, now: datetime) -> Closed:
        purposes = self._purposes.closed(now)
        ordinary = not self._ordinary.at(now).open
        return Closed(purposes, ordinary, everything=ordinary and len(purposes) == len(self._purposes))
