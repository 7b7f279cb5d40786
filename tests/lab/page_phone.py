"""A telephone in an agent's page that takes the same orders, and tells the same events, as one on a desk.

So what is true of desk phones can be tested of these. Knows the page as its user does. Which digits reach it,
no page can tell: Asterisk says what it sends there.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from tests.lab.browser import MEDIA, chromium
from tests.lab.house import Worker
from tests.lab.manager import Manager
from tests.lab.phone import GAP_MS, WAIT_SECONDS
from tests.lab.screens import Screen
from tests.lab.softphone import Softphone, open_page
from tests.lab.story import Event, Story

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.lab.asterisk import Asterisk
    from tests.lab.stack import Stack

EVER: Final = float("inf")
WATCH: Final = """
addEventListener("DOMContentLoaded", () => {
  const phone = document.getElementById("phone");
  if (!phone) return;
  const look = () => window.entered(phone.dataset.state);
  new MutationObserver(look).observe(phone, { attributes: true, attributeFilter: ["data-state"] });
});
"""
ENTERED: Final = {
    ("*", "ringing"): "incoming",
    ("joining", "talking"): "confirmed",
    ("talking", "held"): "held",
    ("talking", "choosing"): "held",
    ("held", "talking"): "unheld",
    ("*", "asking"): "second ringing",
    ("asking", "consulting"): "second confirmed",
    ("asking", "talking"): "second disconnected",
    ("consulting", "talking"): "second disconnected",
    ("*", "ready"): "disconnected",
}
"""What a desk phone would tell when the page's goes from one state to another."""
IDLE: Final = ("", "off", "starting", "away", "ready")
"""From one of these to another nothing ends."""


class PagePhone:
    """The remote control of it; see `tests.lab.phone`."""

    def __init__(self, page: Softphone) -> None:
        self.user = page.name
        self.story = Story(f"page of {page.name}", "event")
        self._page = page
        self._state = ""

    async def entered(self, state: str) -> None:
        """The page is in this state now."""
        before, self._state = self._state, state
        event = ENTERED.get((before, state)) or ENTERED.get(("*", state))
        if event and before != state and not (before in IDLE and state in IDLE):
            await self.story.add({"event": event})

    async def digits(self, manager: Manager) -> None:
        """Tell all digits that Asterisk sends to it, until cancelled."""
        while True:
            sent = await manager.wait("DTMFEnd", seconds=EVER, Direction="Sent")
            if sent["Channel"].startswith(f"PJSIP/{self.user}-"):
                await self.story.add({"event": "dtmf", "digit": sent["Digit"]})

    async def wait(self, event: str, *, seconds: float = WAIT_SECONDS, **details: object) -> Event:
        """Return the next event of that name."""
        return await self.story.wait(seconds, event=event, **details)

    def saw(self, event: str, **details: object) -> bool:
        """Whether it happened up to now."""
        return self.story.saw(event=event, **details)

    async def answer(self) -> None:
        """Pick up; then wait for ``confirmed``."""
        await self._page.press("answer")

    async def decline(self) -> None:
        """Refuse the incoming call."""
        await self._page.press("decline")

    async def hangup(self) -> None:
        """End the call; then wait for ``disconnected``."""
        await self._page.press("hangup")

    async def hold(self) -> None:
        """Put the other side on hold."""
        await self._page.press("hold")
        await self.wait("held")

    async def unhold(self) -> None:
        """Take the other side back, which the page does by itself after a consultation."""
        if self._state == "held":
            await self._page.press("unhold")
        await self._page.is_("talking")

    async def transfer(self, number: str) -> None:
        """Send the other side to another number."""
        await self._page.sends(number)

    async def consult(self, number: str) -> None:
        """Call a colleague; then wait for ``second confirmed``."""
        await self._page.sends(number, "ask")

    async def give_up(self) -> None:
        """End the consultation; then wait for ``second disconnected``."""
        await self._page.press("back")

    async def join(self) -> None:
        """Send the other side to the colleague."""
        await self._page.press("connect")

    async def keys(self, digits: str, gap_ms: int = GAP_MS, *, info: bool = False) -> None:
        """Key digits, by the page's own keypad."""
        assert gap_ms == GAP_MS
        assert not info
        pad = self._page.page.locator("#phone [data-keypad]")
        if await pad.is_hidden():
            await self._page.press("keypad")
        for digit in digits:
            await pad.locator(f"[data-tone='{digit}']").click()

    async def speak(self) -> None:
        """The microphone of a test beeps by itself."""

    async def hears(self, *, seconds: float = WAIT_SECONDS) -> None:
        """Wait until there is sound from the other side."""
        await self._page.hears(int(seconds * 1000))


@asynccontextmanager
async def page_phone(pbx: Asterisk, stack: Stack, name: str) -> AsyncIterator[Worker]:
    """An agent with nothing but a browser: telephone and screen are in one page."""
    async with chromium(*MEDIA) as browser, in_browser(browser, pbx, stack, name) as worker:
        yield worker


@asynccontextmanager
async def in_browser(browser: Browser, pbx: Asterisk, stack: Stack, name: str) -> AsyncIterator[Worker]:
    """The same in a browser that others use as well."""
    async with Manager(pbx.ports.ami) as manager:
        context = await open_page(browser)
        page, screen = await context.new_page(), Screen(name)
        softphone = Softphone(page, stack.url, name)
        phone: Any = PagePhone(softphone)
        await page.expose_function("entered", phone.entered)
        await page.add_init_script(WATCH)
        screen.listen(page)
        await softphone.log_in()
        await softphone.ready()
        await screen.shows("empty")
        telling = asyncio.create_task(phone.digits(manager))
        try:
            yield Worker(name, phone, screen, page)
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            await context.close()
