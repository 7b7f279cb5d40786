"""An ordinary call becomes an identified one while two people talk; whatever fails meanwhile, they talk on.

Real Asterisk, real phones, the real ``idbellen up`` with its watchdog.
"""

from __future__ import annotations

import asyncio
import re
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ivr.agi.contract import UPGRADE_KEYS, Prompt
from ivr.errors import IllegalMoveError, NotFoundError
from ivr.session.upgrade import Mark
from ivr.store.keyspace import CallId, Member
from ivr.store.orders import Orders
from ivr.store.upgrades import Upgrades
from tests.lab.asterisk_files import AMI_SECRET, AMI_USER
from tests.lab.citizens import PERSON
from tests.lab.desks import Desks, desks
from tests.lab.manager import Manager
from tests.lab.phone import AgentPhone, Caller, talk
from tests.lab.stack import Stack
from tests.lab.upkeep import Upkeep, upkeep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from tests.lab.asterisk import Asterisk
    from tests.lab.citizens import Citizen

pytestmark = [pytest.mark.e2e, pytest.mark.req("P11", "A8")]

PURPOSES = """
[[purposes]]
name = "verhuizing"
queue = "queue1"
title = { nl = "Verhuizing", en = "Moving house" }
why = { nl = "Daarom.", en = "That is why." }
attributes = ["fullname", "bsn"]
"""
PROVEN = {name: PERSON[name] for name in ("fullname", "bsn")}
APART_SECONDS = 8.0
"""The longest that a fault may keep the two apart."""
SLOW_MS = 3000
ESCAPE = "0123456789*"


@dataclass
class Office:
    """A caller without a code, in conversation with an agent."""

    pbx: Asterisk
    up: Upkeep
    desks: Desks
    manager: Manager
    user: Manager
    """The manager user that we ship: what it sees."""
    caller: Caller
    agent: AgentPhone
    other: AgentPhone

    async def talks(self) -> None:
        """Call, be answered, hear each other."""
        await self.caller.call(f"7{self.port}")
        joined = await self.manager.wait("QueueCallerJoin", CallerIDNum=self.caller.user)
        self.call = CallId(self.pbx.lab.name, joined["Uniqueid"])
        await self.agent.wait("incoming")
        await self.agent.answer()
        await self.agent.wait("confirmed")
        await talk(self.caller, self.agent)
        await self.desks.ordinary(self.agent.user)

    async def ordered(self) -> None:
        """The agent's button."""
        await Orders(self.desks.store).keypad(self.member(self.agent), self.call)

    async def keyed(self) -> None:
        """The caller's own keys, with a pause between."""
        await self.caller.keys(UPGRADE_KEYS, gap_ms=1500)

    async def hears(self, prompt: Prompt, escape: str = ESCAPE) -> None:
        """Wait until the caller hears this."""
        await self.manager.wait("AGIExecStart", Command=f'STREAM FILE "{prompt.sound}" "{escape}"')

    async def together(self, seconds: float = 10.0) -> None:
        """Wait until the two are back, and hear each other."""
        await self.manager.wait("Unhold", Uniqueid=self.call.uniqueid, seconds=seconds)
        await self.still_together()

    async def still_together(self) -> None:
        """They hear each other, in the one call that they had."""
        await talk(self.caller, self.agent)
        for phone in (self.caller, self.agent):
            happened = [event["event"] for event in phone.story.events]
            assert happened.count("disconnected") < happened.count("confirmed")

    async def proven(self) -> None:
        """The agent who has the caller reads who it is."""
        assert await self.desks.proven(self.agent.user) == PROVEN

    async def ends(self) -> None:
        """The caller hangs up; the queue counted one call, answered once and completed at most once.

        At most: on a busy machine Asterisk itself now and then forgets the end, with or without us.
        """
        await self.caller.hangup()
        await asyncio.gather(*(phone.wait("disconnected") for phone in (self.caller, self.agent)))
        await self.manager.wait("Hangup", Uniqueid=self.call.uniqueid)
        whole = ["ENTERQUEUE", "CONNECT", "COMPLETECALLER"]
        assert self.counted() in (whole, whole[:2])

    def counted(self) -> list[str]:
        """What queue_log says of this call."""
        lines = (self.pbx.logs / "queue_log").read_text().splitlines()
        return [line.split("|")[4] for line in lines if line.split("|")[1] == self.call.uniqueid]

    def heard_by_agent(self) -> str:
        """All digits that reached the agent's phone."""
        return "".join(event["digit"] for event in self.agent.story.events if event["event"] == "dtmf")

    def member(self, phone: AgentPhone) -> Member:
        """A phone as the queue knows it."""
        return Member(self.pbx.lab.name, f"PJSIP/{phone.user}")

    port: int = 0
    call: CallId = CallId("", "")  # noqa: RUF009 - frozen, and replaced by each call


@pytest.fixture
async def office(pbx: Asterisk, manager: Manager, tmp_path: Path) -> AsyncIterator[Office]:
    """One call centre, in conversation."""
    async with (
        Stack(tmp_path, settings=PURPOSES) as stack,
        upkeep(stack, pbx) as up,
        Manager(pbx.ports.ami, AMI_USER, AMI_SECRET) as user,
        Caller(pbx.sip, "0612345678") as caller,
        AgentPhone(pbx.sip, "agent1") as agent,
        AgentPhone(pbx.sip, "agent2") as other,
        desks(stack, pbx) as on_desks,
    ):
        await agent.register()
        await pbx.staffed(agent.user)
        office = Office(pbx, up, on_desks, manager, user, caller, agent, other, stack.agi_port)
        await office.talks()
        yield office


Start = "Callable[[Office], Awaitable[None]]"


async def by_agent(office: Office) -> None:
    """The button."""
    await office.ordered()


async def by_caller(office: Office) -> None:
    """The keys."""
    await office.keyed()


async def with_code(office: Office, citizen: Citizen, gap_ms: int = 250, *, info: bool = False) -> None:
    """Key the code as soon as it is asked for."""
    await office.hears(Prompt.UPGRADE)
    await office.caller.keys(citizen.code.reveal(), gap_ms, info=info)


async def by_starts(
    office: Office,
    start: Callable[[Office], Awaitable[None]],
    citizen: Citizen,
    gap_ms: int = 250,
    *,
    info: bool = False,
) -> None:
    """From the start to the end, and everything that must be so then."""
    before = office.heard_by_agent()
    await start(office)
    await with_code(office, citizen, gap_ms, info=info)
    assert await office.desks.proven(office.agent.user, seconds=60) == PROVEN
    await office.together(20)
    assert set(office.heard_by_agent().removeprefix(before)) <= {"7"}  # of the talk after it


@pytest.mark.req("P3", "S1")
@pytest.mark.parametrize("start", [by_agent, by_caller])
async def test_a_call_under_way_is_identified(
    office: Office, start: Callable[[Office], Awaitable[None]]
) -> None:
    """On the agent's desk, with the two still connected; no digit is anywhere, the queue counted one call."""
    citizen = await office.desks.citizen(office.call if start is by_agent else None)
    await by_starts(office, start, citizen)
    await office.ends()
    await office.desks.wiped(5)
    code = citizen.code.reveal()
    for text in (office.pbx.log_text(), office.up.output, str(office.user.story.events)):
        assert code not in text
        assert not re.search(r"\D".join(code), text)
    assert not any("Digit" in event for event in office.user.story.events)


@pytest.mark.req("P5", "P4")
async def test_a_code_of_another_call_is_refused_and_a_second_start_blocked(office: Office) -> None:
    """From the agent's button to the end of the step; the right code is taken all the same."""
    other = await office.desks.citizen(CallId(office.pbx.lab.name, "1.1"))
    await office.ordered()
    with pytest.raises(IllegalMoveError):
        await office.ordered()
    await with_code(office, other)
    await office.hears(Prompt.WRONG)
    with pytest.raises(IllegalMoveError):
        await office.ordered()
    citizen = await office.desks.citizen(office.call)
    await office.caller.keys(citizen.code.reveal())
    await office.proven()
    with pytest.raises(NotFoundError):
        await office.ordered()
    await office.together(20)
    await office.ends()


async def hit(office: Office, number: signal.Signals) -> None:
    """Telephony is frozen or killed while a code is keyed."""
    citizen = await office.desks.citizen(office.call)
    await office.ordered()
    await office.hears(Prompt.UPGRADE)
    await office.caller.keys(citizen.code.reveal()[:3])
    await office.caller.wait("sent")
    office.up.send("ivr", number)
    await office.together(APART_SECONDS)
    await office.up.story.wait(20, event="watcher.following")
    await office.desks.ordinary(office.agent.user)
    await Upgrades(office.desks.store).mark(office.call, Mark.FAILED)  # as six seconds of silence would


@pytest.mark.req("P4", "O6")
async def test_a_server_that_freezes_or_dies_in_the_step_leaves_the_conversation(office: Office) -> None:
    """Its watchdog kills the frozen one: back within 8 s. A killed one: at once. The next try works."""
    await hit(office, signal.SIGSTOP)
    await hit(office, signal.SIGKILL)
    await by_starts(office, by_agent, await office.desks.citizen(office.call))
    await office.ends()


@pytest.mark.slow
@pytest.mark.req("P4", "O6")
async def test_a_server_that_is_away_and_a_hangup_leave_nothing_behind(office: Office) -> None:
    """Keys without a server: a short tone, and back. A hangup in the step: over for both, nothing kept."""
    await office.ordered()
    await office.hears(Prompt.UPGRADE)
    await office.caller.keys("123")
    await office.caller.wait("sent")
    await office.ends()
    await office.desks.empty(office.agent.user)
    await office.talks()
    await office.up.stop()
    await office.keyed()
    await office.together()


@pytest.mark.slow
@pytest.mark.req("P12")
async def test_a_transfer_in_the_step_takes_the_identification_along(office: Office) -> None:
    """The agent sends the caller on while the code is keyed: who has the caller then is shown who it is."""
    await office.other.register()
    citizen = await office.desks.citizen(office.call)
    await office.ordered()
    await office.hears(Prompt.UPGRADE)
    await office.agent.transfer("queue2")
    await office.caller.keys(citizen.code.reveal())
    await office.hears(Prompt.UPGRADED, "")
    await office.other.wait("incoming", seconds=20)
    await office.other.answer()
    await office.other.wait("confirmed")
    await talk(office.caller, office.other)
    assert await office.desks.proven(office.other.user) == PROVEN
    await office.desks.empty(office.agent.user)


# Again and again, and with slow hands: run by scripts/test-slow.

ROUNDS = 20
FAULTS = 10


@pytest.mark.slow
@pytest.mark.parametrize("start", [by_agent, by_caller])
async def test_every_time_it_works(office: Office, start: Callable[[Office], Awaitable[None]]) -> None:
    """One call after another."""
    for turn in range(ROUNDS):
        if turn:
            await office.talks()
        await by_starts(office, start, await office.desks.citizen(office.call))
        await office.ends()


@pytest.mark.slow
@pytest.mark.parametrize("start", [by_agent, by_caller])
@pytest.mark.parametrize("info", [False, True], ids=["rfc4733", "info"])
async def test_slow_hands_and_both_kinds_of_keys(
    office: Office, start: Callable[[Office], Awaitable[None]], *, info: bool
) -> None:
    """Three seconds between two digits."""
    citizen = await office.desks.citizen(office.call)
    await by_starts(office, start, citizen, SLOW_MS, info=info)
    await office.ends()


@pytest.mark.slow
@pytest.mark.req("P4", "O6")
@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
async def test_every_fault_leaves_the_conversation(office: Office, number: signal.Signals) -> None:
    """Ten times each in one conversation, which is identified in the end."""
    for _ in range(FAULTS):
        await hit(office, number)
    await by_starts(office, by_agent, await office.desks.citizen(office.call))
    await office.ends()
