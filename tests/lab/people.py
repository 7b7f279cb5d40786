"""People before their screens: a citizen who logs in by the demonstration, an agent at the desktop.

Knows the pages as their users do, in Dutch: labels, headings, what is on the screen.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.lab.stack import PASSWORD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from playwright.async_api import Browser, Page

PHONE_SCREEN: Final = {"width": 390, "height": 844}
DESK_SCREEN: Final = {"width": 1280, "height": 800}
SCREEN_MS: Final = 20_000
TOLD: Final = 409
"""The page is there again, with what the citizen must know before they go on."""
LOG_IN: Final = "Demonstratie van het inloggen"
CAN_CALL: Final = "U kunt ons nu bellen"
CLAIMED: Final = "Uw code klopt"
QUEUED: Final = "U staat in de wachtrij"
NEXT: Final = "U bent als eerste aan de beurt."
TALKING: Final = "U bent in gesprek"
ENDED: Final = "Uw gesprek is klaar"


@dataclass(frozen=True)
class Citizen:
    """Somebody who wants to call, with the page open on a phone."""

    page: Page
    url: str

    async def choose(self, purpose: str) -> None:
        """Open the page of a subject."""
        await self.page.goto(f"{self.url}/nl/{purpose}")

    async def agree(self) -> None:
        """Agree, and go to the log-in; once more if it turns out just then that no agent is at work."""
        if await self._agreed() == TOLD:
            await self._agreed()
        await self.sees(LOG_IN)

    async def _agreed(self) -> int:
        """Tick the box and press the button; return the status of the answer."""
        await self.page.get_by_role("checkbox").check()
        async with self.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            await self.page.get_by_role("button", name="Inloggen met").click()
        return (await answered.value).status

    async def log_in(self, values: Mapping[str, str] | None = None) -> str:
        """Log in as the first person, or with these values instead; return the code."""
        await self.fill_in(values or {})
        return await self.code()

    async def fill_in(self, values: Mapping[str, str]) -> None:
        """Fill in the demonstration's log-in, with these values in place of the first person's."""
        if values:
            await self.page.locator("summary").first.click()
        for name, value in values.items():
            await self.page.locator(f"[name='value.{name}']").fill(value)
        await self.page.get_by_role("button", name="Inloggen als deze persoon").click()

    async def code_first(self) -> str:
        """Ask for the code before logging in; return it."""
        await self.page.get_by_role("button", name="Eerst de code").click()
        return await self.code()

    async def start(self, purpose: str, values: Mapping[str, str] | None = None) -> str:
        """Go from the subject to the code."""
        await self.choose(purpose)
        await self.agree()
        return await self.log_in(values)

    async def code(self) -> str:
        """Return the code on the page."""
        await self.sees(CAN_CALL)
        address = await self.page.locator("a[href^='tel:']").first.get_attribute("href")
        return str(address).partition(",,")[2]

    async def sees(self, heading: str) -> None:
        """Wait until the page says so."""
        await self.page.locator("h1", has_text=heading).wait_for(timeout=SCREEN_MS)

    async def reads(self, words: str) -> None:
        """Wait until this stands in the status."""
        await self.page.locator("#status", has_text=words).wait_for(timeout=SCREEN_MS)


@dataclass(frozen=True)
class Desk:
    """An agent's desktop."""

    page: Page

    async def shows(self, state: str) -> None:
        """Wait until the screen is in this state, such as ``verified``."""
        await self.page.locator(f"#screen > [data-state={state}]").wait_for(timeout=SCREEN_MS)

    async def text(self) -> str:
        """Return all that can be read on it."""
        return await self.page.inner_text("body")

    async def reveals(self) -> str:
        """Press the key that shows what is masked; return all that can be read then."""
        await self.page.keyboard.press("F2")
        await self.page.locator("[data-masked=shown]").wait_for(timeout=SCREEN_MS)
        return await self.text()

    async def everything(self) -> str:
        """Return all that is in the document."""
        return await self.page.evaluate("document.documentElement.outerHTML + document.title")


@asynccontextmanager
async def citizen(browser: Browser, url: str) -> AsyncIterator[Citizen]:
    """A citizen with a browser of their own."""
    context = await browser.new_context(viewport=PHONE_SCREEN, locale="nl-NL", timezone_id="Europe/Amsterdam")
    yield Citizen(await context.new_page(), url)
    await context.close()


@asynccontextmanager
async def agent(browser: Browser, url: str, name: str) -> AsyncIterator[Desk]:
    """An agent who is logged in, with a browser of their own."""
    context = await browser.new_context(viewport=DESK_SCREEN, locale="nl-NL", timezone_id="Europe/Amsterdam")
    desk = Desk(await context.new_page())
    await desk.page.goto(f"{url}/nl/agent")
    await desk.page.locator("[name=name]").fill(name)
    await desk.page.locator("[name=password]").fill(PASSWORD)
    await desk.page.keyboard.press("Enter")
    await desk.shows("empty")
    yield desk
    await context.close()


async def kept(page: Page) -> str:
    """Return all that the browser keeps for this site: storage, databases, caches, cookies."""
    stored = await page.evaluate(
        """async () => JSON.stringify([
            {...localStorage}, {...sessionStorage}, history.state,
            await indexedDB.databases(), await caches.keys(), document.cookie, window.name,
        ])"""
    )
    return f"{stored}{await page.context.storage_state()}"
