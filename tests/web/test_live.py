"""frontend/js/live.js in a real browser: follows, comes back, and knows when it is over."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from ivr.errors import AnonymousError
from tests.lab.front import front
from web import keys
from web.pages import page
from web.route import Audience, Room, get, post, socket
from web.socket import open_socket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

pytestmark = [pytest.mark.usefixtures("sample_pages"), pytest.mark.e2e, pytest.mark.req("C6", "A5")]

FOLLOW = """async ([module, csrf]) => {
    window.told = [];
    const { follow } = await import(module);
    window.stop = follow({
        ticket: '/ticket', socket: '/live', csrf,
        seen: (snapshot) => told.push(snapshot), state: (name) => told.push(name),
    });
}"""


BEATS = """
    window.beats = 0;
    window.WebSocket = class extends WebSocket {
        constructor(...given) {
            super(...given);
            this.addEventListener('message', (event) => { if (!event.data) window.beats += 1; });
        }
    };"""
"""Counts what `follow` keeps to itself."""


COUNTED = """() => {
    window.asked = 0;
    const ask = window.fetch;
    window.fetch = (...given) => { window.asked += 1; return ask(...given); };
}"""
"""Counts tickets that are asked for, as soon as they are."""


class Server:
    """What the browser follows: a number that only grows, sent whole to each that opens."""

    def __init__(self) -> None:
        self.number = 0
        self.tickets = 0
        self.away = False
        self.over = False
        self.ended = asyncio.Event()
        self.lines: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self.room = Room(
            name="live",
            routes=(
                get("/", self.show, Audience.PUBLIC, "home"),
                post("/ticket", self.ticket, Audience.PUBLIC, "ticket", localized=False),
                socket("/live", self.live, Audience.PUBLIC, "live"),
            ),
        )

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The page."""
        return page(request, "gallery.html")

    async def ticket(self, request: web.Request) -> web.StreamResponse:
        """A ticket, if we are there and it is not over."""
        self.tickets += 1
        if self.over:
            raise AnonymousError("over")
        if self.away and self.tickets > 1:
            self.away = False
            raise web.HTTPServiceUnavailable
        return web.json_response({"ticket": request.app[keys.TICKETS].issue("sample", "x")})

    async def live(self, request: web.Request) -> web.StreamResponse:
        """A snapshot, then quiet until the test does something with the line."""
        line, _ = await open_socket(request, "sample")
        self.number += 1
        await line.send_json({"number": self.number})
        self.lines.put_nowait(line)
        async for _ in line:
            pass
        self.ended.set()
        return line


@asynccontextmanager
async def followed(browser: Browser) -> AsyncIterator[tuple[Page, Server, web.WebSocketResponse]]:
    """A page that follows, and the line that it opened."""
    server = Server()
    async with front(server.room) as running:
        tab = await browser.new_page()
        await tab.clock.install()
        await tab.add_init_script(BEATS)
        await tab.goto(str(running.url / "nl"))
        module = running.app[keys.ASSETS].url("live.js")
        csrf = await tab.locator("input[name=csrf]").input_value()
        await tab.evaluate(FOLLOW, [module, csrf])
        yield tab, server, await next_line(server)
        await tab.close()


async def next_line(server: Server) -> web.WebSocketResponse:
    """The line that the page opens next."""
    async with asyncio.timeout(15):
        return await server.lines.get()


async def told(tab: Page, last: object) -> list[object]:
    """All that the page was told, once it was told this."""
    await tab.wait_for_function("(last) => JSON.stringify(told.at(-1)) === JSON.stringify(last)", arg=last)
    return await tab.evaluate("told")


async def test_a_page_is_told_that_it_follows_and_what_there_is(browser: Browser) -> None:
    """Through our CSP, with a ticket asked by script."""
    async with followed(browser) as (tab, _, _):
        assert await told(tab, {"number": 1}) == ["open", {"number": 1}]


async def test_a_lost_line_comes_back_with_a_fresh_ticket_and_a_whole_snapshot(browser: Browser) -> None:
    """Nothing is asked again but the ticket; a server that is away for a moment is waited for."""
    async with followed(browser) as (tab, server, line):
        await told(tab, {"number": 1})
        server.away = True
        await line.close(code=1012)
        await next_line(server)
        story = ["open", {"number": 1}, "lost", "lost", "open", {"number": 2}]
        assert await told(tab, {"number": 2}) == story
        assert server.tickets == 3


async def test_a_line_that_is_silent_for_too_long_is_given_up(browser: Browser) -> None:
    """Swallowed on the way, nothing closes it. A beat, an empty message, keeps it, and is no news."""
    async with followed(browser) as (tab, server, line):
        await told(tab, {"number": 1})
        await tab.clock.fast_forward(30_000)
        await line.send_str("")
        await tab.wait_for_function("() => beats === 1")
        await tab.clock.fast_forward(30_000)
        assert await tab.evaluate("told") == ["open", {"number": 1}]
        await tab.clock.fast_forward(31_000)
        await tab.clock.fast_forward(1_000)  # the wait before it tries again
        await next_line(server)
        assert await told(tab, {"number": 2}) == ["open", {"number": 1}, "lost", "open", {"number": 2}]


async def test_a_page_that_slept_looks_whether_its_line_still_stands(browser: Browser) -> None:
    """In a sleep no timer runs; whoever looks at the page again need not wait for one."""
    async with followed(browser) as (tab, server, _):
        await told(tab, {"number": 1})
        await tab.clock.set_fixed_time(time.time() + 3600)
        await tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await told(tab, "lost")
        await tab.clock.resume()
        await tab.clock.fast_forward(1_000)
        await next_line(server)


async def test_a_page_in_place_of_which_another_came_takes_its_time(browser: Browser) -> None:
    """Else too many pages of one reader would take each other's place for ever, several times a second."""
    async with followed(browser) as (tab, server, line):
        await told(tab, {"number": 1})
        await tab.evaluate(COUNTED)
        await tab.clock.pause_at(time.time() + 1)
        await line.close(code=1008)
        await told(tab, "lost")
        await tab.clock.run_for(3_900)
        assert await tab.evaluate("asked") == 0
        await tab.clock.run_for(8_200)
        await next_line(server)


async def test_a_line_that_the_server_ends_stays_ended(browser: Browser) -> None:
    """Code 1000: there is nothing more to follow."""
    async with followed(browser) as (tab, server, line):
        await told(tab, {"number": 1})
        await line.close()
        assert await told(tab, "ended") == ["open", {"number": 1}, "ended"]
        assert server.tickets == 1


async def test_a_page_that_may_no_longer_follow_is_told_so(browser: Browser) -> None:
    """The log-in is over: another try would not help."""
    async with followed(browser) as (tab, server, line):
        await told(tab, {"number": 1})
        server.over = True
        await line.close(code=1012)
        assert await told(tab, "ended") == ["open", {"number": 1}, "lost", "ended"]


async def test_a_page_that_stops_following_says_so(browser: Browser) -> None:
    """The server's side ends as well."""
    async with followed(browser) as (tab, server, _):
        await told(tab, {"number": 1})
        await tab.evaluate("stop()")
        async with asyncio.timeout(15):
            await server.ended.wait()
        assert server.tickets == 1
