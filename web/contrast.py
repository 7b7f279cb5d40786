"""Whether words can be read on what they stand on: WCAG 2.2, success criteria 1.4.3 and 1.4.11.

Knows which of our design tokens stand on which, and the formula. Does not know where tokens come from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tinycss2 import color3

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEXT: Final = 4.5
SHAPE: Final = 3.0
"""Least ratios: of text, and of what must be seen to be used."""
MAX_HOPS: Final = 20
"""From token to token, before a circle is suspected."""
PAGE: Final = "--basis-color-default-bg-document"
FOOT: Final = "--basis-color-default-bg-subtle"
PAIRS: Final = (
    ("--basis-color-default-color-document", PAGE, TEXT),
    ("--basis-color-default-color-document", FOOT, TEXT),
    ("--basis-color-default-color-default", PAGE, TEXT),
    ("--nl-link-color", PAGE, TEXT),
    ("--nl-link-color", FOOT, TEXT),
    ("--nl-link-hover-color", PAGE, TEXT),
    ("--nl-button-primary-color", "--nl-button-primary-background-color", TEXT),
    ("--nl-button-primary-hover-color", "--nl-button-primary-hover-background-color", TEXT),
    ("--nl-button-primary-active-color", "--nl-button-primary-active-background-color", TEXT),
    ("--nl-button-secondary-color", PAGE, TEXT),
    ("--nl-button-secondary-hover-color", "--nl-button-secondary-hover-background-color", TEXT),
    ("--nl-button-subtle-color", PAGE, TEXT),
    ("--nl-button-focus-color", "--nl-button-focus-background-color", TEXT),
    ("--basis-color-accent-1-inverse-color-default", "--basis-color-accent-1-inverse-bg-default", TEXT),
    ("--basis-color-negative-color-default", PAGE, TEXT),
    *(
        (f"--utrecht-alert-{kind}-color", f"--utrecht-alert-{kind}-background-color", TEXT)
        for kind in ("info", "ok", "warning", "error")
    ),
    ("--basis-focus-outline-color", PAGE, SHAPE),
    ("--nl-button-primary-background-color", PAGE, SHAPE),
)
"""What stands on what, and how far apart they must be."""
_VARIABLE: Final = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,\s*([^()]*))?\)")


@dataclass(frozen=True, slots=True)
class Poor:
    """Two tokens that are too near each other. ``ratio`` is 0 when a colour cannot be told."""

    front: str
    back: str
    ratio: float
    least: float

    def __str__(self) -> str:
        if not self.ratio:
            return f"{self.front} on {self.back} cannot be told: give colours as #rrggbb"
        return f"{self.front} on {self.back} is {self.ratio:.2f} to 1, and must be {self.least} or more"


def poor(tokens: Mapping[str, str]) -> Iterator[Poor]:
    """Give every pair that cannot be read well enough."""
    for front, back, least in PAIRS:
        ratio = _ratio(tokens, front, back)
        if ratio < least:
            yield Poor(front, back, ratio, least)


def _ratio(tokens: Mapping[str, str], front: str, back: str) -> float:
    one, other = _luminance(tokens, front), _luminance(tokens, back)
    if one is None or other is None:
        return 0.0
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _luminance(tokens: Mapping[str, str], name: str) -> float | None:
    """Return the relative luminance of a token's colour, from 0 to 1; None when it is no plain colour."""
    value = f"var({name})"
    for _ in range(MAX_HOPS):
        found = _VARIABLE.fullmatch(value)
        if found is None:
            break
        value = tokens.get(found[1], found[2] or "").strip()
    colour = color3.parse_color(value)
    if not isinstance(colour, color3.RGBA) or colour.alpha < 1:
        return None
    red, green, blue = (_linear(part) for part in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    dark = 0.04045  # as in sRGB's own definition; WCAG's 0.03928 gives the same for colours of 8 bits
    return part / 12.92 if part <= dark else float(((part + 0.055) / 1.055) ** 2.4)
