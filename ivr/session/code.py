"""The code that a citizen keys in: random digits and one Damm check digit.

Knows how long a code must be, how to check, clean and group one. Does not know which codes exist: that is
the store's. The check digit gives no security at all; it catches every single wrong digit and every swap of
two neighbours, so that a slip of the finger costs neither an attempt nor guess budget (H.M. Damm, *Total
anti-symmetrische Quasigruppen*, Marburg 2004).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

_DAMM: Final = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_DIGITS: Final = frozenset("0123456789")

MIN_LENGTH: Final = 6
MAX_LENGTH: Final = 16
EXTRA_LENGTH: Final = 4
"""Digits asked on top once the guess budget is spent: guessing gets 10,000 times harder."""
EXTENSIONS: Final = 10
"""How often a code may be given more time: as often as WCAG 2.2.1 asks at least."""
HIT_PER_HOUR: Final = 1e-6
"""The most that the chance of guessing any live code may be in one hour (requirement S3)."""
BUDGET_PER_HOUR: Final = 80
"""Wrong codes an hour before the extra digits are asked.

For 100 live codes of 11 digits 90 would do; the rest is for guesses that have the extra digits right.
"""


def check_digit(digits: str) -> str:
    """Return the Damm check digit of a string of digits."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def is_well_formed(code: str, length: int) -> bool:
    """Tell whether this has the right length, only ASCII digits and a right check digit."""
    return len(code) == length and _DIGITS.issuperset(code) and check_digit(code) == "0"


def normalise(text: str) -> str:
    """Drop what people put between digits (spaces, dashes, dots); leave all else to be refused."""
    return text.translate({ord(sign): None for sign in " -.\u00a0\u2009\u202f"})


def length_for(live: int, budget: int = BUDGET_PER_HOUR) -> int:
    """Return how many digits, check digit included, a code needs when ``live`` codes are live at once.

    The chance that ``budget`` guesses in an hour hit one of ``live`` codes is under ``live * budget`` divided
    by all the codes there are; the length is the least that keeps it under `HIT_PER_HOUR`. Raise InputError
    when that is more than people can key in.
    """
    for length in range(MIN_LENGTH, MAX_LENGTH + 1):
        if live * budget <= HIT_PER_HOUR * _space(length):
            return length
    raise InputError(f"{budget} wrong codes an hour at {live} live ones need more than {MAX_LENGTH} digits")


def _space(length: int) -> int:
    """Return how many codes of this length there are: the first digit is not 0, the last one checks."""
    return int(9 * 10 ** (length - 2))


def draw(length: int, below: Callable[[int], int]) -> str:
    """Make a new code of ``length`` digits; ``below(n)`` gives a secure random number from 0 to n-1.

    A code never starts with 0: people leave a leading nought out when they read a number from a page.
    """
    digits = str(10 ** (length - 2) + below(_space(length)))
    return digits + check_digit(digits)


def draw_extra(below: Callable[[int], int]) -> str:
    """Make the extra digits that are asked only when the guess budget is spent."""
    return f"{below(10**EXTRA_LENGTH):0{EXTRA_LENGTH}d}"


def grouped(code: str) -> tuple[str, ...]:
    """Split a code in groups of three, the last of two to four: how people say and remember numbers."""
    groups = []
    rest = code
    while len(rest) > 4:  # noqa: PLR2004 - the largest group that people keep in mind
        groups.append(rest[:3])
        rest = rest[3:]
    groups.append(rest)
    return tuple(groups)
