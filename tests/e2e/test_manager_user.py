"""The manager user that we ship, on a real Asterisk: it sees calls, and no digit (requirement S4)."""

from __future__ import annotations

import asyncio

import pytest

from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import AMI_SECRET, AMI_USER, CALLERS_ADDRESS, Lab
from tests.lab.manager import Manager
from tests.lab.phone import AgentPhone, Caller
from tests.lab.stand_in import Link, StandIn

pytestmark = [pytest.mark.e2e, pytest.mark.req("S4")]
CODE = "86429753"
ASKED = "WAIT FOR DIGIT 5000"


async def test_without_a_secret_of_the_operators_nobody_logs_in() -> None:
    """As shipped there is none: not even an empty one is right."""
    async with Asterisk(Lab()) as pbx:
        (pbx.folder / "etc/idbellen/manager-secret.conf").unlink()
        await pbx.restart()
        for secret in ("", "secret", AMI_SECRET):
            with pytest.raises(PermissionError, match="Authentication failed"):
                async with Manager(pbx.ports.ami, AMI_USER, secret):
                    pass


async def test_the_right_secret_from_elsewhere_is_refused(pbx: Asterisk) -> None:
    """Only this machine's own address is on the list."""
    with pytest.raises(PermissionError, match="Authentication failed"):
        async with Manager(pbx.ports.ami, AMI_USER, AMI_SECRET, address=CALLERS_ADDRESS):
            pass


@pytest.mark.req("P3", "S1")
async def test_it_follows_a_call_and_sees_no_digit(pbx: Asterisk, manager: Manager) -> None:
    """From the queue to the end, by events with our reference; what was keyed is in none of them."""
    keyed = asyncio.Queue[str]()

    async def asks(link: Link) -> None:
        await link.request()
        for _ in CODE:
            answer = await link.ask(ASKED)
            keyed.put_nowait(chr(int(answer.removeprefix("200 result="))))
        await link.ask('SET VARIABLE __IDB_REF "opaque7"')

    user = Manager(pbx.ports.ami, AMI_USER, AMI_SECRET)
    agent = AgentPhone(pbx.sip, "agent1", auto_answer=True)
    async with user, agent, Caller(pbx.sip) as caller, StandIn(asks) as server:
        await agent.register()
        await pbx.staffed(agent.user)
        await caller.call(f"9{server.port}")
        for digit in CODE:
            await manager.wait("AGIExecStart", Command=ASKED)
            await caller.keys(digit)
        joined = await user.wait("QueueCallerJoin", ChanVariable="IDB_REF=opaque7")
        await user.wait("AgentConnect", Uniqueid=joined["Uniqueid"], ChanVariable="IDB_REF=opaque7")
        await agent.wait("confirmed")
        await caller.hangup()
        await user.wait("Hangup", Uniqueid=joined["Uniqueid"])
    assert [keyed.get_nowait() for _ in CODE] == list(CODE)
    names = {event["Event"] for event in user.story.events if "Event" in event}
    ours = ("QueueCaller", "Agent", "Hangup", "BridgeEnter", "BridgeLeave")
    assert not {name for name in names if not name.startswith(ours)}
    assert {"BridgeEnter", "BridgeLeave"} <= names
    assert not any("Digit" in event for event in user.story.events)
    assert CODE not in pbx.log_text()
