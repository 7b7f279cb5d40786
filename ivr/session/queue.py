"""What is known of a queue at one moment: who works in it, who waits, how long that takes.

PURE. Knows figures. Must not know where they come from, nor who waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """One queue, on one Asterisk or on all of them together. Times in seconds."""

    logged_in: int
    """Members whose phone is there, paused ones too."""
    serving: float
    """Members who take calls or will: logged in, and not paused but for wrap-up. One who works in several
    queues counts in each by its share of those who wait."""
    available: int
    """Members whose phone would ring at once."""
    waiting: int
    hold_seconds: int | None
    """How long those lately answered had waited: Asterisk's running mean. None: nobody was answered yet."""
    talk_seconds: int | None
    """How long a conversation lately took; as above."""


def together(parts: Iterable[QueueFacts]) -> QueueFacts | None:
    """Return the parts of a queue as one; None of nothing. Times weigh by who is logged in."""
    known = tuple(parts)
    if len(known) <= 1:
        return known[0] if known else None
    return QueueFacts(
        logged_in=sum(part.logged_in for part in known),
        serving=sum(part.serving for part in known),
        available=sum(part.available for part in known),
        waiting=sum(part.waiting for part in known),
        hold_seconds=_mean(known, lambda part: part.hold_seconds),
        talk_seconds=_mean(known, lambda part: part.talk_seconds),
    )


def _mean(parts: tuple[QueueFacts, ...], of: Callable[[QueueFacts], int | None]) -> int | None:
    weighed = [(seconds, part.logged_in) for part in parts if (seconds := of(part)) is not None]
    if not weighed:
        return None
    weights = sum(weight for _, weight in weighed)
    if not weights:
        return round(sum(seconds for seconds, _ in weighed) / len(weighed))
    return round(sum(seconds * weight for seconds, weight in weighed) / weights)
