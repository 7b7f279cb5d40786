"""Every way to log in, on a phone and at a desk, in both languages: from a deep link to number and code.

With all parts real: browser, store, IRMA server and wallet, and a certified OpenID Connect provider.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ivr.store.errands import Errands
from ivr.store.sealing import Sealer
from tests.lab import guard, provider
from tests.lab.citizens import PURPOSES
from tests.lab.visitors import pages
from tests.lab.yivi import IrmaServer, wallet
from tests.lab.yivi_login import irma
from web.identity.demo import Demo
from web.identity.irma.pickup import TAG as YIVI
from web.identity.oidc import return_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser, Page

    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.sealing import KeySet
    from ivr.store.sessions import Sessions
    from tests.lab.visitors import Visitors
    from tests.lab.yivi import Wallet

pytestmark = [pytest.mark.e2e, pytest.mark.req("C1", "C2", "C5", "C8")]

ANDROID = "Mozilla/5.0 (Linux; Android 13; Pixel 5) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Mobile"
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "user_agent": ANDROID,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
OIDC = provider.TAG
PURPOSE = "verhuizing"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[IrmaServer]:
    """A municipality's IRMA server; it is asked how a session stands (for events: irma/test_page.py)."""
    async with IrmaServer(tmp_path, events=False) as running:
        yield running


@pytest.fixture
async def app(tmp_path: Path, server: IrmaServer) -> AsyncIterator[Wallet]:
    """The citizen's phone, with cards in the app."""
    async with wallet(tmp_path / "wallet") as phone:
        await phone.holds(server)
        yield phone


@pytest.fixture
async def visitors(
    server: IrmaServer, sessions: Sessions, feed: Feed, store: Store, seal_keys: KeySet
) -> AsyncIterator[Visitors]:
    """The citizens' pages, where each subject can be reached by all three ways."""
    port = guard.free_port()
    back = f"http://127.0.0.1:{port}{return_path(OIDC)}"
    errands = Errands(store, Sealer(seal_keys), method=YIVI, seconds=900)
    async with provider.Provider(back) as party:
        by_oidc = provider.ways(provider.client(party.issuer, back), store)
        async with pages(
            *(sessions, feed, PURPOSES),
            ways=lambda returns: [Demo(returns), irma(server.url, returns, errands), *by_oidc(returns)],
            port=port,
            demo=True,
        ) as running:
            yield running


async def by_demonstration(page: Page, _app: Wallet) -> None:
    """Choose somebody who does not exist."""
    await page.locator("[name=method][value=demo]").click()
    await page.locator("form[action$='/login/demo'] button").click()


async def by_app(page: Page, app: Wallet) -> None:
    """Open the app on this phone by a tap; or scan, and copy four digits."""
    await page.locator(f"[name=method][value={YIVI}]").click()
    await page.locator("#irma-open:visible, #irma-scan:visible").wait_for()
    pointer = json.loads(str(await page.locator("#irma").get_attribute("data-session")))["sessionPtr"]
    if await page.locator("#irma-link").is_visible():
        app.begin(pointer)
    else:
        app.begin({**pointer, "continueOnSecondDevice": True})
        digits = (await app.sees("pairing"))["code"]
        await page.locator("#pairing").fill(digits)
        await page.keyboard.press("Enter")
    await app.sees("done")


async def by_oidc(page: Page, _app: Wallet) -> None:
    """Log in at the provider's own page."""
    await page.locator(f"[name=method][value={OIDC}]").click()
    await provider.log_in(page)


WAYS = {"demo": by_demonstration, YIVI: by_app, OIDC: by_oidc}


@pytest.mark.parametrize("method", WAYS)
async def test_from_a_deep_link_to_number_and_code(
    browser: Browser, visitors: Visitors, app: Wallet, method: str
) -> None:
    """The address of a subject is all that one needs; who comes back has a number and a code to call with."""
    for language in ("nl", "en"):
        for device in (PHONE, DESK):
            page = await visitors.window(browser, f"/{language}/{PURPOSE}", **device)
            await page.locator("[name=agree]").check()
            await WAYS[method](page, app)
            await page.locator("#code").wait_for()
            assert page.url == f"{visitors.front.url}/{language}/call"
            code = (await visitors.of(page)).code.reveal()
            shown = await page.locator("#code [aria-hidden]").all_inner_texts()
            assert "".join(shown) == code
            await page.context.close()
