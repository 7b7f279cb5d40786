"""Whatever the server does, a caller on a real Asterisk reaches a person (requirement P4)."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from ivr.agi.contract import HOLD_LIMIT_SECONDS, REARM, Prompt
from tests.lab import guard
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.phone import AgentPhone, Caller, talk
from tests.lab.stand_in import Link, StandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.lab.manager import Manager

pytestmark = [pytest.mark.e2e, pytest.mark.req("P4")]

ARM = f'EXEC {REARM[0]} "{REARM[1]}"'
EXTENSIONS = """
[from-trunk](+)
exten => _9XXXX!,1,Set(IDB_AGI=agi://127.0.0.1:${EXTEN:1}/idbellen)
 same => n,Goto(idbellen-entry,s,1)
; As if the caller had been here before.
exten => _8XXXX!,1,Set(IDB_AGI=agi://127.0.0.1:${EXTEN:1}/idbellen)
 same => n,Set(__IDB_REF=old)
 same => n,Set(IDB_QUEUE=queue2)
 same => n,Set(IDB_RESULT=closed)
 same => n,Goto(idbellen-entry,s,1)

[elsewhere]
exten => s,1,UserEvent(Elsewhere)
 same => n,Echo()
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pbx() -> AsyncIterator[Asterisk]:
    """An Asterisk of our own, where even the prompts are missing. Nobody works in queue nobody."""
    async with Asterisk(Lab(unstaffed=("nobody",), extensions=EXTENSIONS)) as asterisk:
        yield asterisk


@pytest.fixture
async def agent(pbx: Asterisk) -> AsyncIterator[AgentPhone]:
    """The one agent who is at work."""
    async with AgentPhone(pbx.sip, "agent1", auto_answer=True) as phone:
        await phone.register()
        yield phone


@pytest.fixture
async def caller(pbx: Asterisk) -> AsyncIterator[Caller]:
    """Somebody with a telephone."""
    async with Caller(pbx.sip) as phone:
        yield phone


async def reaches(
    manager: Manager, caller: Caller, agent: AgentPhone, queue: str = "queue1"
) -> dict[str, str]:
    """See the caller join the queue, be answered and be heard; return the join's event."""
    joined = await manager.wait("QueueCallerJoin", seconds=HOLD_LIMIT_SECONDS, CallerIDNum=caller.user)
    assert joined["Queue"] == queue
    await agent.wait("confirmed")
    await talk(caller, agent)
    return joined


# What servers do wrong, in the order in which a call goes.


async def closes_at_once(link: Link) -> None:
    """Accept and close, without a word."""
    link.die()


async def closes_politely(link: Link) -> None:
    """Read the request and close."""
    await link.request()


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


# Servers that do well.


async def sends_on(link: Link) -> None:
    """What the server does for an identified caller."""
    await link.request()
    await link.ask('SET VARIABLE __IDB_REF "opaque1"')
    await link.ask('SET VARIABLE IDB_QUEUE "queue2"')
    await link.ask('SET VARIABLE IDB_RESULT "identified"')


async def says_closed(link: Link) -> None:
    """Outside opening hours."""
    await link.request()
    await link.ask('SET VARIABLE IDB_RESULT "closed"')


@pytest.mark.req("P2", "P3")
async def test_an_identified_caller_gets_the_queue_and_the_reference(
    manager: Manager, caller: Caller, agent: AgentPhone
) -> None:
    """The purpose's queue, and the reference on every event of the call that we follow."""
    async with StandIn(sends_on) as server:
        await caller.call(f"9{server.port}")
        joined = await reaches(manager, caller, agent, "queue2")
    assert joined["ChanVariable"] == "IDB_REF=opaque1"
    answered = await manager.wait("AgentConnect")
    assert answered["ChanVariable"] == "IDB_REF=opaque1"
    assert answered["DestChanVariable"] == "IDB_REF=opaque1"


async def test_the_queue_has_no_time_limit_left(manager: Manager, caller: Caller, agent: AgentPhone) -> None:
    """The dead man's switch is off once the server is done with."""
    async with StandIn(closes_politely) as server:
        await caller.call(f"9{server.port}")
        joined = await reaches(manager, caller, agent)
    left = await manager.action("Getvar", Channel=joined["Channel"], Variable="TIMEOUT(absolute)")
    assert left["Value"] == "0"


async def test_nothing_of_an_earlier_round_counts(
    manager: Manager, caller: Caller, agent: AgentPhone
) -> None:
    """A channel that comes in with our variables set is an ordinary caller."""
    async with StandIn(closes_politely) as server:
        await caller.call(f"8{server.port}")
        joined = await reaches(manager, caller, agent, "queue1")
    assert joined["ChanVariable"] == "IDB_REF="


async def test_the_server_is_told_which_asterisk_calls(caller: Caller) -> None:
    """The name is the script's first argument, and the language is set."""
    requests: list[dict[str, str]] = []

    async def listen(link: Link) -> None:
        requests.append(await link.request())

    async with StandIn(listen) as server:
        await caller.call(f"9{server.port}")
        await asyncio.wait_for(server.done.wait(), 5)
    assert requests[0]["agi_arg_1"] == "pbx"
    assert requests[0]["agi_network_script"] == "idbellen"
    assert requests[0]["agi_language"] == "nl"


# When no queue takes the caller.


@pytest.fixture
async def elsewhere(pbx: Asterisk) -> AsyncIterator[None]:
    """The operator's own target is set."""
    await pbx.set_global("IDB_FALLBACK", "elsewhere,s,1")
    yield
    await pbx.set_global("IDB_FALLBACK", "")


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.req("P8")
async def test_closed_goes_to_the_operators_target(
    manager: Manager, caller: Caller, agent: AgentPhone
) -> None:
    """After the words, and without ringing anybody."""
    async with StandIn(says_closed) as server:
        await caller.call(f"9{server.port}")
        await manager.wait("UserEvent", UserEvent="Elsewhere")
    assert not manager.saw("QueueCallerJoin")
    assert not agent.saw("incoming")


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("queue", ["nobody", "abolished", ""])
async def test_without_any_queue_the_caller_goes_to_the_operators_target(
    pbx: Asterisk, manager: Manager, caller: Caller, queue: str
) -> None:
    """The default queue is empty, does not exist, or is not set."""
    await pbx.set_global("IDB_DEFAULT_QUEUE", queue)
    try:
        async with StandIn(closes_politely) as server:
            await caller.call(f"9{server.port}")
            await manager.wait("UserEvent", UserEvent="Elsewhere")
    finally:
        await pbx.set_global("IDB_DEFAULT_QUEUE", "queue1")


@pytest.mark.parametrize("target", ["", "nowhere,s,1", "idbellen-entry,s,1"])
async def test_without_a_target_the_caller_is_not_left_without_words(
    pbx: Asterisk, manager: Manager, caller: Caller, target: str
) -> None:
    """No target, one that does not exist, and one that would be a loop: sound, then the end of the call."""
    await pbx.set_global("IDB_FALLBACK", target)
    try:
        async with StandIn(says_closed) as server:
            await caller.call(f"9{server.port}")
            await caller.wait("confirmed")
            await caller.hears()
            await caller.wait("disconnected", seconds=30)
    finally:
        await pbx.set_global("IDB_FALLBACK", "")


# The end of the call.


async def test_a_served_caller_is_not_served_again(
    manager: Manager, caller: Caller, agent: AgentPhone
) -> None:
    """The agent hangs up: so does the call, without another queue or word."""
    async with StandIn(closes_politely) as server:
        await caller.call(f"9{server.port}")
        await reaches(manager, caller, agent)
    await agent.hangup()
    await caller.wait("disconnected")
    assert not manager.saw("Newexten", Context="idbellen-fallback")


async def test_a_caller_who_hangs_up_leaves_nothing(pbx: Asterisk, manager: Manager, caller: Caller) -> None:
    """The server is told, and no channel and no place in a queue remain."""
    answers: list[str] = []

    async def wait_for_a_digit(link: Link) -> None:
        await link.request()
        link.send("WAIT FOR DIGIT 7000")
        while line := await link.reader.readline():
            answers.append(line.decode().strip())

    async with StandIn(wait_for_a_digit) as server:
        await caller.call(f"9{server.port}")
        await caller.wait("confirmed")
        await asyncio.wait_for(server.called.wait(), 5)
        await caller.hangup()
        await manager.wait("Hangup", CallerIDNum=caller.user)
        await asyncio.wait_for(server.done.wait(), 5)
    assert "HANGUP" in answers
    assert not manager.saw("QueueCallerJoin")
    assert "0 active channels" in await pbx.cli("core show channels count")
