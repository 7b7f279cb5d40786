"""The real telephony that tests share: one Asterisk for all. Each test brings its own phones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.manager import Manager

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

EXTENSIONS = """
; 9<port>: into the ordinary entry, with the FastAGI server on that port.
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pbx() -> AsyncIterator[Asterisk]:
    """One Asterisk for the whole session: queues queue1, queue2 and nobody, agents agent1 and agent2."""
    async with Asterisk(Lab(unstaffed=("nobody",), extensions=EXTENSIONS)) as asterisk:
        yield asterisk


@pytest.fixture
async def manager(pbx: Asterisk) -> AsyncIterator[Manager]:
    """Everything that Asterisk tells its manager, from the start of this test."""
    async with Manager(pbx.ports.ami) as connection:
        yield connection
