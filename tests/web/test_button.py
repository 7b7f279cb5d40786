"""web.button: on other websites, in a real browser, under their own strict policy."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from yarl import URL

from tests.lab.axe import violations
from tests.lab.front import front
from web.button import PATH, button_room
from web.server import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.req("C1")
TEXT = {"nl": "Bel ons over uw paspoort", "en": "Call us about your passport"}
HINT = {"nl": "U logt eerst in, daarna belt u ons.", "en": "You log in first, then you call us."}
SAFE_PX = 44


@dataclass
class Site:
    """Somebody else's website, with our button on its page."""

    url: URL = field(default_factory=URL)
    home: str = ""
    """Where we are."""
    asked: list[str] = field(default_factory=list)
    """Every address that its reader's browser asked for, of anybody."""
    sent: list[dict[str, str]] = field(default_factory=list)
    """What it said when it asked us."""

    async def show(self, request: web.Request) -> web.Response:
        """Its page: nothing of anybody's may run or be shown there but our script."""
        language = request.query.get("lang", "nl")
        html = (
            f'<!doctype html><html lang="{language}"><head><title>Paspoort</title></head><body><main>'
            f'<h1>Paspoort</h1><p><a href="{self.home}/paspoort" data-idbellen>{TEXT[language]}</a></p>'
            '<p><a href="https://elsewhere.example/" data-idbellen>Elders</a></p></main>'
            f'<script type="module" src="{self.home}{PATH}"></script></body></html>'
        )
        headers = {"Content-Security-Policy": f"default-src 'none'; script-src {self.home}"}
        return web.Response(text=html, content_type="text/html", headers=headers)

    async def read(self, browser: Browser, language: str = "nl", **context: object) -> Page:
        """Somebody reads its page."""
        page = await (await browser.new_context(**context)).new_page()  # type: ignore[arg-type]
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("request", lambda request: self.sent.append(request.headers))
        await page.goto(str(self.url.with_query(lang=language)), wait_until="load")
        return page


@asynccontextmanager
async def website(*, named: bool = True) -> AsyncIterator[Site]:
    """A site whose origin we named, or did not."""
    site = Site()
    app = web.Application()
    app.router.add_get("/", site.show)
    async with serving(app, "127.0.0.1", 0) as port:
        site.url = URL(f"http://localhost:{port}/")
        origin = str(site.url.origin())
        async with front(button_room((origin,) if named else ("https://www.example.nl",))) as running:
            site.home = str(running.url).rstrip("/")
            yield site


@pytest.mark.e2e
@pytest.mark.parametrize("language", ["nl", "en"])
async def test_a_link_becomes_a_button_in_its_pages_language(browser: Browser, language: str) -> None:
    """Large enough, in words, to the subject in that language; a link elsewhere stays what it is."""
    async with website() as site:
        page = await site.read(browser, language)
        button = page.get_by_role("link", name=TEXT[language])
        await page.locator("a[data-idbellen=ready]").wait_for()
        assert await button.inner_text() == f"{TEXT[language]}\n{HINT[language]}"
        assert await button.get_attribute("href") == f"{site.home}/{language}/paspoort"
        box = await button.bounding_box()
        assert box
        assert box["height"] >= SAFE_PX
        background = await button.evaluate("(e) => getComputedStyle(e).backgroundColor")
        assert background == "rgb(20, 80, 123)"
        assert await page.get_by_role("link", name="Elders").get_attribute("data-idbellen") == ""
        assert await violations(page) == []


@pytest.mark.e2e
@pytest.mark.req("S1")
async def test_nobody_is_followed(browser: Browser) -> None:
    """One request, to us; it says from which site, not from which page; no cookie, nothing kept."""
    async with website() as site:
        page = await site.read(browser)
        await page.locator("a[data-idbellen=ready]").wait_for()
        assert site.asked == [str(site.url.with_query(lang="nl")), f"{site.home}{PATH}"]
        assert "cookie" not in site.sent[1]
        assert site.sent[1].get("referer", "") in {"", str(site.url)}
        assert await page.context.cookies() == []
        assert await page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        assert (
            await page.locator("a[data-idbellen=ready]").evaluate("(e) => e.referrerPolicy") == "no-referrer"
        )


@pytest.mark.e2e
@pytest.mark.req("C8", "S5")
@pytest.mark.parametrize("why", ["not named", "no scripts"])
async def test_without_the_script_the_link_is_a_link(browser: Browser, why: str) -> None:
    """A site that the operator did not name is refused by its reader's browser; the way in stays."""
    async with website(named=why != "not named") as site:
        page = await site.read(browser, java_script_enabled=why != "no scripts")
        link = page.get_by_role("link", name=TEXT["nl"])
        assert await link.get_attribute("href") == f"{site.home}/paspoort"
        assert await link.inner_text() == TEXT["nl"]


@pytest.mark.req("S5")
@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ("https://www.example.nl", "https://www.example.nl"),
        ("https://www.example.nl.evil.example", None),
        ("http://www.example.nl", None),
        ("null", None),
        ("", None),
    ],
)
async def test_only_the_origins_that_were_named_are_allowed(origin: str, told: str | None) -> None:
    """Word for word, never all; never with cookies; a cache keeps the answers apart."""
    room = button_room(("https://www.example.nl",))
    async with front(room) as running, running.client.get(PATH, headers={"Origin": origin}) as answer:
        assert answer.headers.get("Access-Control-Allow-Origin") == told
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Origin" in answer.headers["Vary"]
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert not answer.cookies
