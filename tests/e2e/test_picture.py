"""A picture of a real Asterisk: with whom a caller talks, when the member is a Local channel."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from ivr.ami.events import ChannelListed, QueueMember
from ivr.ami.link import ManagerLink
from ivr.ami.picture import draw, known_members
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import AMI_SECRET, AMI_USER, LAB_SECRET, LAB_USER, Lab

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.lab.manager import Manager

pytestmark = [pytest.mark.e2e, pytest.mark.req("P3")]

QUEUE = "queue2"
DIALPLAN = (
    *("s,1,Answer() into lab-desk", "s,2,Wait,600 into lab-desk"),
    *("s,1,Answer() into lab-line", "s,2,Wait,600 into lab-line"),
    *("s,1,Answer() into lab-caller", f"s,2,Queue,{QUEUE} into lab-caller"),
)


@pytest.fixture
async def pbx() -> AsyncIterator[Asterisk]:
    """An Asterisk of our own, where nobody but the Local member works in the queue."""
    async with Asterisk(Lab(agents=0)) as asterisk:
        yield asterisk


@asynccontextmanager
async def answered(pbx: Asterisk, manager: Manager, member: str) -> AsyncIterator[str]:
    """A caller in conversation with this member, who answers at once; the caller's Uniqueid."""
    for line in DIALPLAN:
        await pbx.cli(f"dialplan add extension {line}")
    operator = ManagerLink("127.0.0.1", pbx.ports.ami, LAB_USER, LAB_SECRET)
    async with operator.once():
        await operator.action("QueueAdd", Queue=QUEUE, Interface=member)
        caller = {"Context": "lab-caller", "Exten": "s", "Priority": 1}
        await operator.action("Originate", Channel="Local/s@lab-line/n", Async="true", **caller)
        try:
            connect = await manager.wait("AgentConnect", Interface=member)
            for uniqueid in (connect["Uniqueid"], connect["DestUniqueid"]):
                await manager.wait("BridgeEnter", Uniqueid=uniqueid)
            yield connect["Uniqueid"]
        finally:
            await operator.action("Hangup", Channel="/^Local/")
            await operator.action("QueueRemove", Queue=QUEUE, Interface=member)


@pytest.mark.parametrize("member", ["Local/s@lab-desk/n", "Local/s@lab-desk"])
async def test_a_local_member_is_found_in_its_conversation(
    pbx: Asterisk, manager: Manager, member: str
) -> None:
    """By the name that the queue has for it, with and without options."""
    us = ManagerLink("127.0.0.1", pbx.ports.ami, AMI_USER, AMI_SECRET)
    async with answered(pbx, manager, member) as uniqueid, us.once():
        channels = await us.listing("CoreShowChannels", "CoreShowChannelsComplete")
        queues = await us.listing("QueueStatus", "QueueStatusComplete")
    members = known_members(item for item in queues if isinstance(item, QueueMember))
    drawn = draw((item for item in channels if isinstance(item, ChannelListed)), [], members)
    assert drawn.talking[uniqueid].members == (member,)
    assert drawn.talking[uniqueid].may_be_with(member)
