"""The real telephony that tests share: one Asterisk for all. Each test brings its own phones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.manager import Manager
from tests.lab.phone import AgentPhone, Caller
from tests.lab.prompts import rendered

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

EXTENSIONS = """
[from-trunk](+)
exten => _9XXXX!,1,Set(IDB_AGI=agi://127.0.0.1:${EXTEN:1}/idbellen)
 same => n,Goto(idbellen-entry,s,1)
; As a caller without a code, when the greeting is over.
exten => _7XXXX!,1,Answer()
 same => n,Set(AGIEXITONHANGUP=yes)
 same => n,Set(IDB_AGI=agi://127.0.0.1:${EXTEN:1}/idbellen)
 same => n,Set(IDB_ASTERISK=pbx)
 same => n,Goto(idbellen-queue,s,1)
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pbx() -> AsyncIterator[Asterisk]:
    """One Asterisk for the whole session, with prompts. Who dials 9<port> has the FastAGI server there."""
    async with Asterisk(Lab(extensions=EXTENSIONS), prompts=rendered()) as asterisk:
        yield asterisk


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bare_pbx() -> AsyncIterator[Asterisk]:
    """Another one, where even the prompts are missing. Nobody works in queue nobody."""
    async with Asterisk(Lab(unstaffed=("nobody",), extensions=EXTENSIONS)) as asterisk:
        yield asterisk


@pytest.fixture
async def manager(pbx: Asterisk) -> AsyncIterator[Manager]:
    """Everything that Asterisk tells its manager, from the start of this test."""
    async with Manager(pbx.ports.ami) as connection:
        yield connection


@pytest.fixture
async def agent(pbx: Asterisk) -> AsyncIterator[AgentPhone]:
    """The one agent who is at work."""
    async with AgentPhone(pbx.sip, "agent1", auto_answer=True) as phone:
        await phone.register()
        await pbx.staffed(phone.user)
        yield phone


@pytest.fixture
async def caller(pbx: Asterisk) -> AsyncIterator[Caller]:
    """Somebody with a telephone."""
    async with Caller(pbx.sip) as phone:
        yield phone
