"""Asking an ordinary caller to log in after all: what the agent can do now, and what is told.

Pure: from a store's view to a picture. Knows the steps and short addresses; nothing of sockets or HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ivr.session.code import grouped
from ivr.session.upgrade import BUSY, Step

if TYPE_CHECKING:
    from ivr.session.purpose import Purposes
    from ivr.store.desk import OnLine

NOBODY: Final = "none"
"""The step before the first: nobody asked."""
STEPS: Final = (NOBODY, *(step.value for step in Step))


@dataclass(frozen=True, slots=True)
class Ask:
    """How far it is with one call."""

    call: str
    step: str
    """One of `STEPS`."""
    purpose: str
    """The purpose that was asked for, or that goes with the queue that the caller waited in."""
    number: str = ""
    """Of the short address, once there is one."""

    @property
    def busy(self) -> bool:
        """Whether the caller is being asked for a code just now, so that nothing else can be begun."""
        return self.step in BUSY

    @property
    def groups(self) -> tuple[str, ...]:
        """The number as it is read out."""
        return grouped(self.number) if self.number else ()

    def to_json(self) -> dict[str, Any]:
        """The same for the browser, which has the words of each step in its page."""
        return {"call": self.call, "step": self.step, "purpose": self.purpose, "number": self.number}


def ask_of(online: OnLine, purposes: Purposes) -> Ask:
    """Return how far it is with this ordinary call."""
    upgrade = online.view.upgrade
    purpose = upgrade.purpose if upgrade else ""
    usual = next((each.name for each in purposes if each.queue == online.view.queue), "")
    return Ask(
        str(online.call),
        upgrade.step.value if upgrade else NOBODY,
        purpose or usual,
        upgrade.number if upgrade else "",
    )
