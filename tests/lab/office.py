"""A conversation that is to become an identified one: the two who talk, and all that is between them.

Real Asterisk, real phones, the real ``idbellen up`` with its watchdog.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ivr.agi.contract import UPGRADE_KEYS, Prompt
from ivr.store.keyspace import CallId, Member
from ivr.store.orders import Orders
from tests.lab.asterisk_files import AMI_SECRET, AMI_USER
from tests.lab.citizens import PERSON
from tests.lab.desks import Desks, desks
from tests.lab.house import Kind, desk_phone
from tests.lab.manager import Manager
from tests.lab.phone import AgentPhone, Caller, talk
from tests.lab.relay import Relay
from tests.lab.stack import Stack
from tests.lab.upkeep import Upkeep, upkeep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.lab.asterisk import Asterisk
    from tests.lab.citizens import Citizen

PURPOSES: Final = """
[[purposes]]
name = "verhuizing"
queue = "queue1"
title = { nl = "Verhuizing", en = "Moving house" }
why = { nl = "Daarom.", en = "That is why." }
attributes = ["fullname", "bsn"]
"""
PROVEN: Final = {name: PERSON[name] for name in ("fullname", "bsn")}
ESCAPE: Final = "0123456789*"
HEARD: Final = {"7", "D"}
"""What an agent hears of `talk`, and when a code is asked for."""


@dataclass
class Office:
    """A caller without a code, in conversation with an agent."""

    pbx: Asterisk
    stack: Stack
    up: Upkeep
    wire: Relay
    """Between telephony and the manager of Asterisk."""
    desks: Desks
    manager: Manager
    user: Manager
    """The manager user that we ship: what it sees."""
    caller: Caller
    agent: AgentPhone
    other: AgentPhone
    """A colleague. Only queue1 rings the agent, only queue2 the colleague."""
    call: CallId = CallId("", "")  # noqa: RUF009 - frozen, and replaced by each call
    codes: list[str] = field(default_factory=list)
    """All that were keyed."""
    forgotten: int = 0
    """Calls of which Asterisk wrote no end in queue_log."""

    async def talks(self) -> None:
        """Call, be answered, hear each other."""
        await self.caller.call(f"7{self.stack.agi_port}")
        joined = await self.manager.wait("QueueCallerJoin", CallerIDNum=self.caller.user)
        self.call = CallId(self.pbx.lab.name, joined["Uniqueid"])
        await self.agent.wait("incoming")
        await self.agent.answer()
        await self.agent.wait("confirmed")
        await talk(self.caller, self.agent)
        await self.desks.ordinary(self.agent.user)

    async def citizen(self, bound: CallId | None = None) -> Citizen:
        """Somebody who logged in, and holds a code; for this call unless told otherwise."""
        citizen = await self.desks.citizen(bound or self.call)
        self.codes.append(citizen.code.reveal())
        return citizen

    async def ordered(self) -> None:
        """The agent's button."""
        await Orders(self.desks.store).keypad(self.member(self.agent), self.call)

    async def keyed(self) -> None:
        """The caller's own keys, with a pause between."""
        await self.caller.keys(UPGRADE_KEYS, gap_ms=1500)

    async def hears(self, prompt: Prompt, escape: str = ESCAPE) -> None:
        """Wait until the caller hears this."""
        await self.manager.wait("AGIExecStart", Command=f'STREAM FILE "{prompt.sound}" "{escape}"')

    async def begins(self, digits: str = "123", start: Start | None = None) -> None:
        """Be asked for a code, and key this much of one."""
        await (start or by_agent)(self)
        await self.hears(Prompt.UPGRADE)
        await self.caller.keys(digits)
        await self.caller.wait("sent")

    async def identifies(
        self, start: Start, citizen: Citizen, gap_ms: int = 250, *, info: bool = False
    ) -> None:
        """From the start to the end, and everything that must be so then."""
        before = self.heard_by_agent()
        await start(self)
        await self.hears(Prompt.UPGRADE)
        await self.caller.keys(citizen.code.reveal(), gap_ms, info=info)
        assert await self.desks.proven(self.agent.user, seconds=60) == PROVEN
        await self.together(20)
        assert set(self.heard_by_agent().removeprefix(before)) <= HEARD

    async def together(self, seconds: float = 10.0) -> float:
        """Wait until the two are back, and hear each other; return after how many seconds they were."""
        clock = asyncio.get_running_loop().time
        began = clock()
        await self.manager.wait("Unhold", Uniqueid=self.call.uniqueid, seconds=seconds)
        apart = clock() - began
        await self.still_together()
        return apart

    async def still_together(self) -> None:
        """They hear each other, in the one call that they had."""
        await talk(self.caller, self.agent)
        for phone in (self.caller, self.agent):
            happened = [event["event"] for event in phone.story.events]
            assert happened.count("disconnected") < happened.count("confirmed")

    async def ends(self, by: AgentPhone | Caller | None = None) -> None:
        """One hangs up; the queue counted one call, answered once and completed at most once.

        At most: on a busy machine Asterisk itself now and then forgets the end, with or without us.
        """
        who = by or self.caller
        await who.hangup()
        await asyncio.gather(*(phone.wait("disconnected", seconds=30) for phone in (self.caller, self.agent)))
        await self.manager.wait("Hangup", Uniqueid=self.call.uniqueid)
        whole = ["ENTERQUEUE", "CONNECT", "COMPLETECALLER" if who is self.caller else "COMPLETEAGENT"]
        counted = self.counted()
        assert counted in (whole, whole[:2])
        assert len(self.completed()) <= 1
        self.forgotten += counted != whole

    def counted(self) -> list[str]:
        """What queue_log says of this call."""
        lines = (self.pbx.logs / "queue_log").read_text().splitlines()
        return [line.split("|")[4] for line in lines if line.split("|")[1] == self.call.uniqueid]

    def completed(self) -> list[str]:
        """How the conversation ended, as often as the manager was told."""
        told = self.manager.story.events
        mine = {"Event": "AgentComplete", "Uniqueid": self.call.uniqueid}
        return [event["Reason"] for event in told if mine.items() <= event.items()]

    def heard_by_agent(self) -> str:
        """All digits that reached the agent's phone."""
        return "".join(event["digit"] for event in self.agent.story.events if event["event"] == "dtmf")

    def member(self, phone: AgentPhone) -> Member:
        """A phone as the queue knows it."""
        return Member(self.pbx.lab.name, f"PJSIP/{phone.user}")

    def tells_nothing(self) -> None:
        """No code is in any log, record or queue_log, nor in what the manager user that we ship is told."""
        assert self.codes
        assert not any("Digit" in event for event in self.user.story.events)
        for text in (self.pbx.log_text(), self.up.output, str(self.user.story.events)):
            for code in self.codes:
                assert code not in text
                assert not re.search(r"\D".join(code), text)


Start = Callable[[Office], Awaitable[None]]


async def by_agent(office: Office) -> None:
    """The button."""
    await office.ordered()


async def by_caller(office: Office) -> None:
    """The keys."""
    await office.keyed()


@asynccontextmanager
async def office(
    pbx: Asterisk, manager: Manager, folder: Path, kind: Kind = desk_phone
) -> AsyncIterator[Office]:
    """One call centre, in conversation."""
    async with (
        Relay() as wire,
        Stack(folder, settings=PURPOSES) as stack,
        _wired(stack, pbx, wire) as up,
        Manager(pbx.ports.ami, AMI_USER, AMI_SECRET) as user,
        Caller(pbx.sip, "0612345678") as caller,
        kind(pbx, stack, "agent1") as agent,
        AgentPhone(pbx.sip, "agent2") as other,
        desks(stack, pbx) as on_desks,
    ):
        await pbx.staffed(agent.name)
        try:
            for name, queue in ((agent.name, "queue2"), (other.user, "queue1")):
                await manager.action("QueuePause", Interface=f"PJSIP/{name}", Queue=queue, Paused="true")
            made = Office(pbx, stack, up, wire, on_desks, manager, user, caller, agent.phone, other)
            await made.talks()
            yield made
        finally:
            for name in (agent.name, other.user):
                await manager.action("QueuePause", Interface=f"PJSIP/{name}", Paused="false")


@asynccontextmanager
async def _wired(stack: Stack, pbx: Asterisk, wire: Relay) -> AsyncIterator[Upkeep]:
    wire.lead_to(pbx.ports.ami)
    stack.ami_port = wire.port
    if pbx.lab.browsers:
        stack.use_web_port(int(pbx.lab.lookup.partition(":")[2]))
    async with upkeep(stack, pbx) as up:
        yield up
