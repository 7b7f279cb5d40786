"""Ten thousand citizens have their page open: what that costs while nothing happens, in time and in memory.

* **ours**: `idbellen web` as an operator runs it. Each page has its own session, with a code that works for
  another 7 to 20 minutes, and a websocket that was opened with a ticket. While it is measured the
  words of some pages change, since time passes: those are looked up, drawn and sent.
* **floor**: bare aiohttp on uvloop with as many websockets and the same pings. Nothing is ever said on them.

Pages are bare sockets that answer pings and throw away what they are told. What counts is the CPU time that
the server takes meanwhile, as a part of one core, and by how much its resident memory grew.
"""

from __future__ import annotations

import asyncio
import os
import resource
import time
from base64 import b64encode
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uvloop
from aiohttp import web

from idbellen.pages import web_options
from ivr.store.sealing import KeySet
from scripts.bench_parts.beside import rooms_of, stack_without_asterisk
from scripts.bench_parts.rig import CORES, RUNS, Row, Served, cpu_seconds, row, say, served, step_aside
from web import cookies
from web.citizen.live import AUDIENCE, BEAT_SECONDS, PING_SECONDS
from web.look import Look
from web.socket import PROTOCOL, TICKET_PREFIX
from web.tickets import Tickets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from scripts.bench_parts.beside import Rooms
    from tests.lab.citizens import Citizen

PAGES: Final = 10_000
QUICK_PAGES: Final = 1_000
CONCURRENT: Final = 32
SOON_SECONDS, LATE_SECONDS = 400.0, 1200.0
QUIET_SECONDS: Final = PING_SECONDS
PATH: Final = "/nl/call/live"
PING, PONG = 0x89, b"\x8a\x80\0\0\0\0"
SHORT_HEAD, LONG_HEAD, LONGER = 2, 4, 126  # RFC 6455, 5.2
SWITCHED: Final = b" 101 "
OPEN_SECONDS: Final = 30.0
TRIES: Final = 5


class Page(asyncio.Protocol):
    """One browser's websocket (RFC 6455): shakes hands, answers pings, listens to nothing."""

    def __init__(self, greeting: bytes) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._greeting = greeting
        self._pending = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Ask for the websocket."""
        self._transport = transport
        transport.write(self._greeting)

    def data_received(self, data: bytes) -> None:
        """Take the answer to the greeting, then frame after frame."""
        self._pending += data
        if not self.answer.done():
            head, found, rest = self._pending.partition(b"\r\n\r\n")
            if not found:
                return
            self.answer.set_result(head.partition(b"\r\n")[0])
            self._pending = rest
        while self._frame():
            pass

    def _frame(self) -> bool:
        """Take one frame off, if it is whole; servers do not mask theirs."""
        if len(self._pending) < SHORT_HEAD:
            return False
        kind, size, start = self._pending[0], self._pending[1], SHORT_HEAD
        if size == LONGER:
            size, start = int.from_bytes(self._pending[SHORT_HEAD:LONG_HEAD], "big"), LONG_HEAD
        if len(self._pending) < start + size:
            return False
        self._pending = self._pending[start + size :]
        if kind == PING and self._transport:
            self._transport.write(PONG)
        return True

    def connection_lost(self, _: Exception | None) -> None:
        """The server ended it: not while it is measured."""
        if not self.answer.done():
            self.answer.set_result(b"the connection was closed")
        self._transport = None

    @property
    def stands(self) -> bool:
        """Whether it is open now."""
        return self._transport is not None

    def leave(self) -> None:
        """Close the page."""
        if self._transport:
            self._transport.abort()


@asynccontextmanager
async def floor() -> AsyncIterator[int]:
    """Serve websockets on which nothing is ever said; the port."""

    async def follow(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS, protocols=(PROTOCOL,), compress=False)
        await socket.prepare(request)
        async for _ in socket:
            pass
        return socket

    app = web.Application()
    app.router.add_get(PATH, follow)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


def greeting(host: str, *headers: str) -> bytes:
    """The request that opens a websocket."""
    key = b64encode(os.urandom(16)).decode()
    lines = (
        *(f"GET {PATH} HTTP/1.1", f"Host: {host}", f"Origin: http://{host}", "Upgrade: websocket"),
        *("Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", *headers),
    )
    return "\r\n".join([*lines, "", ""]).encode()


async def open_one(port: int, hello: Callable[[], bytes]) -> Page:
    """Open a page. Where a busy machine makes the server say "not now", it comes again, as browsers do."""
    answer = b""
    for _ in range(TRIES):
        async with asyncio.timeout(OPEN_SECONDS):
            loop = asyncio.get_running_loop()
            _, page = await loop.create_connection(lambda: Page(hello()), "127.0.0.1", port)
            answer = await page.answer
        if SWITCHED in answer:
            return page
    raise RuntimeError(f"a page was refused {TRIES} times: {answer.decode()}")


async def open_all(port: int, greetings: Iterable[Callable[[], bytes]]) -> list[Page]:
    """Open all pages, so many at a time."""
    rest, pages = iter(greetings), []

    async def browser() -> None:
        pages.extend([await open_one(port, hello) for hello in rest])

    async with asyncio.TaskGroup() as group:
        for _ in range(CONCURRENT):
            group.create_task(browser())
    return pages


async def prepare(rooms: Rooms, many: int) -> list[Citizen]:
    """Citizens with a code, of which the time is over at a moment of their own."""
    made: list[Citizen] = []
    rest = iter(range(many))

    async def make() -> None:
        for _ in rest:
            citizen = await rooms.citizens.verified()
            left = SOON_SECONDS + (LATE_SECONDS - SOON_SECONDS) * len(made) / many
            key = rooms.store.keys.session(citizen.session)
            await rooms.store.redis.hset(key, "expires", f"{time.time() + left:.3f}")
            made.append(citizen)

    async with asyncio.TaskGroup() as group:
        for _ in range(CONCURRENT):
            group.create_task(make())
    return made


async def cost(server: Served, greetings: Iterable[Callable[[], bytes]]) -> tuple[float, float]:
    """Open as many pages; the share of a core that they take then, in percent, and KiB of memory a page."""
    before = memory(server.pid)
    pages = await open_all(server.port, greetings)
    grown = (memory(server.pid) - before) / len(pages)
    say(f"open pages: {len(pages)} are open, now it is quiet")
    await asyncio.sleep(BEAT_SECONDS)
    began, used = time.monotonic(), cpu_seconds(server.pid)
    await asyncio.sleep(QUIET_SECONDS)
    share = 100 * (cpu_seconds(server.pid) - used) / (time.monotonic() - began)
    lost = sum(not page.stands for page in pages)
    say(f"open pages: {lost} were told to come again")
    if lost:
        raise RuntimeError(f"{lost} pages were lost meanwhile")
    for page in pages:
        page.leave()
    return share, grown


def memory(pid: int) -> float:
    """Resident memory of a process, in KiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return float(next(line for line in lines if line.startswith("VmRSS:")).split()[1])


async def _never(_ticket: str, _seconds: int) -> bool:
    """We only hand tickets out."""
    return False


def run(runs: int = RUNS) -> list[Row]:
    """Measure; once, since what ten thousand pages do is an average already."""
    return uvloop.run(_run(PAGES if runs > 1 else QUICK_PAGES))


async def _run(many: int) -> list[Row]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    step_aside()
    async with stack_without_asterisk() as stack, rooms_of(stack) as rooms:
        await stack.web.start()
        try:
            server = Served(stack.web.pid, stack.web_port)
            return await _measure(server, rooms, many)
        finally:
            await stack.web.stop()


async def _measure(server: Served, rooms: Rooms, many: int) -> list[Row]:
    citizens = await prepare(rooms, many)
    say(f"open pages: {many} citizens have a code")
    options = web_options(rooms.settings, KeySet.read(rooms.settings.code_file), Look({}))
    tickets, host = Tickets(options, _never), options.public_url.authority

    def hello(citizen: Citizen) -> bytes:
        ticket = tickets.issue(AUDIENCE, citizen.session)
        return greeting(
            host,
            f"Cookie: {cookies.CITIZEN}={citizen.ticket.reveal()}",
            f"Sec-WebSocket-Protocol: {PROTOCOL}, {TICKET_PREFIX}{ticket}",
        )

    os.sched_setaffinity(server.pid, CORES[:1])
    share, grown = await cost(server, [partial(hello, citizen) for citizen in citizens])
    with served(floor) as bare:
        os.sched_setaffinity(bare.pid, CORES[:1])
        bare_share, bare_grown = await cost(bare, [partial(greeting, f"127.0.0.1:{bare.port}")] * many)
    return [
        row("open_pages_cpu", share, "% of a core", bare_share),
        row("open_pages_memory", grown, "KiB a page", bare_grown),
    ]
