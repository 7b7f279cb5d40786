"""Text of others made harmless to read: it cannot look like another text, nor break the page around it.

Pure. Knows signs, not what the text is about.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from ivr.session.attributes import Secret

_DIRECTION: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of writing: with these a text can look like another (Unicode TR 36)."""


def plain(text: str) -> Secret:
    """Return the text without signs that could make it look like another one, or break a page."""
    return Secret("".join("\ufffd" if _misleads(sign) else sign for sign in text))


def _misleads(sign: str) -> bool:
    return sign in _DIRECTION or unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"}
