"""The real telephony that tests share: one Asterisk for all. Each test brings its own phones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.manager import Manager
from tests.lab.prompts import rendered

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PORT_DIALLED = """
[from-trunk](+)
exten => _9XXXX!,1,Set(IDB_AGI=agi://127.0.0.1:${EXTEN:1}/idbellen)
 same => n,Goto(idbellen-entry,s,1)
"""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pbx() -> AsyncIterator[Asterisk]:
    """One Asterisk for the whole session, with prompts. Who dials 9<port> has the FastAGI server there."""
    async with Asterisk(Lab(extensions=PORT_DIALLED), prompts=rendered()) as asterisk:
        yield asterisk


@pytest.fixture
async def manager(pbx: Asterisk) -> AsyncIterator[Manager]:
    """Everything that Asterisk tells its manager, from the start of this test."""
    async with Manager(pbx.ports.ami) as connection:
        yield connection
