"""Reading a form that somebody sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def text(form: Mapping[str, object], name: str) -> str:
    """Return what was filled in under this name, without the spaces around it; nothing if it is no text."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""
