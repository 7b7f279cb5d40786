"""docs/pages.md shows every state of the citizens' pages, and nothing that is not one."""

from __future__ import annotations

import re

import pytest

from tests.lab.asterisk_home import CHECKOUT
from tests.lab.shots import ALL, FOLDER, PAGE, written

DOCS = CHECKOUT / "docs"


@pytest.mark.req("C9")
def test_every_state_has_its_pictures() -> None:
    """As the states are now: whoever adds one runs ``scripts/shots``."""
    page = (DOCS / PAGE).read_text()
    assert page == written()
    assert len(re.findall("^## ", page, re.MULTILINE)) == len(ALL)
    shown = set(re.findall(r"\]\((.+?\.png)\)", page))
    assert shown == {f"{FOLDER}/{picture.name}" for picture in (DOCS / FOLDER).glob("*.png")}
