"""How much guessing is allowed (requirement S3).

Wrong codes are counted over a sliding window, for all callers together and for each number. Spent, a budget
locks nobody out: the extra digits are asked as well, which makes guessing 10,000 times harder. The counting
itself is part of the claim (``lua/claim.lua``), so that nobody guesses between the look and the charge.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.session.code import BUDGET_PER_HOUR
from ivr.store.keyspace import CALLER_BUDGET, CALLER_WINDOW, GUESS_WINDOW


@dataclass(frozen=True, slots=True)
class Budget:
    """Wrong codes that are allowed, and the seconds over which they are counted."""

    everybody: int = BUDGET_PER_HOUR
    everybody_window: float = GUESS_WINDOW
    caller: int = CALLER_BUDGET
    caller_window: float = CALLER_WINDOW

    def as_args(self) -> tuple[int, int, int, int]:
        """Return the four figures as the claim script takes them."""
        return (self.everybody, int(self.everybody_window), self.caller, int(self.caller_window))
