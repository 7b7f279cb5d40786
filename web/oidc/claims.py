"""What a provider says of somebody, and finding one thing in it. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Path = tuple[str, ...]
"""The name of a claim, or the way to one inside others: ``("address", "postal_code")``."""
YES, NO = "ja", "nee"
"""How a claim that is true or false reads."""


def find(claims: Mapping[str, object], path: Path) -> object:
    """Return what is there; None if nothing is."""
    found: object = claims
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def text(claims: Mapping[str, object], path: Path) -> str:
    """Return what is there as text for people; empty if nothing is, or nothing of one line."""
    match find(claims, path):
        case bool() as whether:
            return YES if whether else NO
        case str() | int() as value:
            return str(value).strip()
        case _:
            return ""
