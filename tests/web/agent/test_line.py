"""The desktop's own guard: what comes late, out of order or not at all leaves nothing on the screen."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from tests.lab.agents import SANNE, left_in, record, recorded, shows
from tests.lab.citizens import PERSON

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute

    from tests.lab.agents import Agents
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard

pytestmark = pytest.mark.e2e

LONG = 60.0
STEP_SECONDS = 10.0


def frame(version: int, state: str, name: str = "", seconds: float = LONG) -> str:
    """A frame as the server sends them."""
    line = {"label": "Naam", "value": name, "moment": 0}
    rows = {"proven": [line] if name else [], "links": [], "facts": []}
    picture = {"state": state, "call": name, "purpose": "", **rows}
    return json.dumps({"version": version, "seconds": seconds, "picture": picture})


class Server:
    """The server's end of the websocket, in the hands of a test."""

    def __init__(self) -> None:
        self._opened: asyncio.Queue[WebSocketRoute] = asyncio.Queue()

    async def take(self, context: BrowserContext) -> None:
        """Take every websocket of these tabs."""
        await context.route_web_socket("**/agent/live", self._open)

    def _open(self, socket: WebSocketRoute) -> None:
        socket.send(frame(1, "empty"))
        self._opened.put_nowait(socket)

    async def next(self) -> WebSocketRoute:
        """The next websocket that a page opens."""
        async with asyncio.timeout(STEP_SECONDS):
            return await self._opened.get()


@pytest.fixture
async def server() -> Server:
    """A server that says what the test says."""
    return Server()


@pytest.fixture
async def page(agents: Agents, browser: Browser, server: Server) -> Page:
    """Sanne's desktop, on that server's line."""
    context = await browser.new_context()
    await server.take(context)
    return await agents.log_in(context, SANNE)


async def _no_tickets(page: Page) -> None:
    await page.context.route("**/agent/ticket", lambda route: route.abort())


async def _tickets(page: Page) -> None:
    await page.context.unroute("**/agent/ticket")


@pytest.mark.req("P3", "S2")
async def test_what_is_older_is_not_shown(page: Page, server: Server) -> None:
    """A frame that comes late, or twice, changes nothing."""
    socket = await server.next()
    await record(page)
    socket.send(frame(5, "verified", "Kanarie Nieuw"))
    for version in (4, 5, 2, 1, 0, -1):
        socket.send(frame(version, "verified", "Kanarie Oud"))
    socket.send(frame(6, "ordinary"))
    socket.send(frame(5, "verified", "Kanarie Oud"))
    socket.send(frame(7, "pending"))
    await shows(page, "pending")
    seen = await recorded(page)
    assert [("Nieuw" in text, "Oud" in text) for text in seen] == [(True, False)] + [(False, False)] * 2
    assert await left_in(page, ["Kanarie"]) == []


@pytest.mark.req("P3", "S2")
async def test_what_cannot_be_shown_hides_what_was(page: Page, server: Server) -> None:
    """A page that is older than its server does not keep the caller before."""
    socket = await server.next()
    changes: tuple[dict[str, object], ...] = ({"state": "new"}, {"facts": None}, {"proven": [None]})
    for version, change in enumerate(changes, 1):
        socket.send(frame(2 * version, "verified", "Kanarie"))
        await shows(page, "verified")
        strange = json.loads(frame(2 * version + 1, "verified", "Kanarie"))
        strange["picture"].update(change)
        socket.send(json.dumps(strange))
        await shows(page, "lost")
        assert await left_in(page, ["Kanarie"]) == []


@pytest.mark.req("S2", "O6")
async def test_what_is_not_confirmed_is_taken_off(page: Page, server: Server) -> None:
    """A frozen server says nothing, on a line that stays open."""
    socket = await server.next()
    await _no_tickets(page)
    socket.send(frame(2, "verified", "Kanarie", seconds=0.1))
    await shows(page, "lost")
    assert await left_in(page, ["Kanarie"]) == []
    assert "Het gesprek loopt door" in await page.locator("#screen").inner_text()


@pytest.mark.req("A5", "O6")
async def test_after_silence_there_is_a_new_connection(page: Page, server: Server) -> None:
    """And what the old one says then is not listened to."""
    old = await server.next()
    old.send(frame(2, "verified", "Kanarie Oud", seconds=0.1))
    new = await server.next()
    old.send(frame(99, "verified", "Kanarie Oud"))
    new.send(frame(2, "ordinary"))
    await shows(page, "ordinary")
    assert await left_in(page, ["Kanarie"]) == []


@pytest.mark.req("S2")
async def test_a_confirmation_keeps_it_for_as_long_as_it_says(page: Page, server: Server) -> None:
    """A frame without a picture: the last one is still so. Nothing on the screen is made anew."""
    await page.clock.install()
    await page.reload()
    await server.next()
    socket = await server.next()
    socket.send(frame(2, "verified", "Kanarie", seconds=4))
    await shows(page, "verified")
    await record(page)
    await page.clock.fast_forward(3_000)
    socket.send(json.dumps({"version": 3, "seconds": 4}))
    await page.clock.fast_forward(3_000)
    await shows(page, "verified")
    assert await recorded(page) == []
    await page.clock.fast_forward(2_000)
    await shows(page, "lost")


@pytest.mark.req("A5", "S2")
async def test_a_cut_connection_hides_the_data_at_once(page: Page, server: Server) -> None:
    """It says so, tries again with a new ticket, and the same call is back."""
    socket = await server.next()
    socket.send(frame(2, "verified", "Kanarie"))
    await shows(page, "verified")
    await _no_tickets(page)
    await socket.close(code=3000)
    await shows(page, "lost")
    assert await left_in(page, ["Kanarie"]) == []
    assert await page.locator("#said").inner_text() == "Verbinding weg. Het gesprek loopt door."
    await _tickets(page)
    (await server.next()).send(frame(2, "verified", "Kanarie"))
    await shows(page, "verified")


@pytest.mark.req("A5", "O6")
async def test_a_cut_to_the_real_server_is_mended(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, browser: Browser
) -> None:
    """Every socket of the server is reset, as when a network goes."""
    page = await agents.desktop(browser, SANNE)
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    await shows(page, "verified")
    await _no_tickets(page)
    agents.cut()
    await shows(page, "lost")
    assert await left_in(page, PERSON.values()) == []
    await _tickets(page)
    await shows(page, "verified")


@pytest.mark.req("S4")
async def test_when_the_login_is_over_the_page_leaves(page: Page, server: Server) -> None:
    """For the log-in page; and Back shows nothing of what was there."""
    socket = await server.next()
    socket.send(frame(2, "verified", "Kanarie"))
    await shows(page, "verified")
    await page.context.clear_cookies()
    await socket.close(code=1000)
    await page.wait_for_url("**/nl/agent/login")
    assert await left_in(page, ["Kanarie"]) == []
    await page.go_back()
    assert await left_in(page, ["Kanarie"]) == []


@pytest.mark.req("S2")
async def test_back_and_forward_hold_nothing(page: Page, server: Server) -> None:
    """A page that is left is emptied, and is read anew when one comes back to it."""
    socket = await server.next()
    socket.send(frame(2, "verified", "Kanarie"))
    await shows(page, "verified")
    await page.goto(page.url.replace("/agent", "/agent/away"))
    assert await left_in(page, ["Kanarie"]) == []
    await page.go_back()
    await server.next()
    await shows(page, "empty")
    assert await left_in(page, ["Kanarie"]) == []


@pytest.mark.req("S2")
@pytest.mark.parametrize("event", ["pagehide", "freeze"])
async def test_a_page_that_is_put_away_is_emptied(page: Page, server: Server, event: str) -> None:
    """Before the browser keeps it, for Back or because the computer sleeps."""
    socket = await server.next()
    socket.send(frame(2, "verified", "Kanarie"))
    await shows(page, "verified")
    target = "window" if event == "pagehide" else "document"
    await page.evaluate(f"{target}.dispatchEvent(new Event('{event}'))")
    assert await page.locator("#screen").inner_html() == ""
    socket.send(frame(3, "verified", "Kanarie"))
    assert await left_in(page, ["Kanarie"]) == []


@pytest.mark.req("S7")
async def test_values_are_text(page: Page, server: Server) -> None:
    """Whatever stands in them: shown as it is, obeyed never, and within the frame."""
    socket = await server.next()
    script = "window.bad=1"
    values = (f"<img src=x onerror='{script}'>", f"</dd><script>{script}</script>", "x" * 4096, "\u202eabc")
    for version, value in enumerate(values, 2):
        socket.send(frame(version, "verified", value))
        await page.get_by_text(value, exact=True).wait_for()
        assert await page.locator("#screen :is(img, script, iframe)").count() == 0
        assert not await page.evaluate("window.bad")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
