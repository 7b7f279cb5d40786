"""Logging in with the Yivi app, as its page shows it: for pictures (`shots`), with a real server and wallet.

What each does is tested in tests/web/identity/irma/test_page.py.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ivr.store.errands import Errands
from ivr.store.sealing import KeySet, Sealer
from tests.lab.citizens import PURPOSES
from tests.lab.scene import PURPOSE, Scene
from tests.lab.visitors import pages
from tests.lab.yivi import IrmaServer, Wallet, wallet
from tests.lab.yivi_login import irma
from web.identity.irma.pickup import TAG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from ivr.store.feed import Feed

OPEN_SECONDS: Final = 900


@dataclass
class Yivi:
    """A scene whose way to log in is the app, and the phone that has it."""

    scene: Scene
    phone: Wallet

    async def begin(self) -> None:
        """Agree to what is asked, and come to the page for the app."""
        page = self.scene.page
        await self.scene.go(f"/{PURPOSE}")
        await page.locator("[name=agree]").check()
        await page.locator("[name=method]").first.click()
        await page.locator("#irma").wait_for()

    async def pointer(self) -> dict[str, Any]:
        """What the square, or the link, tells the app."""
        told = await self.scene.page.locator("#irma").get_attribute("data-session")
        return json.loads(str(told))["sessionPtr"]

    async def sees(self, part: str) -> None:
        """Wait until the page shows this part."""
        await self.scene.page.locator(f"#irma-{part}").wait_for()


@asynccontextmanager
async def with_app(scene: Scene, feed: Feed, folder: Path) -> AsyncIterator[Yivi]:
    """The same stage with the app, and a phone with cards in it."""
    (folder / "server").mkdir(parents=True)
    errands = Errands(scene.store, Sealer(KeySet.draw()), method=TAG, seconds=OPEN_SECONDS)
    # asked, not listened to: on a stream, its client takes an older word for the answer that it waits for
    async with IrmaServer(folder / "server", events=False) as server, wallet(folder / "wallet") as phone:
        await phone.holds(server)
        async with pages(
            scene.sessions, feed, PURPOSES, ways=lambda returns: [irma(server.url, returns, errands)]
        ) as visitors:
            yield Yivi(replace(scene, visitors=visitors), phone)


async def yivi(at: Yivi) -> None:
    """Logging in with the Yivi app: on a phone by a tap, at a desk by scanning."""
    await at.begin()
    await at.scene.page.locator("#irma-open:visible, #irma-scan:visible").wait_for()


async def yivi_on_another_phone(at: Yivi) -> None:
    """The app is on another phone than this one: scan."""
    await yivi(at)
    if await at.scene.page.locator("#irma-open").is_visible():
        await at.scene.page.locator("#irma-elsewhere").click()
    await at.sees("scan")


async def yivi_digits(at: Yivi) -> None:
    """Scanned: four digits tell that it was this citizen who did."""
    await yivi_on_another_phone(at)
    at.phone.begin({**await at.pointer(), "continueOnSecondDevice": True})
    await at.phone.sees("pairing")
    await at.sees("pair")


async def yivi_wrong_digits(at: Yivi) -> None:
    """The digits are not those on the phone."""
    await yivi_digits(at)
    await at.scene.page.locator("#pairing").fill("00")
    await at.scene.page.keyboard.press("Enter")
    await at.scene.page.locator("#pairing-error").wait_for()


async def yivi_agree(at: Yivi) -> None:
    """The app asks whether it may share."""
    await at.begin()
    at.phone.begin(await at.pointer(), answer="wait")
    await at.phone.sees("permission")
    await at.sees("confirm")


async def yivi_no_connection(at: Yivi) -> None:
    """The page does not hear of the app, and tries again by itself."""
    await at.begin()
    await at.scene.page.route("**/irma/session/**", lambda route: route.abort())
    await at.scene.page.reload()
    await at.sees("lost")


YIVI_STATES: Final[dict[str, Callable[[Yivi], Awaitable[None]]]] = {
    state.__name__.replace("_", "-"): state
    for state in (yivi, yivi_on_another_phone, yivi_digits, yivi_wrong_digits, yivi_agree, yivi_no_connection)
}
"""By name, in the order in which people meet them."""
