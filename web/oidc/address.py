"""Which addresses may be asked. PURE."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def is_safe(url: str) -> bool:
    """Tell whether what goes there stays between the two of us: https, or this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
    )
