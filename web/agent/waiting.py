"""A queue as its agents see it before they pick up: who waits for what, for how long, and proven or not.

Pure: from what the store says of a queue to what a page shows. Nothing comes in by which a caller could be
known, so nothing of that can go out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from ivr.session.floor import LINE, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.session.floor import QueueLine


class Colleagues(StrEnum):
    """What those who work in a queue do, for a colleague: fewer kinds than there are states."""

    READY = "ready"
    CALL = "call"
    AWAY = "away"


_AS: Final = {
    State.READY: Colleagues.READY,
    State.RINGING: Colleagues.CALL,
    State.CALL: Colleagues.CALL,
    State.WRAP_UP: Colleagues.AWAY,
    State.PAUSED: Colleagues.AWAY,
}
"""Who is not there is nobody's colleague now."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody who waits."""

    since: int
    subject: str
    """What for, as people call it; empty without a code."""
    proof: str
    """One of `ivr.session.floor.Proof`."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue."""

    name: str
    known: bool
    """Else nothing of it is known now, and the rest is empty."""
    waiting: int = 0
    callers: tuple[Waiter, ...] = ()
    colleagues: Mapping[str, int] | None = None

    @property
    def more(self) -> int:
        """How many wait behind those that are listed."""
        return max(self.waiting - len(self.callers), 0)

    def to_json(self) -> dict[str, Any]:
        """The queue as the browser gets it; a caller is three things, in the order of `Waiter`."""
        return {
            "name": self.name,
            "known": self.known,
            "waiting": self.waiting,
            "more": self.more,
            "callers": [[each.since, each.subject, each.proof] for each in self.callers],
            "colleagues": dict(self.colleagues or {}),
        }


def waiting_of(name: str, line: QueueLine | None, subjects: Mapping[str, str]) -> Waiting:
    """Return a queue as it is shown. ``subjects`` are what people call the purposes, by name."""
    if line is None:
        return Waiting(name, known=False)
    colleagues = dict.fromkeys((kind.value for kind in Colleagues), 0)
    for state, many in line.members.items():
        if state in _AS:
            colleagues[_AS[state].value] += many
    return Waiting(
        name,
        known=True,
        waiting=line.waiting,
        callers=tuple(
            Waiter(each.since, subjects.get(each.purpose, each.purpose), each.proof.value)
            for each in line.callers[:LINE]
        ),
        colleagues=colleagues,
    )
