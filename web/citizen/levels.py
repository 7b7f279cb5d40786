"""How sure it is who somebody is, in plain words. Knows eIDAS' three levels and what DigiD calls them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ivr.session.attributes import Level
from web.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Said:
    """One level, as it is told."""

    name: str
    reach: str
    """Stands with a way to log in."""
    meaning: str


LEVELS: Final[Mapping[Level, Said]] = {
    Level.LOW: Said(
        mark("Low"),
        mark("Level: low"),
        mark(
            "You log in with a user name and a password, a text message or an app. "
            "DigiD calls this Basis or Midden."
        ),
    ),
    Level.SUBSTANTIAL: Said(
        mark("Substantial"),
        mark("Level: up to substantial"),
        mark(
            "You log in with an app that has checked your passport, identity card or driving licence once. "
            "DigiD calls this Substantieel."
        ),
    ),
    Level.HIGH: Said(
        mark("High"),
        mark("Level: up to high"),
        mark("You log in with the chip of your identity card or driving licence. DigiD calls this Hoog."),
    ),
}
"""A level below low is never asked for, and no way to log in gives it."""
