"""A caller's number as the network gives it: a signal, never a proof.

Knows what a number looks like. Anyone can send anything as caller ID, so all else counts as withheld.
"""

from __future__ import annotations

from typing import Final

MAX_NUMBER: Final = 20
"""Characters; E.164 has fifteen digits, and some networks put a prefix before them."""


def clean(number: str) -> str:
    """Return digits after perhaps a plus; nothing when it is withheld, too long or no number."""
    digits = number.removeprefix("+")
    plain = digits.isascii() and digits.isdigit() and len(number) <= MAX_NUMBER
    return number if plain else ""
