"""Which part of a proven value is kept: the least that a purpose needs (requirement C4).

A part is taken the moment a log-in comes back, before anything is sealed; the rest is nowhere. A value that
does not look as its part needs it gives nothing, never the whole. Knows no purpose.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Part(StrEnum):
    """Which part."""

    WHOLE = "whole"
    YEAR = "year"
    """Of a date: ``1965`` of ``10-03-1965``, ``1965-03-10`` or ``19650310``."""
    DISTRICT = "district"
    """Of a Dutch postcode its four digits: some thousands of addresses."""

    def of(self, value: str) -> str:
        """Return this part of a value; nothing when it has no such part."""
        if self is Part.WHOLE:
            return value
        found = _LOOKS[self].fullmatch(value.strip())
        return next((group for group in found.groups() if group), "") if found else ""


_YEAR: Final = r"((?:1[89]|20)[0-9]{2})"
_LOOKS: Final = {
    Part.YEAR: re.compile(rf"[0-9]{{2}}-[0-9]{{2}}-{_YEAR}|{_YEAR}(?:-[0-9]{{2}}-[0-9]{{2}}|[0-9]{{4}})?"),
    Part.DISTRICT: re.compile(r"([1-9][0-9]{3})(?: ?[A-Za-z]{2})?"),
}
