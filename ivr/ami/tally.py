"""What a link counts over its whole life, for metrics and for `doctor`. Knows numbers only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class AmiTally:
    """Messages from Asterisk, each counted once, by what became of it. Answers in time are not counted."""

    events: int = 0
    """Handed over."""
    passed_over: int = 0
    """Events that we do not follow."""
    malformed: int = 0
    """Dropped: a field was missing, said twice or no number, or a limit was passed."""
    oversized: int = 0
    """Dropped: longer than a message may be."""
    strange: int = 0
    """Dropped: neither an event, nor an answer to what we asked."""
