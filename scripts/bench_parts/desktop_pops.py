"""Screen pops of a whole contact centre: from Asterisk's own AgentConnect to the caller's name in the DOM.

* **ours**: a real Asterisk, three agents before pages in a real Chromium, two of whom have their telephone in
  the page and one on the desk, all of which take calls by themselves; ten callers at a time, each of whom
  logged in and keys a code. The moment of AgentConnect is the one that Asterisk writes into it.
* **floor**: a bare websocket push into a page of the same Chromium, as in `pop_latency`, after each pop:
  while the other calls go on.

Whoever plays people lets all that is measured go first: callers' phones, what leads the browser, and we. No
mouse is moved for the same reason: having it pressed costs more, at that very moment, than to show who calls.

Each caller has a name of their own. One that comes into the document of any other agent is an error: there
is no figure then. All pops of all runs count together.
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, cast

import uvloop
from redis.asyncio import Redis

from ivr.agi.contract import HOLD_LIMIT_SECONDS
from scripts.bench_parts.pop_latency import PERCENT, Bare, floor
from scripts.bench_parts.rig import RUNS, Row, percentile, row, say, served
from scripts.bench_parts.screens import Screen
from tests.lab import people
from tests.lab.browser import MEDIA, chromium
from tests.lab.house import NUMBER, House, Worker, house
from tests.lab.page_phone import PagePhone
from tests.lab.phone import AgentPhone, Caller
from tests.lab.screens import Screen as Frames
from tests.lab.softphone import softphone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from playwright.async_api import Browser

    from tests.lab.asterisk import Asterisk
    from tests.lab.stack import Stack
    from tests.lab.story import Event

CALLERS = 10
ROUNDS = 2
"""In each run."""
SLOWEST = 10
"""So many are told one by one: a machine that has more to do than it can shows there."""
ANSWER_SECONDS = 90.0
"""For the last of ten callers, on a slow machine."""
PAGES = 2
"""Agents with their telephone in the page."""
LEADER = "run-driver"
"""In the command line of the process by which Playwright leads a browser."""
NAMED = re.compile(r"Beller \d+\.")


@asynccontextmanager
async def beside(browser: Browser, pbx: Asterisk, stack: Stack, name: str) -> AsyncIterator[Worker]:
    """An agent with a phone on the desk, and the page in this browser."""
    async with (
        AgentPhone(pbx.sip, name, auto_answer=True) as phone,
        people.agent(browser, stack.url, name) as desk,
    ):
        await phone.register()
        yield Worker(name, phone, Frames(name), desk.page)


@asynccontextmanager
async def within(browser: Browser, _pbx: Asterisk, stack: Stack, name: str) -> AsyncIterator[Worker]:
    """An agent whose telephone is in the page, in this browser."""
    async with softphone(browser, stack.url, name) as phone:
        await phone.ready()
        await phone.page.locator("#phone summary").click()
        await phone.page.locator("#phone [data-auto]").check()
        yield Worker(name, cast("AgentPhone", PagePhone(phone)), Frames(name), phone.page)


@dataclass
class Centre:
    """All who work and call, and what was measured."""

    house: House
    screens: dict[str, Screen]
    """By the agent's name."""
    bare: Bare
    shown: dict[str, set[str]]
    """The names that belong on each screen."""
    numbers: count[int] = field(default_factory=lambda: count(1))
    took: list[float] = field(default_factory=list)
    pushed: list[float] = field(default_factory=list)
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def calls(self, phone: Caller) -> None:
        """One proven caller, from logging in to the hangup."""
        name = f"Beller {next(self.numbers)}."
        citizen = await self.house.desks.citizen(values={"fullname": name})
        await phone.call(NUMBER)
        await phone.wait("confirmed")
        await phone.hears()
        await phone.keys(citizen.code.reveal())
        manager = self.house.manager
        joined = await manager.wait("QueueCallerJoin", seconds=2 * HOLD_LIMIT_SECONDS, CallerIDNum=phone.user)
        connected = await manager.wait("AgentConnect", seconds=ANSWER_SECONDS, Uniqueid=joined["Uniqueid"])
        await self.pops(name, connected)
        await phone.hangup()
        await phone.wait("disconnected")

    async def pops(self, name: str, connected: Event) -> None:
        """See this caller come to the right screen."""
        agent = connected["Interface"].removeprefix("PJSIP/")
        self.shown[agent].add(name)
        moment = await self.screens[agent].shows(name)
        self.took.append((moment - float(connected["Timestamp"])) * 1000)
        async with self.alone:
            self.pushed.append(await self.bare.pop() * 1000)

    def check(self) -> None:
        """No name came to a screen that it does not belong on."""
        for agent, screen in self.screens.items():
            found = set(NAMED.findall(" ".join(screen.texts)))
            if found != self.shown[agent]:
                raise RuntimeError(f"{agent} was shown {len(found - self.shown[agent])} callers of others")


@asynccontextmanager
async def centre() -> AsyncIterator[Centre]:
    """A contact centre at work, its pages watched."""
    async with AsyncExitStack() as exits:
        enter = exits.enter_async_context
        folder = exits.enter_context(tempfile.TemporaryDirectory(prefix="idb-bench-"))
        browser = await enter(chromium(*MEDIA))
        kinds = [partial(within, browser)] * PAGES + [partial(beside, browser)]
        running = await enter(house(Path(folder), *kinds, pages=PAGES, strategy="rrmemory", timestamps=True))
        store = running.stack.valkey.url
        bare = Bare(await browser.new_page(), Redis.from_url(store))
        await bare.open(exits.enter_context(served(floor, store)).port)
        screens = {name: Screen(worker.page) for name, worker in running.workers.items() if worker.page}
        for screen in screens.values():
            await screen.watch()
        yield Centre(running, screens, bare, {name: set() for name in screens})


def step_back(pid: int) -> None:
    """Let whatever else wants to run go before this process, with all its threads."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setscheduler(int(thread.name), os.SCHED_IDLE, os.sched_param(0))


def leaders() -> Iterator[int]:
    """Our processes that lead a browser."""
    for task in Path("/proc/self/task").iterdir():
        for child in task.joinpath("children").read_text().split():
            if LEADER in Path(f"/proc/{child}/cmdline").read_text():
                yield int(child)


def run(runs: int = RUNS) -> list[Row]:
    """Measure."""
    return uvloop.run(_run(runs))


async def _run(runs: int) -> list[Row]:
    async with centre() as here, AsyncExitStack() as exits:
        sip = here.house.pbx.sip
        phones = [Caller(sip, f"06{number:08}") for number in range(CALLERS)]
        for phone in phones:
            await exits.enter_async_context(phone)
            step_back(phone.pid)
        for pid in (*leaders(), os.getpid()):
            step_back(pid)
        say("desktop pops: ten callers, two agents with a telephone in the page, one with a desk phone")
        for turn in range(runs * ROUNDS + 1):
            await asyncio.gather(*(here.calls(phone) for phone in phones))
            here.check()
            if not turn:
                here.took.clear()  # for warming up
                here.pushed.clear()
        ours, pushed = (percentile(each, PERCENT) for each in (here.took, here.pushed))
        middle = statistics.median(here.took)
        slowest = ", ".join(f"{each:.0f}" for each in sorted(here.took)[-SLOWEST:])
        say(f"desktop pops: {len(here.took)}, p50 {middle:.1f} ms, slowest {slowest}; none on another screen")
    return [row("desktop_pops", ours, "ms p99", pushed)]
