"""Ten thousand citizens are busy with the Yivi app: what that costs us, and what a restart then costs.

* **ours**: `idbellen web` as an operator runs it. Each log-in was begun at an IRMA server (a stand-in, which
  says "not yet") and is kept in the store. Meanwhile the citizens' browsers follow the IRMA server; nobody
  asks us anything. Then `web` is killed and started: it looks at each log-in once.
* **floor**: bare aiohttp on uvloop, which asks the same server about each once a second, or as often as it
  can: what the pilot of 2020 did, without its database.

What counts is the CPU time that the process takes meanwhile, as a part of one core.
"""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import aiohttp
import uvloop

from idbellen.irma import app
from idbellen.pages import web_options
from ivr.store.sealing import KeySet, Sealer
from scripts.bench_parts.beside import rooms_of, stack_without_asterisk
from scripts.bench_parts.rig import CORES, RUNS, Row, cpu_seconds, row, say, served, step_aside
from tests.lab.irma_stand_in import stand_in
from tests.lab.yivi import toml
from web.identity.logins import Login, Logins
from web.identity.returns import Returns
from web.look import Look

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from ivr.session.purpose import Purposes
    from scripts.bench_parts.beside import Rooms
    from tests.lab.stack import Stack
    from web.identity.irma.provider import Irma

LOGINS: Final = 10_000
QUICK_LOGINS: Final = 1_000
CONCURRENT: Final = 32
PURPOSE: Final = "verhuizing"
WINDOW_SECONDS: Final = 50.0
SETTLE_SECONDS: Final = 2.0
LANGUAGE: Final = "nl"


@asynccontextmanager
async def server() -> AsyncIterator[int]:
    """Serve an IRMA server at which nobody is ready; the port."""
    async with stand_in(status="INITIALIZED") as running:
        yield int(running.url.rpartition(":")[2])


@asynccontextmanager
async def floor(url: str, many: str) -> AsyncIterator[int]:
    """Ask about so many sessions once a second, or as often as can be; the port of nothing."""

    async def ask(number: int) -> None:
        async with http.get(f"{url}/session/token{number}/status") as answer:
            await answer.read()

    async def some(numbers: Iterator[int]) -> None:
        for number in numbers:
            await ask(number)

    async def poll() -> None:
        while True:
            began, numbers = time.monotonic(), iter(range(int(many)))
            await asyncio.gather(*(some(numbers) for _ in range(CONCURRENT)))
            await asyncio.sleep(max(0.0, 1.0 - (time.monotonic() - began)))

    async with aiohttp.ClientSession() as http:
        polling = asyncio.create_task(poll())
        yield 0
        polling.cancel()


async def begin_all(rooms: Rooms, irma: Irma, logins: Logins, purposes: Purposes, many: int) -> None:
    """Begin as many log-ins, each in a session of its own, as the page of a subject does."""
    purpose, rest = purposes.get(PURPOSE), iter(range(many))

    async def citizen() -> None:
        for _ in rest:
            started = await rooms.sessions.create(purpose, LANGUAGE)
            login = Login(started.id, purpose, irma.tag, LANGUAGE)
            await irma.begin(logins.begin(login, "http://localhost/"))

    async with irma.running(), asyncio.TaskGroup() as group:
        for _ in range(CONCURRENT):
            group.create_task(citizen())


async def share(pid: int) -> float:
    """Return the share of a core that a process takes, in percent."""
    os.sched_setaffinity(pid, CORES[:1])
    began, used = time.monotonic(), cpu_seconds(pid)
    await asyncio.sleep(WINDOW_SECONDS)
    return 100 * (cpu_seconds(pid) - used) / (time.monotonic() - began)


def run(runs: int = RUNS) -> list[Row]:
    """Measure; once, since what ten thousand do is an average already."""
    return uvloop.run(_run(LOGINS if runs > 1 else QUICK_LOGINS))


async def _run(many: int) -> list[Row]:
    step_aside()
    with served(server) as irma:
        url = f"http://127.0.0.1:{irma.port}"
        async with stack_without_asterisk(settings=toml(url)) as stack:
            await stack.web.start()
            try:
                async with rooms_of(stack) as rooms:
                    await _begin(rooms, many)
                return await _measure(stack, url, many)
            finally:
                await stack.web.stop()


async def _begin(rooms: Rooms, many: int) -> None:
    settings, purposes = rooms.settings, rooms.settings.to_purposes()
    options = web_options(settings, KeySet.read(settings.code_file), Look({}))
    logins = Logins(options, rooms.sessions, purposes)
    (irma,) = app(
        settings.irma,
        public_url=options.public_url,
        store=rooms.store,
        sealer=Sealer(KeySet.read(settings.seal_file)),
        logins=logins,
        returns=Returns(logins),
        purposes=purposes,
    )
    await begin_all(rooms, irma, logins, purposes, many)
    say(f"open log-ins: {many} citizens are in the app")


async def _measure(stack: Stack, url: str, many: int) -> list[Row]:
    await asyncio.sleep(SETTLE_SECONDS)
    ours = await share(stack.web.pid)
    say(f"open log-ins: they cost {ours:.2f} % of a core; now web is killed")
    await stack.web.kill()
    await stack.web.restart()
    again = await share(stack.web.pid)
    with served(floor, url, str(many)) as polling:
        bare = await share(polling.pid)
    return [
        row("open_logins_cpu", ours, "% of a core", bare),
        row("restart_with_logins_cpu", again, "% of a core", bare),
    ]
