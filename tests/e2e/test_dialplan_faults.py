"""Whatever the server does wrong, a caller on a real Asterisk reaches a person (requirement P4)."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from ivr.agi.contract import HOLD_LIMIT_SECONDS, REARM, Prompt
from tests.lab import guard
from tests.lab.phone import AgentPhone, Caller, reaches, talk
from tests.lab.stand_in import Link, StandIn, closes_politely

if TYPE_CHECKING:
    from tests.lab.asterisk import Asterisk
    from tests.lab.manager import Manager

pytestmark = [pytest.mark.e2e, pytest.mark.req("P4")]

ARM = f'EXEC {REARM[0]} "{REARM[1]}"'


@pytest.fixture
def pbx(bare_pbx: Asterisk) -> Asterisk:
    """Even without prompts."""
    return bare_pbx


# What servers do wrong, in the order in which a call goes.


async def closes_at_once(link: Link) -> None:
    """Accept and close, without a word."""
    link.die()


async def dies_during_a_prompt(link: Link) -> None:
    """The process is killed while the caller listens."""
    await link.request()
    link.send(f'STREAM FILE {Prompt.WELCOME.sound} "0123456789*"')
    await asyncio.wait_for(link.writer.drain(), 1)
    link.die()


async def dies_between_digits(link: Link) -> None:
    """The process is killed when one digit is in."""
    await link.request()
    await link.ask("WAIT FOR DIGIT 7000")
    link.die()


async def dies_within_a_command(link: Link) -> None:
    """Half a line. Asterisk reads on for its end, past every time limit, until the connection closes."""
    await link.request()
    link.writer.write(b"STREAM FILE idbel")
    await link.writer.drain()
    link.writer.write_eof()


async def talks_nonsense(link: Link) -> None:
    """Bytes that are no AGI at all, then the end."""
    link.writer.write(
        b"\xff\x00HTTP/1.1 400 Bad Request\r\n\r\nSTREAM\n\n520\nEXEC\nVERBOSE\n" + b"A" * 5000 + b"\n"
    )
    await link.writer.drain()
    await link.reader.readline()


async def plays_what_is_missing(link: Link) -> None:
    """A prompt that is not there answers -1, as a hangup does; the server gives up."""
    await link.request()
    assert "result=-1" in await link.ask('STREAM FILE idbellen/never-recorded ""')


async def names_no_such_queue(link: Link) -> None:
    """A queue that this Asterisk does not have."""
    await link.request()
    await link.ask('SET VARIABLE IDB_QUEUE "abolished"')


async def names_an_empty_queue(link: Link) -> None:
    """A queue in which nobody is at work."""
    await link.request()
    await link.ask('SET VARIABLE IDB_QUEUE "nobody"')


FAULTS = (
    closes_at_once,
    closes_politely,
    dies_during_a_prompt,
    dies_within_a_command,
    talks_nonsense,
    plays_what_is_missing,
    names_no_such_queue,
    names_an_empty_queue,
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_a_faulty_server_loses_nobody(
    pbx: Asterisk, manager: Manager, caller: Caller, agent: AgentPhone, fault: object
) -> None:
    """The caller is in the ordinary queue and talks with an agent."""
    async with StandIn(fault) as server:
        await caller.call(f"9{server.port}")
        await reaches(manager, caller, agent)


async def test_an_absent_server_loses_nobody(manager: Manager, caller: Caller, agent: AgentPhone) -> None:
    """Nothing listens on the server's port."""
    await caller.call(f"9{guard.free_port()}")
    await reaches(manager, caller, agent)


async def test_a_server_killed_between_digits_loses_nobody(
    manager: Manager, caller: Caller, agent: AgentPhone
) -> None:
    """The digits that follow are ignored, and the call goes on."""
    async with StandIn(dies_between_digits) as server:
        await caller.call(f"9{server.port}")
        await caller.wait("confirmed")
        await caller.keys("1234")
        await reaches(manager, caller, agent)


# Frozen servers: nothing but the dead man's switch ends these. It would not end one that is frozen within a
# line; but a line written at once is in the kernel's hands, and goes out whole when the writer is stopped.


async def before_reading(link: Link) -> None:
    """Accepted, and never a byte read."""
    await link.freeze()


async def after_a_command(link: Link) -> None:
    """One command done."""
    await link.request()
    await link.ask(ARM)
    await link.freeze()


async def during_a_prompt(link: Link) -> None:
    """A prompt plays, far longer than ours do, and nobody is there."""
    await link.request()
    await link.ask(ARM)
    link.send('STREAM FILE demo-congrats ""')
    await link.freeze()


async def while_a_digit_is_awaited(link: Link) -> None:
    """The digit's time passes, and nobody is there."""
    await link.request()
    await link.ask("WAIT FOR DIGIT 2000")
    await link.ask(ARM)
    link.send("WAIT FOR DIGIT 7000")
    await link.freeze()


async def before_it_returns(link: Link) -> None:
    """Everything set, and never gone."""
    await link.request()
    await link.ask('SET VARIABLE IDB_QUEUE "queue1"')
    await link.ask('SET VARIABLE IDB_RESULT "identified"')
    await link.freeze()


FROZEN = (
    before_reading,
    after_a_command,
    during_a_prompt,
    while_a_digit_is_awaited,
    before_it_returns,
)


async def test_a_server_frozen_at_any_step_loses_nobody(
    pbx: Asterisk, manager: Manager, agent: AgentPhone
) -> None:
    """Ten seconds after each freeze its caller is in the queue; all talk with the agent in turn."""
    async with AsyncExitStack() as stack:
        callers = {}
        for place, script in enumerate(FROZEN):
            server = await stack.enter_async_context(StandIn(script))
            phone = await stack.enter_async_context(Caller(pbx.sip, f"061000000{place}"))
            callers[phone.user] = (phone, server)

        async def held(phone: Caller, server: StandIn) -> None:
            await phone.call(f"9{server.port}")
            await server.frozen.wait()
            joined = await manager.wait("QueueCallerJoin", seconds=HOLD_LIMIT_SECONDS, CallerIDNum=phone.user)
            assert joined["Queue"] == "queue1"

        async with asyncio.timeout(2 * HOLD_LIMIT_SECONDS), asyncio.TaskGroup() as together:
            for phone, server in callers.values():
                together.create_task(held(phone, server))
        for _ in FROZEN:
            number = (await agent.wait("incoming"))["caller"].split("sip:")[1].split("@")[0]
            await agent.wait("confirmed")
            await talk(callers[number][0], agent)
            await callers[number][0].hangup()
            await agent.wait("disconnected")


@pytest.mark.slow
async def test_a_server_that_never_accepts_loses_nobody(
    manager: Manager, caller: Caller, agent: AgentPhone
) -> None:
    """The kernel takes the connection for a process that is stopped."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        await caller.call(f"9{listener.getsockname()[1]}")
        await caller.wait("confirmed")
        await reaches(manager, caller, agent)
