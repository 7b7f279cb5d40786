"""The link on a real Asterisk, as the manager user that we ship, and what that user may do there."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, TypeVar

import pytest
import pytest_asyncio

from ivr.ami.events import AgentConnect, ChannelListed, Hangup, QueueCallerJoin, QueueMember
from ivr.ami.limits import AmiLimits
from ivr.ami.link import Connected, Disconnected, ManagerLink
from ivr.errors import ManagerError, ManagerGoneError
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import AMI_SECRET, AMI_USER, LAB_SECRET, LAB_USER, Lab

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Kind = TypeVar("Kind")
pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

EXTENSIONS = """
[test-caller]
exten => s,1,Answer()
 same => n,Set(__IDB_REF=4ff7a1)
 same => n,Set(CALLERID(name)=${URIDECODE(J%c3%b6rg%0d%0aUniqueid: 6.6)})
 same => n,Queue(queue1)
[test-phone]
exten => s,1,Answer()
 same => n,Wait(600)
[test-agent]
exten => s,1,Answer()
 same => n,Wait(600)
"""
LIMITS = AmiLimits(retry_first_seconds=0.05, ping_seconds=0.2)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asterisk() -> AsyncIterator[Asterisk]:
    """One Asterisk for these tests; callers and members are its own Local channels."""
    lab = Lab(extensions=EXTENSIONS, queue_options={"joinempty": "yes"})
    async with Asterisk(lab) as asterisk:
        yield asterisk


@pytest.fixture
def link(asterisk: Asterisk) -> ManagerLink:
    """The user that we ship."""
    return ManagerLink("127.0.0.1", asterisk.ports.ami, AMI_USER, AMI_SECRET, limits=LIMITS)


@pytest_asyncio.fixture(loop_scope="module")
async def operator(asterisk: Asterisk) -> AsyncIterator[ManagerLink]:
    """A user who may do everything, to make calls with."""
    operator = ManagerLink("127.0.0.1", asterisk.ports.ami, LAB_USER, LAB_SECRET)
    async with operator.once():
        yield operator


async def call(operator: ManagerLink) -> None:
    """A member who answers at once, and a caller."""
    member = {"Queue": "queue1", "Interface": "Local/s@test-agent/n", "MemberName": "Anja Ünal"}
    await operator.action("QueueAdd", **member)
    caller = {"Context": "test-caller", "Exten": "s", "Priority": 1}
    await operator.action("Originate", Channel="Local/s@test-phone/n", Async="true", **caller)


@pytest.mark.req("P3")
async def test_call_is_followed_from_queue_to_hangup(link: ManagerLink, operator: ManagerLink) -> None:
    """Join, answer and end of one call, with our reference; lists show it meanwhile.

    No `AgentComplete` is waited for: Asterisk 22 often sends none when the caller is gone within milliseconds
    and otherwise before or after the caller's `Hangup`.
    """
    async with asyncio.timeout(60), link.events() as events:
        await _until(events, Connected)
        await call(operator)
        join = await _until(events, QueueCallerJoin)
        connect = await _until(events, AgentConnect)
        channels = await link.listing("CoreShowChannels", "CoreShowChannelsComplete")
        queues = await link.listing("QueueStatus", "QueueStatusComplete")
        await operator.action("Hangup", Channel=join.channel)
        while (hangup := await _until(events, Hangup)).uniqueid != join.uniqueid:
            pass  # another channel of the call
    assert (join.queue, connect.queue, connect.member_name) == ("queue1", "queue1", "Anja Ünal")
    assert {(each.uniqueid, each.reference) for each in (join, connect, hangup)} == {
        (join.uniqueid, "4ff7a1")
    }
    assert join.uniqueid in {each.uniqueid for each in channels if isinstance(each, ChannelListed)}
    assert "Local/s@test-agent/n" in {each.interface for each in queues if isinstance(each, QueueMember)}


@pytest.mark.req("S4")
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Originate", {"Channel": "Local/s@test-phone", "Application": "Echo"}),
        ("Command", {"Command": "core show version"}),
        ("GetConfig", {"Filename": "manager.conf"}),
        ("Reload", {"Module": "manager"}),
        ("DBPut", {"Family": "x", "Key": "x", "Val": "x"}),
        ("Filter", {"Operation": "Add", "Filter": "x"}),
    ],
)
async def test_shipped_user_makes_and_changes_nothing(
    link: ManagerLink, name: str, fields: dict[str, str]
) -> None:
    """Least privilege: with its secret alone nobody makes calls, runs commands or reads the configuration."""
    async with link.once():
        with pytest.raises(ManagerError, match="Permission denied"):
            await link.action(name, **fields)


@pytest.mark.req("O6")
async def test_frozen_asterisk_is_noticed_and_found_again(asterisk: Asterisk) -> None:
    """SIGSTOP: its sockets stand, nothing answers; SIGCONT: there it is again."""
    limits = AmiLimits(ping_seconds=0.2, ping_answer_seconds=0.5, login_seconds=0.5, retry_first_seconds=0.05)
    link = ManagerLink("127.0.0.1", asterisk.ports.ami, AMI_USER, AMI_SECRET, limits=limits)
    async with asyncio.timeout(60), link.events() as events:
        await _until(events, Connected)
        os.kill(asterisk.pid, signal.SIGSTOP)
        try:
            await _until(events, Disconnected)
            with pytest.raises(ManagerGoneError):
                await link.action("Ping")
        finally:
            os.kill(asterisk.pid, signal.SIGCONT)
        await _until(events, Connected)
        assert (await link.action("Ping")).fields["Ping"] == "Pong"


@pytest.mark.req("O6")
async def test_link_comes_back_after_a_restart(asterisk: Asterisk, link: ManagerLink) -> None:
    """Killed and started: connected again, and lists are to be had once queues are loaded."""
    async with asyncio.timeout(60), link.events() as events:
        await _until(events, Connected)
        await asterisk.kill()
        await _until(events, Disconnected)
        starting = asyncio.create_task(asterisk.start())
        await _until(events, Connected)
        await starting
        assert await link.listing("QueueStatus", "QueueStatusComplete")


async def _until(events: AsyncIterator[object], kind: type[Kind]) -> Kind:
    """The next thing of this kind."""
    async for event in events:
        if isinstance(event, kind):
            return event
    raise AssertionError("the link ended")
