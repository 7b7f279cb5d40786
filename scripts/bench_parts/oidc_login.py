"""Citizens log in by OpenID Connect, 200 at one time: none may be lost, and how long they wait for us.

All come within five seconds, each from the page of a subject to the provider; there they are all at once; and
within five seconds all come back and see number and code. What counts is every answer of ours that they wait
for, and of those the one that 99 of 100 stay below. The provider is a stand-in of ours, since the real one
(tests/provider) would be what takes the time: it checks PKCE, signs with RSA and answers in a few ms.

* **ours**: `idbellen web` as an operator runs it. Five answers a citizen: the subject, the form's, the page
  that leads on, the return (the code is given for tokens, these are checked, UserInfo is asked, all is
  judged, sealed and stored), and the page with number and code.
* **floor**: bare aiohttp on uvloop. Five answers; at the return it asks the provider two things and does one
  SET by redis-py. Nothing is looked up, checked, drawn or logged.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import statistics
import time
from contextlib import AsyncExitStack, asynccontextmanager
from html import unescape
from typing import TYPE_CHECKING, TypeVar

import aiohttp
import uvloop
from aiohttp import web
from redis.asyncio import Redis
from yarl import URL

from scripts.bench_parts.beside import stack_without_asterisk
from scripts.bench_parts.rig import CORES, RUNS, Row, Served, percentile, row, say, served, step_aside
from tests.lab.false_provider import FalseProvider
from tests.lab.guard import free_port
from tests.lab.provider import TAG, settings
from web.identity.oidc import path, return_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

CITIZENS = 200
SPREAD_SECONDS = 5.0
ANSWER_SECONDS = 30.0
PURPOSE = "aanvraag"
ONWARD = re.compile(r'http-equiv="refresh" content="0; url=([^"]+)"')
CSRF = re.compile('name="csrf" value="([^"]+)"')
HERE = "/nl/call"
LIFE_SECONDS = 60
PERCENT = 99

T = TypeVar("T")


@asynccontextmanager
async def provider(redirect_uri: str) -> AsyncIterator[int]:
    """Serve the stand-in; the port."""
    async with FalseProvider(redirect_uri) as running:
        running.claims["dateofbirth"] = "05-08-1942"
        yield URL(running.issuer).port or 0


@asynccontextmanager
async def floor(url: str, question: str) -> AsyncIterator[int]:
    """Serve the same, bare; the port. ``question``: what to ask, for want of a code to give."""
    redis, onward = Redis.from_url(url), '<meta http-equiv="refresh" content="0; url=/away">'

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=f'<input name="csrf" value="x">{onward}', content_type="text/html")

    async def start(request: web.Request) -> web.Response:
        await request.post()
        raise web.HTTPSeeOther(f"/nl{path(TAG)}")

    async def away(_request: web.Request) -> web.Response:
        raise web.HTTPFound(return_path(TAG))

    async def take(_request: web.Request) -> web.Response:
        for _ in range(2):
            async with http.get(question) as reply:
                found = await reply.read()
        await redis.set(f"bench:{secrets.token_hex(16)}", found, ex=LIFE_SECONDS)
        raise web.HTTPSeeOther(HERE)

    app = web.Application()
    for place, handler in (
        (f"/nl/{PURPOSE}", page),
        (f"/nl{path(TAG)}", page),
        ("/away", away),
        (HERE, page),
    ):
        app.router.add_get(place, handler)
    app.router.add_post(f"/nl/{PURPOSE}", start)
    app.router.add_get(return_path(TAG), take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as http:
        yield runner.addresses[0][1]
    await runner.cleanup()
    await redis.aclose()


class Citizen:
    """One browser. ``waits`` is for all of them: each answer of ours, in seconds."""

    def __init__(self, http: aiohttp.ClientSession, url: URL, waits: list[float]) -> None:
        self._http, self._url, self._waits = http, url, waits

    async def leave(self) -> str:
        """From the subject to the provider, and the address to which that leads back."""
        subject = self._url / "nl" / PURPOSE
        form = {"csrf": _found(CSRF, await self._ask("GET", subject)), "method": TAG, "agree": "yes"}
        here = await self._ask("POST", subject, form)
        onward = _found(ONWARD, await self._ask("GET", self._url.join(URL(here))))
        async with self._http.get(self._url.join(URL(onward)), allow_redirects=False) as answer:
            return answer.headers["Location"]

    async def come_back(self, address: str) -> None:
        """To number and code."""
        here = await self._ask("GET", self._url.join(URL(address)))
        if here != HERE:
            raise RuntimeError(f"a citizen was lost at {here}")
        await self._ask("GET", self._url.join(URL(here)))

    async def _ask(self, method: str, url: URL, form: dict[str, str] | None = None) -> str:
        """Return the page, or where it leads."""
        began = time.perf_counter()
        async with self._http.request(method, url, data=form, allow_redirects=False) as answer:
            text = await answer.text()
        self._waits.append(time.perf_counter() - began)
        return answer.headers.get("Location", text)


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise RuntimeError("a citizen was lost: the page is another")
    return unescape(match[1])


async def visit(url: URL, address: str) -> list[float]:
    """Let them all come and all come back; every wait of every one. They come from this address."""
    waits: list[float] = []
    async with AsyncExitStack() as stack:
        citizens = []
        for _ in range(CITIZENS):
            http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(local_addr=(address, 0)),
                cookie_jar=aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[url]),
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            )
            citizens.append(Citizen(await stack.enter_async_context(http), url, waits))
        backs = await _spread([citizen.leave() for citizen in citizens])
        await _spread([citizen.come_back(back) for citizen, back in zip(citizens, backs, strict=True)])
    return waits


async def _spread(steps: list[Coroutine[None, None, T]]) -> list[T]:
    """Take these steps, the one a little later than the other; what they give."""

    async def later(place: int, step: Coroutine[None, None, T]) -> T:
        await asyncio.sleep(SPREAD_SECONDS * place / len(steps))
        return await step

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(later(place, step)) for place, step in enumerate(steps)]
    return [task.result() for task in tasks]


def run(runs: int = RUNS) -> list[Row]:
    """Measure."""
    return uvloop.run(_run(runs))


async def _run(runs: int) -> list[Row]:
    step_aside()
    port = free_port()
    with served(provider, f"http://localhost:{port}{return_path(TAG)}") as party:
        issuer = f"http://localhost:{party.port}"
        async with stack_without_asterisk(settings=settings(issuer), web_port=port) as stack:
            await stack.web.start()
            try:
                with served(floor, stack.valkey.url, f"{issuer}/jwks") as bare:
                    return await _measure({"ours": Served(stack.web.pid, port), "floor": bare}, runs)
            finally:
                await stack.web.stop()


async def _measure(servers: dict[str, Served], runs: int) -> list[Row]:
    found: dict[str, list[float]] = {name: [] for name in servers}
    for server in servers.values():
        os.sched_setaffinity(server.pid, CORES[:1])
    for number in range(runs + 1):  # the first is for warming up
        for name, server in servers.items():
            waits = await visit(URL(f"http://localhost:{server.port}"), f"127.0.1.{number + 1}")
            found[name].append(percentile(waits, PERCENT) * 1000)
            say(f"oidc login: {CITIZENS} citizens, none lost ({name}), p99 {found[name][-1]:.1f} ms")
    ours, bare = (statistics.median(found[name][1:]) for name in ("ours", "floor"))
    return [row("oidc_login_p99", ours, "ms, 200 citizens", bare)]
