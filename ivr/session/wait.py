"""What a waiting caller is told: how many are before them, and about how long it takes.

PURE. Knows figures and human steps, no words. It never promises what the figures do not give: without agents,
or before the first conversation is over, the time is unknown. And it does not jump: what was told holds until
the figures are clearly beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ivr.session.queue import QueueFacts

BETWEEN_SECONDS: Final = 10
"""From the end of one conversation to the beginning of the next: a phone rings, a hand reaches."""
EXACT: Final = 10
"""As many before somebody are counted one by one; of more, it is said that there are at least so many."""
CROWDS: Final = (10, 15, 20, 30, 50, 75, 100, 200, 500, 1000)
SPANS: Final = (
    *((1, 2 * 60), (3, 4 * 60), (5, 450), (10, 750), (15, 1050), (20, 1500)),
    *((30, 2250), (45, 3150), (60, 4500), (90, float("inf"))),
)
"""The minutes that are told, and up to how many seconds of waiting: the first is "less than two minutes", the
last "more than an hour"."""
SLACK: Final = 0.2
"""How far, as a part of it, a figure must be beyond a span before another one is told."""
CALM: Final = 0.02
"""The weight of the newest talk time, at each look: Asterisk's own mean jumps with each conversation."""

_EDGES: Final = dict(
    zip((minutes for minutes, _ in SPANS), pairwise((0.0, *(most for _, most in SPANS))), strict=True)
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a caller stands, as it is told."""

    ahead: int
    """Callers who are before them: exact up to `EXACT`, then at least so many."""
    minutes: int | None
    """One of `SPANS`; None: nobody can know."""


def expected(facts: QueueFacts, position: int, talk_seconds: float | None) -> float | None:
    """Seconds until the caller at ``position``, from 1, is answered; None: nobody can know.

    Each who serves ends a conversation once in its mean length, so that is how fast the queue moves.
    """
    if facts.serving <= 0:
        return None
    behind = position - min(facts.available, facts.serving)
    if behind <= 0:
        return 0.0
    return None if not talk_seconds else behind * (talk_seconds + BETWEEN_SECONDS) / facts.serving


def told(seconds: float | None, before: int | None) -> int | None:
    """The minutes to tell, when ``before`` was told last."""
    if seconds is None:
        return None
    if before is not None:
        least, most = _EDGES[before]
        if least * (1 - SLACK) <= seconds < most * (1 + SLACK):
            return before
    return next(minutes for minutes, most in SPANS if seconds < most)


def crowd(ahead: int) -> int:
    """How many before somebody are told."""
    return ahead if ahead < EXACT else max(step for step in CROWDS if step <= ahead)


class Forecast:
    """What the waiting callers of one Asterisk are told, look after look. Remembers what was told before."""

    def __init__(self) -> None:
        self._told: dict[str, Place] = {}
        self._talk: dict[str, float] = {}

    def places(
        self, queues: Mapping[str, QueueFacts], waiting: Iterable[tuple[str, str, int]]
    ) -> Mapping[str, Place]:
        """Where each caller stands now; ``waiting`` gives caller, queue, and position from 1."""
        self._talk = {name: talk for name, facts in queues.items() if (talk := self._calm(name, facts))}
        self._told = {
            caller: self._place(caller, queues[queue], queue, position)
            for caller, queue, position in waiting
            if queue in queues
        }
        return self._told

    def _place(self, caller: str, facts: QueueFacts, queue: str, position: int) -> Place:
        before = self._told.get(caller)
        seconds = expected(facts, position, self._talk.get(queue))
        return Place(crowd(max(0, position - 1)), told(seconds, before.minutes if before else None))

    def _calm(self, queue: str, facts: QueueFacts) -> float | None:
        if not facts.talk_seconds:
            return None
        before = self._talk.get(queue, float(facts.talk_seconds))
        return before + (facts.talk_seconds - before) * CALM
