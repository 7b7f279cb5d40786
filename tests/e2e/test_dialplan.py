"""The caller's way through a real Asterisk: the purpose's queue, the ordinary one, the operator's target."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.lab.phone import AgentPhone, Caller, reaches
from tests.lab.stand_in import Link, StandIn, closes_politely

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.lab.asterisk import Asterisk
    from tests.lab.manager import Manager

pytestmark = [pytest.mark.e2e, pytest.mark.req("P4")]


@pytest.fixture
def pbx(bare_pbx: Asterisk) -> Asterisk:
    """Even without prompts."""
    return bare_pbx


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
        await asyncio.wait_for(server.done.wait(), 10)
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
        await asyncio.wait_for(server.called.wait(), 10)
        await caller.hangup()
        await manager.wait("Hangup", CallerIDNum=caller.user)
        await asyncio.wait_for(server.done.wait(), 10)
    assert "HANGUP" in answers
    assert not manager.saw("QueueCallerJoin")
    await pbx.idle()
