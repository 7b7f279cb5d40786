"""Agents whose telephone is in their page: a real browser at the desktop, answering as a queue member.

::

    async with chromium(*MEDIA) as browser, softphone(browser, stack.url, "sanne") as sanne:
        await sanne.ready()
        await sanne.is_("ringing")
        await sanne.press("answer")
        await sanne.is_("talking")

Knows the page as its user does: states, buttons, keys, and whether there is sound.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from tests.lab.people import DESK_SCREEN
from tests.lab.stack import PASSWORD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, BrowserContext, Page

STEP_MS: Final = 15_000
WATCH: Final = """
(() => {
  const open = (window.connections = []);
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...all) { super(...all); open.push(this); }
  };
})()
"""
"""Remembers each sound path, so that what comes through it can be counted."""
HEARD: Final = """async () => {
  let loud = 0;
  for (const one of window.connections.filter((each) => each.connectionState !== "closed")) {
    for (const stat of (await one.getStats()).values()) {
      if (stat.type === "inbound-rtp" && stat.kind === "audio") loud += stat.totalAudioEnergy || 0;
    }
  }
  return loud;
}"""


class Softphone:
    """One agent before a page with a telephone in it."""

    def __init__(self, page: Page, url: str, name: str) -> None:
        self.page = page
        self.url = url
        self.name = name

    async def log_in(self) -> None:
        """Log in by the page."""
        await self.page.goto(f"{self.url}/nl/agent")
        await self.page.locator("[name=name]").fill(self.name)
        await self.page.locator("[name=password]").fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.page.locator("#phone").wait_for()

    async def is_(self, *states: str, ms: int = STEP_MS) -> None:
        """Wait until the telephone is in one of these states."""
        any_of = ", ".join(f"#phone[data-state={state}]" for state in states)
        await self.page.locator(any_of).wait_for(timeout=ms)

    async def ready(self) -> None:
        """Wait until it can be called."""
        await self.is_("ready")

    async def press(self, action: str) -> None:
        """Press a button of the telephone."""
        await self.page.locator(f"#phone [data-do={action}]").click()

    async def shows(self, state: str) -> None:
        """Wait until the screen below is in this state."""
        await self.page.locator(f"#screen > [data-state={state}]").wait_for()

    async def answers(self) -> None:
        """Take the call that rings, or will."""
        await self.is_("ringing")
        await self.press("answer")
        await self.is_("talking")

    async def hears(self, ms: int = STEP_MS) -> None:
        """Wait until there is more sound from the other side than there was."""
        before = await self.page.evaluate(HEARD)
        await self.page.wait_for_function(f"async () => (await ({HEARD})()) > {before} + 0.001", timeout=ms)

    async def sends(self, number: str, action: str = "send") -> None:
        """Transfer the caller: at once (``send``) or after a talk (``ask``)."""
        await self.press("transfer")
        await self.is_("choosing")
        await self.page.locator("#phone-number").fill(number)
        await self.press(action)

    async def proof(self) -> str:
        """Ask for another proof, as the page does; return it. The page's own counts no more."""
        return await self.page.evaluate(
            """async () => {
                const { proofAt, csrf, screen } = document.getElementById("phone").dataset;
                const body = new URLSearchParams({ screen });
                const headers = { "X-CSRF-Token": csrf };
                const answer = await fetch(proofAt, { method: "POST", headers, body });
                return (await answer.json()).password;
            }"""
        )

    async def said(self) -> str:
        """What a screen reader said last."""
        return await self.page.locator("#phone [data-said]").inner_text()

    async def words(self) -> str:
        """All that the telephone says now."""
        return await self.page.locator("#phone .idb-tele__words").inner_text()


async def open_page(browser: Browser, **options: Any) -> BrowserContext:
    """Open a browser of somebody's own, which may use the microphone."""
    context = await browser.new_context(viewport=DESK_SCREEN, permissions=["microphone"], **options)
    await context.add_init_script(WATCH)
    context.set_default_timeout(STEP_MS)
    return context


@asynccontextmanager
async def softphone(browser: Browser, url: str, name: str, **options: Any) -> AsyncIterator[Softphone]:
    """An agent who has logged in, with a telephone in the page."""
    context = await open_page(browser, **options)
    agent = Softphone(await context.new_page(), url, name)
    await agent.log_in()
    try:
        yield agent
    finally:
        await context.close()
