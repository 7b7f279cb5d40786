"""The page for the app in a real browser: js/irma.js, css/irma.css and the template, as people meet them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.async_api import expect

from tests.lab.axe import violations
from tests.lab.browser import STEP_MS
from tests.lab.citizens import PURPOSES
from tests.lab.markup import faults
from tests.lab.visitors import Visitors, pages
from tests.lab.yivi import IrmaServer, Wallet
from tests.lab.yivi_login import begin, irma

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser, Page

    from ivr.store.errands import Errands
    from ivr.store.feed import Feed
    from ivr.store.sessions import Sessions

pytestmark = pytest.mark.e2e
expect.set_options(timeout=STEP_MS)

ANDROID = "Mozilla/5.0 (Linux; Android 13; Pixel 5) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Mobile"
HAND: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "user_agent": ANDROID,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
ZOOMED: Any = {"width": 320, "height": 256}  # 1280 by 1024 at 400% (WCAG 1.4.10)


ASKED = pytest.mark.parametrize("events", [False])
"""On a stream, the wallet's client takes an older word for the digits that it waits for, and gives up."""


@pytest.fixture
async def paired(
    server: IrmaServer, sessions: Sessions, feed: Feed, errands: Errands
) -> AsyncIterator[Visitors]:
    """The pages, where who scans copies four digits."""
    async with pages(
        sessions, feed, PURPOSES, ways=lambda returns: [irma(server.url, returns, errands)]
    ) as running:
        yield running


async def arrived(browser: Browser, visitors: Visitors, language: str = "nl", **context: Any) -> Page:
    """The page for the app, in a browser of its own."""
    page = await visitors.window(browser, f"/{language}/verhuizing", **context)
    await page.locator("[name=agree]").check()
    await page.locator("[name=method]").first.click()
    await page.locator("#irma").wait_for()
    return page


def part(page: Page, name: str) -> Any:
    """One of the parts of which one at a time is shown."""
    return page.locator(f"#irma-{name}")


async def pointer(page: Page) -> dict[str, Any]:
    """What the square, or the link, tells the app."""
    told = await page.locator("#irma").get_attribute("data-session")
    return json.loads(str(told))["sessionPtr"]


async def fits(page: Page, size: Any) -> None:
    """Nothing for axe to find, and nothing wider than the window, at 400% neither."""
    assert await violations(page) == []
    for window in (ZOOMED, size):
        await page.set_viewport_size(window)
        assert await page.evaluate("document.documentElement.scrollWidth") <= window["width"]


@ASKED
@pytest.mark.req("C2", "C8", "C9")
@pytest.mark.parametrize(
    ("language", "scheme", "headings"),
    [
        ("nl", "dark", ("Scan dit vierkant", "Typ de vier cijfers", "Ga verder in de app")),
        ("en", "light", ("Scan this square", "Key in the four digits", "Go on in the app")),
    ],
)
async def test_who_sits_at_a_desk_scans_copies_four_digits_and_gets_a_code(
    browser: Browser,
    paired: Visitors,
    phone: Wallet,
    language: str,
    scheme: Any,
    headings: tuple[str, str, str],
) -> None:
    """Each state can be read by everybody; wrong digits are told and cost nothing."""
    page = await arrived(browser, paired, language, color_scheme=scheme, **DESKTOP)
    await expect(part(page, "scan")).to_be_visible()
    await expect(part(page, "scan").locator("h2").first).to_contain_text(headings[0])
    await expect(part(page, "scan").locator("svg")).to_be_visible()
    await fits(page, DESKTOP["viewport"])
    phone.begin({**await pointer(page), "continueOnSecondDevice": True})
    digits = (await phone.sees("pairing"))["code"]
    await expect(part(page, "pair").locator("h2")).to_contain_text(headings[1])
    await expect(page.locator("#pairing")).to_be_focused()
    await expect(page.locator("#said")).to_contain_text(headings[1])
    await page.keyboard.type("0000" if digits != "0000" else "1111")
    await page.keyboard.press("Enter")
    await expect(page.locator("#pairing-error")).to_be_visible()
    await fits(page, DESKTOP["viewport"])
    await page.locator("#pairing").fill(digits)
    await page.keyboard.press("Enter")
    await phone.sees("done")
    await page.locator("#code").wait_for()
    assert urlsplit(page.url).path == f"/{language}/call"


@pytest.mark.req("C2", "C8", "C9")
@pytest.mark.parametrize(("language", "words"), [("nl", "Open de Yivi-app"), ("en", "Open the Yivi app")])
async def test_on_a_phone_one_tap_opens_the_app(
    browser: Browser, paired: Visitors, phone: Wallet, language: str, words: str
) -> None:
    """No digits: it is the same phone; the page follows by itself, and it may be another phone after all."""
    page = await arrived(browser, paired, language, **HAND)
    link = page.locator("#irma-link")
    await expect(link).to_have_text(words)
    await expect(link).to_be_in_viewport(ratio=1)
    await expect(page.locator("#irma-elsewhere")).to_be_visible()
    assert json.dumps(await pointer(page), separators=(",", ":")) in unquote(
        str(await link.get_attribute("href"))
    )
    await fits(page, HAND["viewport"])
    await page.locator("#irma-elsewhere").click()
    await expect(part(page, "scan").locator("svg")).to_be_visible()
    await fits(page, HAND["viewport"])
    await page.reload()
    await expect(part(page, "scan").locator("svg")).to_be_visible()
    page = await arrived(browser, paired, language, **HAND)
    await expect(page.locator("#irma-link")).to_be_visible()
    phone.begin(await pointer(page), answer="wait")
    await phone.sees("permission")
    await expect(part(page, "confirm")).to_be_visible()
    await fits(page, HAND["viewport"])


async def test_the_browser_hears_of_each_change_and_asks_for_none(
    browser: Browser, visitors: Visitors, phone: Wallet
) -> None:
    """One stream of events at the IRMA server, and nothing to us while the citizen is busy."""
    page = await arrived(browser, visitors, **DESKTOP)
    await expect(part(page, "scan")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    async with page.expect_request("**/statusevents") as listening:
        await page.reload()
    await (await listening.value).response()
    asked.clear()
    await phone.show(await pointer(page))
    await page.locator("#code").wait_for()
    assert not [url for url in asked if "/frontend/status" in url or "/statusevents" in url]


@pytest.mark.slow
async def test_a_server_without_events_is_asked(
    browser: Browser,
    tmp_path: Path,
    sessions: Sessions,
    feed: Feed,
    errands: Errands,
    server: IrmaServer,
    phone: Wallet,
) -> None:
    """Every two seconds, by the browser."""
    (tmp_path / "plain").mkdir()
    async with (
        IrmaServer(tmp_path / "plain", events=False) as plain,
        pages(
            sessions,
            feed,
            PURPOSES,
            ways=lambda returns: [irma(plain.url, returns, errands, pairing=False)],
        ) as visitors,
    ):
        page = await arrived(browser, visitors, **DESKTOP)
        await expect(part(page, "scan")).to_be_visible()
        await phone.show(await pointer(page))
        await page.locator("#code").wait_for()


@pytest.mark.req("C10")
async def test_who_says_no_in_the_app_comes_to_a_page_that_helps(
    browser: Browser, visitors: Visitors, phone: Wallet
) -> None:
    """With the way to log in again."""
    page = await arrived(browser, visitors, **DESKTOP)
    await expect(part(page, "scan")).to_be_visible()
    phone.begin(await pointer(page), answer="no")
    await phone.sees("cancelled")
    await expect(page.locator("#status-reason")).to_contain_text("niets van u gekregen")
    await page.locator("#status-action button").first.click()
    await expect(part(page, "scan")).to_be_visible()
    await phone.show(await pointer(page))
    await page.locator("#code").wait_for()


@pytest.mark.slow
async def test_a_lost_connection_is_told_and_mended(
    browser: Browser, visitors: Visitors, phone: Wallet
) -> None:
    """What the browser does not hear our own server sees when the page loads itself again."""
    page = await arrived(browser, visitors, **DESKTOP)
    await expect(part(page, "scan")).to_be_visible()
    await page.route("**/irma/session/**", lambda route: route.abort())
    await page.reload()
    await expect(part(page, "lost")).to_be_visible()
    assert await violations(page) == []
    await phone.show(await pointer(page))
    await page.locator("#code").wait_for()


@pytest.mark.req("C8")
async def test_without_scripts_the_link_opens_the_app_and_the_page_finds_out(
    browser: Browser, visitors: Visitors, phone: Wallet
) -> None:
    """It loads itself again, unless the reader stops that."""
    page = await arrived(browser, visitors, java_script_enabled=False, **HAND)
    assert await page.locator("meta[http-equiv=refresh]").get_attribute("content") == "5"
    link = str(await page.locator("#irma-link").get_attribute("href"))
    assert json.loads(unquote(link.partition("#")[2])) == await pointer(page)
    assert await page.locator("noscript svg").count() == 1
    await page.locator("noscript a").first.click()
    assert await page.locator("meta[http-equiv=refresh]").count() == 0
    await phone.show(await pointer(page))
    await page.locator("noscript a").first.click()
    await page.locator("#code").wait_for()


async def test_only_this_page_may_speak_to_the_server_of_the_app(
    visitors: Visitors, server: IrmaServer
) -> None:
    """And its source needs no mending."""
    async with visitors.visitor() as visitor:
        page = await begin(visitor)
        assert f"{server.url};" in page.headers["Content-Security-Policy"]
        assert [fault for fault in await faults(page.text) if not fault.startswith("meta-refresh")] == []
        other = await visitor.open("/call")
        assert server.url not in other.headers["Content-Security-Policy"]
