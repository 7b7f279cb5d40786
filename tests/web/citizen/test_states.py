"""Every state of the citizens' pages, looked at as people and programs do: see tests/lab/states.py."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle
from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.lab.axe import violations
from tests.lab.markup import all_faults
from tests.lab.scene import Scene, playing
from tests.lab.states import STATES
from tests.lab.states_before import purpose, start
from tests.lab.states_call import code

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from playwright.async_api import Browser, Page, Request

    from ivr.session.purpose import Purposes
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.lease import Lease
    from ivr.store.sessions import Sessions
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard

    Stage = Callable[..., Any]

pytestmark = pytest.mark.e2e

HAND: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
ZOOMED: Any = {"width": 320, "height": 256}  # 1280 by 1024 at 400% (WCAG 1.4.10)
LOOKS = {"nl": {**HAND, "reduced_motion": "reduce"}, "en": {**DESK, "reduced_motion": "reduce"}}
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
BY_INTENT = "meta-refresh"  # for who has no scripts; a link on the page stops it
START_PAGE_BYTES = 100_000
MOVING = """() => [document.documentElement, ...document.querySelectorAll('*')].filter((e) => {
    const style = getComputedStyle(e);
    return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0;
}).length"""


@pytest.fixture
async def play(
    store: Store,
    sessions: Sessions,
    feed: Feed,
    purposes: Purposes,
    citizens: Citizens,
    switchboard: Switchboard,
    lease: Lease,
) -> AsyncIterator[Scene]:
    """An organisation with office hours, that has no pages of its own about privacy and accessibility."""
    async with playing(
        *(store, sessions, feed, purposes), citizens=citizens, switchboard=switchboard, lease=lease
    ) as running:
        yield running


@pytest.fixture
def stage(browser: Browser, play: Scene) -> Stage:
    """Makes a scene with a window of its own."""

    async def make(language: str = "nl", **context: Any) -> Scene:
        page = await (await browser.new_context(**context)).new_page()
        return replace(play, page=page, language=language)

    return make


@pytest.mark.req("C9", "C10", "C5", "C6", "C7")
async def test_every_state_can_be_read_by_everybody(stage: Stage) -> None:
    """Axe finds nothing, dark or light; nothing is wider than the window, at 400% neither; nothing moves.

    By turns in Dutch on a phone and in English on a desktop.
    """
    sources: dict[str, str] = {}
    for (name, reach), (language, look) in zip(STATES.items(), cycle(LOOKS.items()), strict=False):
        scene = await stage(language, **look)
        await reach(scene)
        page = scene.page
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            assert await violations(page) == [], (name, scheme)
        assert await page.evaluate(MOVING) == 0, name
        for window in (ZOOMED, look["viewport"]):
            await page.set_viewport_size(window)
            assert await page.evaluate("document.documentElement.scrollWidth") <= window["width"], name
        sources[name] = await source(page)
        await scene.over()
    assert [fault for fault in all_faults(sources) if BY_INTENT not in fault] == []


@pytest.mark.req("C8", "S1")
async def test_the_start_page_is_light_and_asks_nothing_of_anybody_else(
    stage: Stage,
) -> None:
    """Under 100 kB on the line, and so is the page of a subject; every request is to us."""
    for reach in (start, purpose):
        scene = await stage()
        asked: list[Request] = []
        for event in ("requestfinished", "requestfailed"):
            scene.page.on(event, lambda request, asked=asked: asked.append(request))
        await reach(scene)
        await scene.page.wait_for_load_state("networkidle")
        weights = [await request.sizes() for request in asked]
        total = sum(one["responseBodySize"] + one["responseHeadersSize"] for one in weights)
        assert 5_000 < total < START_PAGE_BYTES
        origin = str(scene.visitors.front.url.origin())
        assert {request.url.startswith(f"{origin}/") for request in asked} == {True}
        assert len(asked) >= 4


@pytest.mark.req("S1")
async def test_no_state_asks_anything_of_anybody_else(stage: Stage) -> None:
    """Number and code, their pictures and updates: all from here."""
    scene = await stage(**DESK)
    asked: list[str] = []
    scene.page.on("request", lambda request: asked.append(request.url))
    scene.page.on("websocket", lambda socket: asked.append(socket.url.replace("ws://", "http://")))
    await code(scene)
    await scene.page.wait_for_function("() => performance.getEntriesByType('resource').length >= 4")
    origin = str(scene.visitors.front.url.origin())
    assert [url for url in asked if not url.startswith(f"{origin}/")] == []


@pytest.mark.req("C8")
async def test_it_can_be_used_before_any_script_comes(stage: Stage) -> None:
    """Scripts are held back for ever: the way from the first page to number and code is open."""
    scene = await stage(**HAND)
    page = scene.page
    await page.route("**/*.js", lambda _route: None)
    await page.goto(f"{scene.visitors.front.url.origin()}/nl", wait_until="commit")
    await page.locator("main ul a").first.click(no_wait_after=True)
    await page.locator("[name=agree]").check()
    await page.locator("[name=method]").first.click(no_wait_after=True)
    await page.locator("[name=person]").first.wait_for()
    await page.locator("form[action$='/login/demo'] button").click(no_wait_after=True)
    await page.locator("#code").wait_for()
    await page.locator("form[action$='/call/time'] button").click(no_wait_after=True)
    await page.locator("#status-heading").get_by_text("20 minuten").wait_for()


async def source(page: Page) -> str:
    """The page's source as the server sends it, to the same browser."""
    return await (await page.context.request.get(page.url)).text()
