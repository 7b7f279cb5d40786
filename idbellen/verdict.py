"""What a check found, and how that is told: fine, a warning, or wrong with what to do next.

Knows words and colours. Does not know what is checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """How a check came out."""

    FINE = "fine"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table."""

    part: str
    verdict: Verdict
    found: str
    mend: str = ""


def fine(part: str, found: str) -> Result:
    """A check that is all right."""
    return Result(part, Verdict.FINE, found)


def warning(part: str, found: str, mend: str) -> Result:
    """A check that works but could be better."""
    return Result(part, Verdict.WARNING, found, mend)


def wrong(part: str, found: str, mend: str) -> Result:
    """A check that fails, and what to do next."""
    return Result(part, Verdict.WRONG, found, mend)


def table(results: list[Result], *, colour: bool = False) -> str:
    """Write the results for people: one line a check, and below each that is not fine what to do."""
    paint = {Verdict.FINE: "32", Verdict.WARNING: "33", Verdict.WRONG: "31"}
    lines = []
    for result in results:
        word = f"{result.verdict.value:8}"
        if colour:
            word = f"\x1b[{paint[result.verdict]}m{word}\x1b[0m"
        lines.append(f"{word} {result.part:11} {result.found}")
        if result.mend:
            lines.append(f"{'':8} {'':11}   → {result.mend}")
    return "\n".join(lines)
