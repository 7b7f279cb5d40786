"""Two thousand agents see who waits, of ten thousand callers: what it costs, and what a call pays for it.

* **ours**: `idbellen web` as an operator runs it, with 2,000 accounts logged in, each with a websocket of
  their own, in two of forty queues. We play the watcher: every three seconds the front of each queue is
  another, so every screen is told anew, and one agent in twenty does something else.
* **floor** of the CPU: bare aiohttp on uvloop that sends as many bytes to as many websockets as often.
* **floor** of the pop: the same `idbellen web`, before, with ten agents and ten callers.

A pop is from the move of the call in the store to the picture on the agent's websocket, p99; the agents who
are called take turns, and calls come at all moments between two looks. Screens are bare sockets that answer
pings.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import secrets
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import uvloop
from aiohttp import web

from idbellen.pages import web_options
from ivr.store.calls import Calls
from ivr.store.keyspace import CallId, Member
from ivr.store.lease import Lease
from ivr.store.logins import Logins
from ivr.store.sealing import KeySet, Macs, Sealer
from scripts.bench_parts.beside import rooms_of, stack_without_asterisk
from scripts.bench_parts.open_pages import CONCURRENT, OPEN_SECONDS, SWITCHED, Page, greeting
from scripts.bench_parts.open_pages import PATH as CITIZENS
from scripts.bench_parts.rig import (
    CORES,
    RUNS,
    Row,
    Served,
    cpu_seconds,
    percentile,
    row,
    say,
    served,
    step_aside,
)
from scripts.bench_parts.work_floor import ASTERISK, LOOK_SECONDS, accounts, watching
from tests.lab.citizens import PERSON
from web import cookies
from web.look import Look
from web.socket import PROTOCOL, TICKET_PREFIX
from web.tickets import Tickets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from scripts.bench_parts.beside import Rooms
    from web.agent.account_record import Record

AGENTS, CALLERS = 2000, 10_000
QUICK_AGENTS: Final = 200
FEW: Final = 10
QUIET_SECONDS: Final = 30.0
POPS, QUICK_POPS = 300, 30
CALLED: Final = 20
"""Agents who get calls, in turn."""
BETWEEN_SECONDS: Final = 0.1
BOUND_SECONDS: Final = 10.0
PERCENT: Final = 99
PATH: Final = "/agent/live"


class Screen(Page):
    """An agent's screen, which tells when something stands in what it is told."""

    def __init__(self, hello: bytes) -> None:
        super().__init__(hello)
        self.told: asyncio.Future[float] | None = None
        self.wanted = b""
        self.taken = 0

    def data_received(self, data: bytes) -> None:
        """Look for what is wanted, in whatever comes."""
        self.taken += len(data)
        if self.told and not self.told.done() and self.wanted in data:
            self.told.set_result(time.perf_counter())
        super().data_received(data)

    def wants(self, text: str) -> asyncio.Future[float]:
        """Return when this will have come."""
        self.wanted, self.told = text.encode(), asyncio.get_running_loop().create_future()
        return self.told


@dataclass
class Floor:
    """The work floor that we play, and the screens of who works there."""

    rooms: Rooms
    lease: Lease
    calls: Calls
    tickets: Tickets
    host: str
    port: int
    screens: dict[str, Screen] = field(default_factory=dict)
    """By the agent's phone."""
    popped: int = 0

    async def open(self, agents: Sequence[Record]) -> None:
        """Log these agents in and open their screens, so many at a time."""
        macs = Macs(KeySet.read(self.rooms.settings.code_file), "login")
        logins = Logins(self.rooms.store, macs, idle=3600)
        rest = iter(agents)

        async def browser() -> None:
            for record in rest:
                member = Member(ASTERISK, record.member.interface)
                token = await logins.enter(record.name, record.id, member)
                login = macs.first(token.reveal())
                ticket = self.tickets.issue(f"agent-screen/{login}", f"nl {secrets.token_hex(16)} take")
                hello = greeting(
                    self.host,
                    f"Cookie: {cookies.AGENT}={token.reveal()}",
                    f"Sec-WebSocket-Protocol: {PROTOCOL}, {TICKET_PREFIX}{ticket}",
                )
                self.screens[member.interface] = await _open(self.port, hello)

        async with asyncio.TaskGroup() as group:
            for _ in range(CONCURRENT):
                group.create_task(browser())

    async def pop(self, number: int) -> float:
        """One call; the milliseconds from its pickup to the agent's screen."""
        phone = f"PJSIP/{number % min(CALLED, len(self.screens))}"
        name, uniqueid = f"Beller {number}.", f"1763776800.{number}"
        citizen = await self.rooms.citizens.verified({**PERSON, "fullname": name})
        await self.rooms.claims.claim(CallId(ASTERISK, uniqueid), citizen.code, None, "0612345678")
        await self.calls.queued(uniqueid, "queue0", "0612345678")
        told = self.screens[phone].wants(name)
        began = time.perf_counter()
        await self.calls.connected(uniqueid, "queue0", phone)
        try:
            async with asyncio.timeout(BOUND_SECONDS):
                came = await told
        except TimeoutError:
            how = "still open" if self.screens[phone].stands else "lost"
            raise RuntimeError(f"call {number} did not come to its screen, which is {how}") from None
        await self.calls.ended(uniqueid)
        return (came - began) * 1000

    async def pops(self, many: int) -> float:
        """The p99 of so many pops, at all moments."""
        took = []
        for _ in range(many):
            self.popped += 1
            took.append(await self.pop(self.popped))
            await asyncio.sleep(random.uniform(0, 2 * BETWEEN_SECONDS))  # noqa: S311 - moments, not secrets
        return percentile(took, PERCENT)


async def _open(port: int, hello: bytes) -> Screen:
    hello = hello.replace(CITIZENS.encode(), PATH.encode(), 1)
    async with asyncio.timeout(OPEN_SECONDS):
        loop = asyncio.get_running_loop()
        _, screen = await loop.create_connection(lambda: Screen(hello), "127.0.0.1", port)
        if SWITCHED not in (answer := await screen.answer):
            raise RuntimeError(f"a screen was refused: {answer.decode()}")
    return screen


@asynccontextmanager
async def floor(many: str, size: str) -> AsyncIterator[int]:
    """Send as many bytes to each websocket as often as ours does, bare; the port."""
    sockets: set[web.WebSocketResponse] = set()
    text = "x" * int(size)

    async def follow(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=20, compress=False, protocols=(PROTOCOL,))
        await socket.prepare(request)
        sockets.add(socket)
        async for _ in socket:
            pass
        return socket

    async def tell() -> None:
        while True:
            began = time.monotonic()
            for socket in list(sockets):
                await socket.send_str(text)
            await asyncio.sleep(max(0.0, LOOK_SECONDS - (time.monotonic() - began)))

    app = web.Application()
    app.router.add_get(PATH, follow)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    telling = asyncio.create_task(tell(), name=f"to {many}")
    yield runner.addresses[0][1]
    telling.cancel()
    await runner.cleanup()


async def share_of(pid: int, seconds: float) -> float:
    """The share of a core that a process takes for so long, in percent."""
    began, used = time.monotonic(), cpu_seconds(pid)
    await asyncio.sleep(seconds)
    return 100 * (cpu_seconds(pid) - used) / (time.monotonic() - began)


async def bare(agents: int, size: int) -> float:
    """The floor's share of a core."""
    with served(floor, str(agents), str(size)) as server:
        os.sched_setaffinity(server.pid, CORES[:1])
        hello = greeting(f"127.0.0.1:{server.port}")
        screens = [await _open(server.port, hello) for _ in range(agents)]
        await asyncio.sleep(LOOK_SECONDS)
        share = await share_of(server.pid, QUIET_SECONDS)
        for screen in screens:
            screen.leave()
        return share


def run(runs: int = RUNS) -> list[Row]:
    """Measure; once, since what two thousand screens do is an average already."""
    return uvloop.run(_run(*((AGENTS, POPS) if runs > 1 else (QUICK_AGENTS, QUICK_POPS))))


async def _run(agents: int, pops: int) -> list[Row]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    step_aside()
    async with stack_without_asterisk() as stack, rooms_of(stack) as rooms:
        people = accounts(rooms, agents)
        await stack.web.start()
        try:
            server = Served(stack.web.pid, stack.web_port)
            return await _measure(server, rooms, stack.config, people, pops)
        finally:
            await stack.web.stop()


async def _measure(server: Served, rooms: Rooms, config: Path, people: list[Record], pops: int) -> list[Row]:
    options = web_options(rooms.settings, KeySet.read(rooms.settings.code_file), Look({}))
    lease = Lease(rooms.store, ASTERISK)
    calls = Calls(rooms.store, lease, Sealer(KeySet.read(rooms.settings.code_file)))
    ours = Floor(rooms, lease, calls, Tickets(options, _never), options.public_url.authority, server.port)
    os.sched_setaffinity(server.pid, CORES[:1])
    with served(watching, str(config), lease.token, str(FEW), str(FEW)):
        await ours.open(people[:FEW])
        few = await ours.pops(pops)
    say(f"queue view: with {FEW} agents and callers a pop takes {few:.1f} ms p99")
    with served(watching, str(config), lease.token, str(len(people)), str(CALLERS)):
        await ours.open(people[FEW:])
        say(f"queue view: {len(ours.screens)} screens are open")
        share, size = await _share(server, ours)
        many = await ours.pops(pops)
    say(f"queue view: {share:.1f} % of a core, {size} bytes a look and screen; a pop {many:.1f} ms p99")
    for screen in ours.screens.values():
        screen.leave()
    return [
        row("queue_view_cpu", share, "% of a core", await bare(len(people), size)),
        row("queue_view_pop", many, "ms p99", few),
    ]


async def _share(server: Served, ours: Floor) -> tuple[float, int]:
    await asyncio.sleep(2 * LOOK_SECONDS)
    before = sum(screen.taken for screen in ours.screens.values())
    share = await share_of(server.pid, QUIET_SECONDS)
    taken = sum(screen.taken for screen in ours.screens.values()) - before
    if lost := sum(not screen.stands for screen in ours.screens.values()):
        raise RuntimeError(f"{lost} screens were lost meanwhile")
    return share, round(taken / len(ours.screens) * LOOK_SECONDS / QUIET_SECONDS)


async def _never(_ticket: str, _seconds: int) -> bool:
    """We only hand tickets out."""
    return False
