"""Whatever dies, freezes or is cut off: the call goes on, nobody sees another's data, nothing outlives it.

Real Asterisk, real phones, the real ``idbellen ivr`` as a process of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ivr.agi.contract import HOLD_LIMIT_SECONDS, Prompt
from ivr.session.code import check_digit
from tests.lab.citizens import PERSON
from tests.lab.desks import Desks, desks
from tests.lab.phone import AgentPhone, Caller, talk
from tests.lab.relay import Relay
from tests.lab.stack import Stack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.lab.asterisk import Asterisk
    from tests.lab.manager import Manager

pytestmark = [pytest.mark.e2e, pytest.mark.req("P4", "O6")]

QUEUE = "queue1"
WIPED_SECONDS = 5.0
PURPOSES = """
[[purposes]]
name = "verhuizing"
queue = "queue1"
title = { nl = "Verhuizing", en = "Moving house" }
why = { nl = "Daarom.", en = "That is why." }
attributes = ["fullname", "bsn"]
"""


@dataclass(frozen=True)
class Office:
    """One call centre: a caller, an agent's phone, and ID Bellen between them."""

    pbx: Asterisk
    stack: Stack
    wire: Relay
    desks: Desks
    manager: Manager
    caller: Caller
    agent: AgentPhone

    async def call(self) -> None:
        """Dial, and be answered."""
        await self.caller.call(f"9{self.stack.agi_port}")
        await self.caller.wait("confirmed")

    async def hears(self, prompt: Prompt, escape: str = "0123456789*") -> None:
        """Wait until the caller hears this."""
        await self.manager.wait("AGIExecStart", Command=f'STREAM FILE "{prompt.sound}" "{escape}"')

    async def joins(self, seconds: float = HOLD_LIMIT_SECONDS) -> None:
        """Wait until the caller is in the ordinary queue."""
        joined = await self.manager.wait("QueueCallerJoin", seconds=seconds, CallerIDNum=self.caller.user)
        assert joined["Queue"] == QUEUE

    async def answered(self) -> None:
        """Answer, and hear each other."""
        await self.agent.wait("incoming")
        await self.agent.answer()
        await self.agent.wait("confirmed")
        await talk(self.caller, self.agent)

    async def identified(self) -> None:
        """Call with a code, and wait in the queue."""
        citizen = await self.desks.citizen()
        await self.call()
        await self.caller.hears()
        await self.caller.keys(citizen.code.reveal())
        await self.joins(seconds=20)

    async def works_again(self) -> None:
        """See that a next caller is served as always."""
        await self.caller.hangup()
        await self.caller.wait("disconnected")
        await self.agent.wait("disconnected")
        await self.identified()
        await self.agent.wait("incoming")
        await self.agent.answer()
        assert await self.desks.proven("agent1") == {name: PERSON[name] for name in ("fullname", "bsn")}


@pytest.fixture
async def office(pbx: Asterisk, manager: Manager, tmp_path: Path) -> AsyncIterator[Office]:
    """One call centre, open."""
    async with (
        Relay() as wire,
        Stack(tmp_path, settings=PURPOSES) as stack,
        Caller(pbx.sip, "0612345678") as caller,
        AgentPhone(pbx.sip, "agent1") as agent,
    ):
        wire.lead_to(pbx.ports.ami)
        stack.ami_port = wire.port
        await stack.serve(pbx, web=False)
        await agent.register()
        await pbx.staffed(agent.user)
        async with desks(stack, pbx) as on_desks:
            yield Office(pbx, stack, wire, on_desks, manager, caller, agent)


async def _greeted(office: Office) -> None:
    await office.hears(Prompt.WELCOME)


async def _in_digits(office: Office) -> None:
    await office.hears(Prompt.WELCOME)
    await office.caller.keys("123")
    await office.caller.wait("sent")


async def _told_wrong(office: Office) -> None:
    digits = "9" * 10
    await office.hears(Prompt.WELCOME)
    await office.caller.keys(digits + check_digit(digits))
    await office.hears(Prompt.WRONG)


async def _silent(office: Office) -> None:
    await office.hears(Prompt.NO_CODE)


async def _thanked(office: Office) -> None:
    citizen = await office.desks.citizen()
    await office.hears(Prompt.WELCOME)
    await office.caller.keys(citizen.code.reveal())
    await office.hears(Prompt.THANKS, "")


Step = Callable[[Office], Awaitable[None]]
STEPS: list[Step] = [_greeted, _in_digits, _told_wrong, _silent, _thanked]
OFTEN = (_in_digits, _silent)
"""Those that every run of the tests takes; the others are slow, as another file freezes at each."""
SOMETIMES = [step if step in OFTEN else pytest.param(step, marks=pytest.mark.slow) for step in STEPS]


@pytest.mark.parametrize("step", SOMETIMES)
async def test_a_frozen_server_holds_no_caller(office: Office, step: Step) -> None:
    """SIGSTOP in any step of the dialogue: within 10 s the caller is in the queue, and is answered."""
    await office.call()
    await step(office)
    office.stack.ivr.freeze()
    await office.joins()
    await office.answered()


@pytest.mark.parametrize("step", SOMETIMES)
async def test_a_killed_server_drops_no_caller(office: Office, step: Step) -> None:
    """``kill -9`` in any step of the dialogue: the caller is in the queue, and is answered."""
    await office.call()
    await step(office)
    await office.stack.ivr.kill()
    await office.joins()
    await office.answered()


@pytest.mark.slow
async def test_what_was_frozen_or_killed_serves_the_next_caller(office: Office) -> None:
    """After SIGCONT, and after a new start, all is as it was."""
    await office.call()
    office.stack.ivr.freeze()
    await office.joins()
    await office.answered()
    office.stack.ivr.thaw()
    await office.works_again()
    await office.stack.ivr.kill()
    await office.stack.ivr.restart()
    await office.stack.ivr.story.wait(20, event="watcher.following")
    await office.works_again()


@pytest.mark.req("S2", "P3")
async def test_nothing_outlives_the_call_when_nobody_is_left_to_wipe_it(office: Office) -> None:
    """``kill -9`` in a conversation, then hangup: the conversation goes on, and the data go by themselves."""
    await office.identified()
    await office.answered()
    await office.desks.proven("agent1")
    await office.stack.ivr.kill()
    await talk(office.caller, office.agent)
    await office.caller.hangup()
    await office.desks.wiped(WIPED_SECONDS)
    await office.desks.empty("agent1")
    await office.stack.ivr.restart()


@pytest.mark.req("S2")
async def test_hangup_wipes(office: Office) -> None:
    """Hangup by the caller or by the agent: the desk is empty and no attributes are kept."""
    for end in (office.caller, office.agent):
        await office.identified()
        await office.answered()
        await office.desks.proven("agent1")
        assert await office.desks.sealed()
        await end.hangup()
        await asyncio.gather(office.desks.empty("agent1", WIPED_SECONDS), office.desks.wiped(WIPED_SECONDS))
        await asyncio.gather(*(phone.wait("disconnected") for phone in (office.caller, office.agent)))


@pytest.mark.slow
async def test_a_dead_store_costs_the_identification_and_nothing_else(office: Office) -> None:
    """Valkey killed while a code is keyed: the caller is in the ordinary queue. Valkey back: all works."""
    citizen = await office.desks.citizen()
    await office.call()
    await office.caller.hears()
    office.stack.valkey.kill()
    await office.caller.keys(citizen.code.reveal())
    await office.joins(seconds=20)
    await office.answered()
    office.stack.valkey.start()
    await office.works_again()


async def test_a_store_that_dies_in_a_conversation_harms_nobody(office: Office) -> None:
    """Valkey killed in a conversation: it goes on, the desk is blank; with Valkey back all works."""
    await office.identified()
    await office.answered()
    await office.desks.proven("agent1")
    office.stack.valkey.kill()
    await office.desks.empty("agent1")
    await talk(office.caller, office.agent)
    office.stack.valkey.start()
    await office.works_again()


async def test_an_answer_while_the_manager_is_cut_off_shows_nothing_wrong(office: Office) -> None:
    """AMI cut, an answer meanwhile, AMI back: the call is on the right desk, proven only if still sure."""
    await office.identified()
    await office.wire.cut()
    await office.answered()
    await office.desks.empty("agent1")
    office.wire.mend()
    on_line = await office.desks.comes("agent1", lambda now: now is not None, seconds=20)
    assert on_line is not None
    assert {name: value.reveal() for name, value in on_line.view.attributes} in ({}, _expected())
    await office.works_again()


@pytest.mark.slow
@pytest.mark.req("S2")
async def test_a_hangup_while_the_manager_is_cut_off_is_wiped(office: Office) -> None:
    """AMI cut, hangup meanwhile: the data are gone within 5 s though nobody said so."""
    await office.identified()
    await office.answered()
    await office.desks.proven("agent1")
    await office.wire.cut()
    await office.caller.hangup()
    await office.desks.wiped(WIPED_SECONDS)
    await office.desks.empty("agent1")


def _expected() -> dict[str, str]:
    return {name: PERSON[name] for name in ("fullname", "bsn")}
