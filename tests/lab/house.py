"""A contact centre at work: Asterisk, ID Bellen with its pages, agents with phone and screen, callers.

Keeps every frame that was ever sent to any screen, so that a test can say who has seen whom, and when. What
kind of phone an agent has is a `Kind`: whatever makes a `Worker` of a name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

from ivr.agi.contract import HOLD_LIMIT_SECONDS
from ivr.store.keyspace import CallId
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.desks import Desks, desks
from tests.lab.manager import Manager
from tests.lab.phone import AgentPhone, Caller, talk
from tests.lab.prompts import rendered
from tests.lab.screens import Screen, screen
from tests.lab.stack import Stack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Page

    from tests.lab.citizens import Citizen

NUMBER: Final = "014030"
WITHOUT_CODE: Final = "014031"
"""As if the caller had keyed none, and the greeting were over."""
WIPED_SECONDS: Final = 5.0
RING_SECONDS: Final = 30
"""A phone rings so long for a queue, before that tries anew."""
OUTSIDE: Final = "outside"
"""A telephone that is no agent's, which agents can send a caller to."""
SETTINGS: Final = """
[[purposes]]
name = "verhuizing"
queue = "queue1"
title = { nl = "Verhuizing", en = "Moving house" }
why = { nl = "Daarom.", en = "That is why." }
attributes = ["fullname"]
"""
DIALPLAN: Final = f"""
[from-trunk](+)
exten => {WITHOUT_CODE},1,Answer()
 same => n,Goto(idbellen-queue,s,1)

[from-agents](+)
exten => {OUTSIDE},1,Dial(PJSIP/{OUTSIDE})
exten => _[l]iste[n]-.,1,ChanSpy(PJSIP/${{EXTEN:7}},q)
exten => _[w]hisper-.,1,ChanSpy(PJSIP/${{EXTEN:8}},qw)
exten => _[b]arge-.,1,ChanSpy(PJSIP/${{EXTEN:6}},qB)
exten => _[l]ocal-.,1,Dial(Local/${{EXTEN:6}}@from-agents)
exten => _[c]hai[n]-.,1,Dial(Local/${{EXTEN:6}}@from-agents/n)
"""


@dataclass(frozen=True)
class Worker:
    """An agent at work. A phone of another kind has the same orders and tells the same events."""

    name: str
    phone: AgentPhone
    screen: Screen
    page: Page | None = None
    """Where there is a browser."""


@dataclass
class House:
    """The whole of it."""

    pbx: Asterisk
    stack: Stack
    desks: Desks
    manager: Manager
    outside: AgentPhone
    """Rings at the number `OUTSIDE`."""
    workers: dict[str, Worker] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def agent(self, number: int) -> Worker:
        """One of those who work here, from 1."""
        return self.workers[f"agent{number}"]

    async def takes(self, *agents: Worker) -> None:
        """Let only these be rung by the queues."""
        for worker in self.workers.values():
            paused = str(worker not in agents).lower()
            await self.manager.action("QueuePause", Interface=f"PJSIP/{worker.name}", Paused=paused)

    async def rests(self) -> None:
        """Wait until nobody is in conversation any more; what phones told up to then is over."""
        await self.pbx.idle()
        for name in self.workers:
            await self.pbx.staffed(name)  # the queues know a moment later that a phone is free
        self.skips()

    def skips(self) -> None:
        """What phones told up to now is over."""
        for phone in (self.outside, *(worker.phone for worker in self.workers.values())):
            phone.story.skip()

    @asynccontextmanager
    async def visitor(self, *, proven: bool = True) -> AsyncIterator[Visitor]:
        """Somebody whose name occurs nowhere else, in queue1, who has keyed their code."""
        number = next(self.numbers)
        name = f"Kanarie-{number:04}-van-Dam"
        citizen = await self.desks.citizen(values={"fullname": name})
        async with Caller(self.pbx.sip, f"06{number:08}") as phone:
            await phone.call(NUMBER if proven else WITHOUT_CODE)
            await phone.wait("confirmed")
            if proven:
                await phone.hears()
                await phone.keys(citizen.code.reveal())
            joined = await self.manager.wait(
                "QueueCallerJoin", seconds=2 * HOLD_LIMIT_SECONDS, CallerIDNum=phone.user
            )
            yield Visitor(self, phone, citizen, name, CallId(self.pbx.lab.name, joined["Uniqueid"]))


@dataclass
class Visitor:
    """A caller, and what is known of them by whom."""

    house: House
    phone: Caller
    citizen: Citizen
    name: str
    call: CallId
    over: bool = False

    async def answered(self, worker: Worker) -> None:
        """This agent, who is rung by a queue, picks up."""
        await self.rings(worker)
        await self.picked_up(worker)

    async def rings(self, worker: Worker) -> None:
        """Wait until the queue rings this agent for this caller."""
        interface = f"PJSIP/{worker.name}"
        await self.house.manager.wait("AgentCalled", Uniqueid=self.call.uniqueid, Interface=interface)
        await worker.phone.wait("incoming")

    async def picked_up(self, worker: Worker) -> None:
        """This agent, whose phone rings, picks up: they hear each other, and the screen shows who it is."""
        await worker.phone.answer()
        await worker.phone.wait("confirmed")
        await self.is_with(worker)

    async def is_with(self, worker: Worker) -> None:
        """The two hear each other; this screen shows who it is, and no other one does."""
        await worker.screen.shows("verified", value=self.name)
        await talk(self.phone, worker.phone)
        assert self.on_screens() == {worker.name}

    async def is_with_nobody(self) -> None:
        """Wait until no screen shows who it is."""
        for worker in self.house.workers.values():
            await worker.screen.lacks(self.name)

    def on_screens(self) -> set[str]:
        """Which agents have the name before them now."""
        return {worker.name for worker in self.house.workers.values() if worker.screen.has(self.name)}

    def seen_by(self) -> set[str]:
        """Which agents were ever sent the name."""
        return {worker.name for worker in self.house.workers.values() if worker.screen.had(self.name)}

    async def stays_with(self, worker: Worker) -> None:
        """See three more pictures of Asterisk change nothing."""
        for _ in range(3):
            await self.house.desks.seen_alive(self.citizen)
            assert self.on_screens() == {worker.name}

    async def ends(self) -> None:
        """Hang up, if that was not done: within seconds it is on no screen, and nothing is kept."""
        if self.over:
            return
        self.over = True
        await self.phone.hangup()
        await self.phone.wait("disconnected")
        async with asyncio.timeout(WIPED_SECONDS):
            await self.is_with_nobody()
            await self.house.desks.forgotten(self.citizen)


Kind = Callable[[Asterisk, Stack, str], AbstractAsyncContextManager[Worker]]


@asynccontextmanager
async def desk_phone(pbx: Asterisk, stack: Stack, name: str) -> AsyncIterator[Worker]:
    """An agent with a SIP phone on the desk, and a screen beside it."""
    async with AgentPhone(pbx.sip, name) as phone, screen(stack.url, name) as shown:
        await phone.register()
        yield Worker(name, phone, shown)


@asynccontextmanager
async def house(
    folder: Path, *kinds: Kind, pages: int = 0, strategy: str = "ringall", timestamps: bool = False
) -> AsyncIterator[House]:
    """A contact centre with an agent of each kind, all at work; the first ``pages`` of no desk phone."""
    async with AsyncExitStack() as exits:
        stack = await exits.enter_async_context(Stack(folder, settings=SETTINGS))
        lab = Lab(
            agi=stack.agi,
            agents=len(kinds),
            browsers=tuple(f"agent{number}" for number in range(1, pages + 1)),
            lookup=f"127.0.0.1:{stack.web_port}",
            citizens=(OUTSIDE,),
            extensions=DIALPLAN,
            strategy=strategy,
            timestamps=timestamps,
            queue_options={"timeout": str(RING_SECONDS)},
        )
        pbx = await exits.enter_async_context(Asterisk(lab, prompts=rendered()))
        await stack.serve(pbx, agents=len(kinds))
        manager = await exits.enter_async_context(Manager(pbx.ports.ami))
        on_desks = await exits.enter_async_context(desks(stack, pbx))
        outside = await exits.enter_async_context(AgentPhone(pbx.sip, OUTSIDE))
        await outside.register()
        here = House(pbx, stack, on_desks, manager, outside)
        for number, kind in enumerate(kinds, 1):
            worker = await exits.enter_async_context(kind(pbx, stack, f"agent{number}"))
            await pbx.staffed(worker.name)
            here.workers[worker.name] = worker
        yield here
