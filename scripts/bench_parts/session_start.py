"""A session starts: a log-in's result comes in, is judged, sealed and stored, and the browser is sent on.

* **ours**: `idbellen web` as an operator runs it. A citizen's browser posts the demonstration's log-in: the
  ticket's session is found, the CSRF token and the signed state are checked, the identity is judged, sealed
  (AES-256-GCM) and stored by a script, and the answer leads to the page with number and code. Access log and
  security headers included.
* **floor**: bare aiohttp on uvloop. It takes the same requests with the same cookies, reads the form, does
  one SET by redis-py and sends the same redirect. Nothing is looked up, checked, sealed or logged.

Both serve the same client, 16 connections kept alive, and use the same Valkey. What counts is the CPU time
that the server takes for a request; the store's own time counts in neither.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
import uvloop
from aiohttp import web
from redis.asyncio import Redis

from idbellen.pages import web_options
from ivr.store.sealing import KeySet
from scripts.bench_parts.beside import rooms_of, stack_without_asterisk
from scripts.bench_parts.rig import RUNS, TURNS, Row, Served, rates, row, say, served, step_aside
from web import cookies
from web.identity.logins import Login, Logins
from web.identity.people import PEOPLE
from web.look import Look

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scripts.bench_parts.beside import Rooms
    from tests.lab.stack import Stack

STARTS = 200  # a turn
CONCURRENT = 16
PURPOSE = "verhuizing"
LIFE_SECONDS = 1200
PATH = "/nl/login/demo"
ONWARD = "/nl/call"


@dataclass(frozen=True, slots=True)
class Start:
    """A browser that is about to send a log-in's result: its cookies, and the form."""

    cookie: str
    form: dict[str, str]


@asynccontextmanager
async def floor(url: str) -> AsyncIterator[int]:
    """Serve the same, bare; the port."""
    redis = Redis.from_url(url)

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        await redis.set(f"bench:{secrets.token_hex(16)}", str(form["person"]), ex=LIFE_SECONDS)
        raise web.HTTPSeeOther(ONWARD)

    app = web.Application()
    app.router.add_post(PATH, take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()
    await redis.aclose()


async def prepare(rooms: Rooms, url: str, many: int) -> list[Start]:
    """Citizens at the log-in page, each with a session of their own."""
    options = web_options(rooms.settings, KeySet.read(rooms.settings.code_file), Look({}))
    logins = Logins(options, rooms.sessions, purposes := rooms.settings.to_purposes())
    purpose, rest = purposes.get(PURPOSE), iter(range(many))
    seed, token = await _csrf(url)
    made: list[Start] = []

    async def make() -> None:
        for _ in rest:
            started = await rooms.sessions.create(purpose, "nl")
            login = logins.begin(Login(started.id, purpose, "demo", "nl"), url)
            form = {"csrf": token, "state": login.state, "person": PEOPLE[0].tag, "level": "3"}
            cookie = f"{cookies.CSRF}={seed}; {cookies.CITIZEN}={started.ticket.reveal()}"
            made.append(Start(cookie, form))

    async with asyncio.TaskGroup() as group:
        for _ in range(CONCURRENT):
            group.create_task(make())
    return made


async def _csrf(url: str) -> tuple[str, str]:
    """The cookie and the token that a page's forms carry."""
    async with aiohttp.ClientSession() as client, client.get(f"{url}/nl/{PURPOSE}") as page:
        token = (await page.text()).partition('name="csrf" value="')[2].partition('"')[0]
        return page.cookies[cookies.CSRF].value, token


async def send(url: str, starts: list[Start]) -> int:
    """Send them all, so many at a time; each must be sent on to the page with the code."""
    rest = iter(starts)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:

        async def browser() -> None:
            for start in rest:
                async with client.post(
                    url + PATH, data=start.form, headers={"Cookie": start.cookie}, allow_redirects=False
                ) as answer:
                    if answer.headers.get("Location") != ONWARD:
                        raise RuntimeError(f"status {answer.status}: not the way to the code")

        async with asyncio.TaskGroup() as group:
            for _ in range(CONCURRENT):
                group.create_task(browser())
    return len(starts)


def run(runs: int = RUNS) -> list[Row]:
    """Measure."""
    return uvloop.run(_run(runs))


async def _run(runs: int) -> list[Row]:
    step_aside()
    async with stack_without_asterisk() as stack, rooms_of(stack) as rooms:
        await stack.web.start()
        try:
            return await _measure(stack, rooms, runs)
        finally:
            await stack.web.stop()


async def _measure(stack: Stack, rooms: Rooms, runs: int) -> list[Row]:
    starts = [await prepare(rooms, stack.url, STARTS) for _ in range(TURNS * (runs + 1))]
    say("session start: citizens are at the log-in page")
    with served(floor, stack.valkey.url) as bare:
        servers = {"ours": Served(stack.web.pid, stack.web_port), "floor": bare}

        async def load(name: str, turn: int) -> int:
            return await send(f"http://localhost:{servers[name].port}", starts[turn])

        per_core = await rates(servers, load, runs)
    return [row("session_start_vs_floor", per_core["ours"], "sessions/s a core", per_core["floor"])]
