"""The prompts as every Asterisk of the lab plays them, made once for this checkout."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from ivr.prompts.render import render, render_counting
from tests.lab.asterisk_home import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

ORGANISATION = "de gemeente Voorbeeld"


def rendered() -> Path:
    """Return the folder with all sounds; makes what is absent, six seconds at first."""
    folder = CHECKOUT / "var/prompts"
    for _ in chain(render(folder, ORGANISATION), render_counting(folder)):
        pass
    return folder
