"""The work floor: how each queue member stands, and who waits in which queue, at one moment.

PURE. Knows states and times; a caller is nothing but a subject, since when they wait, and whether they have
proven who they are. Must not know numbers, names or codes, nor where any of this comes from.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WRAP_UP: Final = "idb-wrap-up"
"""The reason by which Asterisk knows a pause that is wrap-up: ours, and no operator's."""
LINE: Final = 50
"""So many callers of a queue are listed one by one; of those behind them it is told how many they are."""


class Phone(StrEnum):
    """What the phone of a member does."""

    FREE = "free"
    RINGING = "ringing"
    BUSY = "busy"
    ABSENT = "absent"
    """Nobody is logged in at it."""


class State(StrEnum):
    """What a member does, as people say it."""

    READY = "ready"
    RINGING = "ringing"
    CALL = "call"
    WRAP_UP = "wrap-up"
    PAUSED = "paused"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a queue member stands, in all its queues together. Times in seconds since the epoch."""

    queues: tuple[str, ...]
    phone: Phone
    paused: bool
    """In all of them: who is paused in some only still gets calls."""
    reason: str
    """Why paused, in Asterisk's words; empty: not said, or not paused."""
    since: int
    """Since when the state is as it is, as far as is known."""
    until: int = 0
    """When wrap-up is over; 0: it is none."""

    @property
    def wraps_up(self) -> bool:
        """Whether this is a pause of ours, after a call."""
        return self.paused and self.reason == WRAP_UP

    @property
    def state(self) -> State:
        """What the member does: a call goes before a pause, and a pause before a phone that is not there."""
        if self.phone is Phone.BUSY:
            return State.CALL
        if self.phone is Phone.RINGING:
            return State.RINGING
        if self.paused:
            return State.WRAP_UP if self.wraps_up else State.PAUSED
        return State.ABSENT if self.phone is Phone.ABSENT else State.READY


class Proof(StrEnum):
    """Whether a waiting caller has proven who they are."""

    NONE = "none"
    """They keyed no code."""
    PENDING = "pending"
    VERIFIED = "verified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who waits, as all agents of the queue may know them."""

    since: int
    purpose: str
    """Empty without a code."""
    proof: Proof


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue: who waits in it, and what its members do."""

    waiting: int
    oldest: int
    """Since when the caller waits who waits longest; 0: nobody does."""
    callers: tuple[Caller, ...]
    """Those in front, `LINE` at most, in the order in which they are served."""
    members: Mapping[State, int]
    """How many there are in each state; none is left out of it as 0."""


def together(lines: Iterable[QueueLine]) -> QueueLine | None:
    """Return a queue that is on several Asterisks as one: who came first stands first. None of nothing."""
    known = tuple(lines)
    if len(known) <= 1:
        return known[0] if known else None
    callers = sorted(chain.from_iterable(line.callers for line in known), key=lambda caller: caller.since)
    return QueueLine(
        waiting=sum(line.waiting for line in known),
        oldest=min((line.oldest for line in known if line.oldest), default=0),
        callers=tuple(callers[:LINE]),
        members={
            state: many for state in State if (many := sum(line.members.get(state, 0) for line in known))
        },
    )


def counted(standings: Iterable[Standing]) -> dict[str, dict[State, int]]:
    """Return, for each queue, how many of its members are in each state."""
    found: defaultdict[str, Counter[State]] = defaultdict(Counter)
    for standing in standings:
        for queue in standing.queues:
            found[queue][standing.state] += 1
    return {queue: dict(states) for queue, states in found.items()}
