"""The prompts as every Asterisk of the lab plays them, made once for this checkout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.prompts.render import render
from tests.lab.asterisk_home import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

ORGANISATION = "de gemeente Voorbeeld"


def rendered() -> Path:
    """Return the folder with ``<language>/idbellen/*.wav``; makes what is absent, three seconds at first."""
    folder = CHECKOUT / "var/prompts"
    for _ in render(folder, ORGANISATION):
        pass
    return folder
