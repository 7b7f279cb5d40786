"""How a page looks: axe finds nothing in any light, at 400% nothing goes beyond the side; pictures of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.lab.axe import violations

if TYPE_CHECKING:
    from playwright.async_api import Page

DESKTOP: Final = {"width": 1280, "height": 800}
ZOOMED: Final = {"width": 320, "height": 256}
"""1280 by 1024 at 400% (WCAG 2.2, 1.4.10)."""
PICTURES: Final = os.environ.get("IDBELLEN_PICTURES")
"""A folder to keep a picture of each state in, to look at."""


async def picture(page: Page, name: str) -> None:
    """Keep a picture, if somebody wants them."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


async def looks_well(page: Page, name: str) -> None:
    """In light, dark and high contrast, and enlarged."""
    assert await violations(page) == []
    await picture(page, f"{name}-1280")
    await page.emulate_media(color_scheme="dark", contrast="more")
    assert await violations(page) == []
    await picture(page, f"{name}-dark")
    await page.emulate_media(color_scheme="light", contrast="no-preference")
    await page.set_viewport_size(ZOOMED)
    assert await page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["width"]
    assert await violations(page) == []
    await picture(page, f"{name}-400")
