"""templates/ and frontend/css in a real browser: every piece that pages are made of, as people meet it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.lab.axe import violations
from tests.lab.front import front
from tests.lab.markup import faults
from tests.web.test_pages import SITE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page
    from yarl import URL

pytestmark = [pytest.mark.usefixtures("sample_pages"), pytest.mark.e2e]

PAGES = ("nl", "nl/agent", "nl/nowhere")
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
ZOOMED = {"width": 320, "height": 256}  # 1280 by 1024 at 400% (WCAG 2.2, 1.4.10)
TARGET_PX = 44


@asynccontextmanager
async def opened(browser: Browser, **context: Any) -> AsyncIterator[tuple[Page, URL]]:
    """A tab, and where the demonstration is."""
    async with front(SITE, demo=True, privacy_url="/privacy", accessibility_url="/access") as running:
        window = await browser.new_context(**context)
        yield await window.new_page(), running.url
        await window.close()


@asynccontextmanager
async def shown(browser: Browser, path: str, **context: Any) -> AsyncIterator[Page]:
    """One page of the demonstration."""
    async with opened(browser, **context) as (tab, url):
        await tab.goto(str(url / path))
        yield tab


@pytest.mark.req("C9", "A10")
@pytest.mark.parametrize("path", PAGES)
async def test_axe_finds_nothing(browser: Browser, path: str) -> None:
    """Every piece, citizens' and agents': on a phone and a desktop, light, dark and with more contrast."""
    async with opened(browser) as (tab, url):
        await tab.goto(str(url / path))
        for viewport, scheme, contrast in (
            (PHONE, "light", "no-preference"),
            (DESKTOP, "dark", "no-preference"),
            (PHONE, "dark", "more"),
        ):
            await tab.set_viewport_size(viewport)
            await tab.emulate_media(color_scheme=scheme, contrast=contrast)
            assert await violations(tab) == [], (viewport, scheme, contrast)


@pytest.mark.req("C9")
async def test_the_source_needs_no_mending() -> None:
    """html-validate finds nothing to say."""
    async with front(SITE, demo=True, privacy_url="/privacy") as running:
        for path in PAGES:
            async with running.client.get(f"/{path}") as answer:
                assert await faults(await answer.text()) == [], path


@pytest.mark.req("C9")
async def test_nothing_needs_scrolling_sideways(browser: Browser) -> None:
    """Not at 400% either."""
    async with opened(browser) as (tab, url):
        for path in PAGES:
            await tab.goto(str(url / path))
            for viewport in (ZOOMED, PHONE, DESKTOP):
                await tab.set_viewport_size(viewport)
                assert await tab.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path


@pytest.mark.req("C9")
async def test_what_can_be_pressed_is_large_enough_for_an_old_finger(browser: Browser) -> None:
    """44 by 44 px; links inside a sentence excepted, as WCAG 2.5.8 does. A choice's label is its target."""
    small = """(least) => [...document.querySelectorAll('a, button, input:not([type=hidden])')]
        .filter((e) => !(e.matches('a') && e.closest('p')) && !e.matches('.nl-skip-link'))
        .map((e) => [e, (e.closest('label') || e).getBoundingClientRect()])
        .filter(([, box]) => box.width < least || box.height < least)
        .map(([e, box]) => `${e.outerHTML} ${box.width}x${box.height}`)"""
    async with opened(browser, viewport=PHONE) as (tab, url):
        for path in PAGES:
            await tab.goto(str(url / path))
            assert await tab.evaluate(small, TARGET_PX) == [], path


@pytest.mark.req("C5")
async def test_digits_are_copied_in_their_groups_and_read_one_by_one(browser: Browser) -> None:
    """The clipboard gets what the eye sees; the accessibility tree gets single digits."""
    async with shown(browser, "nl", viewport=PHONE) as tab:
        code = tab.locator("#code")
        await tab.evaluate("getSelection().selectAllChildren(document.getElementById('code'))")
        assert (await tab.evaluate("getSelection().toString()")).strip() == "492 017 3865"
        assert "4 9 2, 0 1 7, 3 8 6 5" in await code.aria_snapshot()
        assert "492" not in await code.aria_snapshot()


@pytest.mark.req("C5")
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
async def test_digits_stand_on_one_line_and_are_large(browser: Browser, viewport: dict[str, int]) -> None:
    """Ten of them, also on a phone; 28 px at the least."""
    async with shown(browser, "nl", viewport=viewport) as tab:
        code = tab.locator("#code")
        size = float((await code.evaluate("(e) => getComputedStyle(e).fontSize")).removesuffix("px"))
        box = await code.bounding_box()
        assert size >= 28
        assert box is not None
        assert box["height"] < 2 * size


@pytest.mark.req("C9", "A10")
async def test_the_first_tab_leads_past_the_header_and_focus_is_seen(browser: Browser) -> None:
    """The skip link comes into view, and whatever has the focus has an outline."""
    async with shown(browser, "nl", viewport=PHONE) as tab:
        await tab.keyboard.press("Tab")
        focus = tab.locator(":focus")
        assert await focus.inner_text() == "Naar de inhoud"
        box = await focus.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        await tab.keyboard.press("Enter")
        assert await tab.evaluate("document.activeElement.id") == "main"
        await tab.keyboard.press("Tab")
        assert await focus.evaluate("(e) => getComputedStyle(e).outlineStyle") == "solid"


async def test_who_wants_less_motion_gets_none(browser: Browser) -> None:
    """No smooth scrolling, no transition, no animation anywhere."""
    moving = """() => [document.documentElement, ...document.querySelectorAll('*')].filter((e) => {
        const style = getComputedStyle(e);
        return style.scrollBehavior === 'smooth' || style.animationName !== 'none'
            || parseFloat(style.transitionDuration) > 0;
    }).length"""
    async with shown(browser, "nl", reduced_motion="reduce") as tab:
        assert await tab.evaluate(moving) == 0


async def test_paper_keeps_the_digits_and_drops_the_buttons(browser: Browser) -> None:
    """What cannot be pressed is not printed; and print is dark on light, whatever the screen is."""
    async with shown(browser, "nl", color_scheme="dark") as tab:
        await tab.emulate_media(media="print", color_scheme="dark")
        assert await tab.locator("#code").is_visible()
        assert not await tab.get_by_text("Bel nu").is_visible()
        paper = await tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert paper == "rgb(255, 255, 255)"


@pytest.mark.req("C8")
async def test_the_pages_frame_asks_for_no_script(browser: Browser) -> None:
    """All there without JavaScript."""
    async with shown(browser, "nl", java_script_enabled=False) as tab:
        assert await tab.locator("script").count() == 0
        assert await tab.get_by_text("Bel nu").is_visible()
