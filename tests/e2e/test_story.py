"""The whole story with every part real: browser, store, both services, Asterisk, phones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab import canary, people
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.browser import chromium
from tests.lab.phone import AgentPhone, Caller
from tests.lab.prompts import rendered
from tests.lab.smoke import NUMBER, PURPOSE, QUEUE, smoke
from tests.lab.stack import Stack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

PATIENT = {"timeout": "60"}
"""A phone rings until it is answered, however long a browser takes meanwhile."""


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[tuple[Stack, Asterisk]]:
    """Everything that runs: an Asterisk and ID Bellen beside it."""
    async with Stack(tmp_path) as stack:
        lab = Lab(agi=stack.agi, queues=(QUEUE,), default_queue=QUEUE, queue_options=PATIENT)
        async with Asterisk(lab, prompts=rendered()) as pbx:
            await stack.serve(pbx)
            yield stack, pbx


@pytest.mark.req("P1", "P2", "P3", "P5", "P6", "P9", "A1", "A2", "A5", "C5", "C6", "S1", "S2")
async def test_three_callers_two_agents(office: tuple[Stack, Asterisk], tmp_path: Path) -> None:
    """One proven, one after a wrong code, one without a code, one who hangs up: each on the right screen."""
    stack, pbx = office
    told: list[str] = []
    await smoke(stack, pbx, tmp_path, stack.output, told.append)
    assert told[-1].startswith("nothing of the citizens is left")


@pytest.mark.req("A3", "P3")
async def test_who_logs_in_during_the_call_appears_by_themselves(office: tuple[Stack, Asterisk]) -> None:
    """First the code, then the call, then the log-in: the screen fills by itself, and nobody else's does."""
    stack, pbx = office
    async with (
        chromium() as browser,
        people.citizen(browser, stack.url) as citizen,
        people.agent(browser, stack.url, "agent1") as one,
        people.agent(browser, stack.url, "agent2") as two,
        Caller(pbx.sip) as caller,
        AgentPhone(pbx.sip, "agent1", auto_answer=True) as phone,
    ):
        await phone.register()
        await pbx.staffed(phone.user)
        await citizen.choose(PURPOSE)
        await citizen.agree()
        code = await citizen.code_first()
        await caller.call(NUMBER)
        await caller.wait("confirmed")
        await caller.hears()
        await caller.keys(code)
        await one.shows("pending")
        await citizen.sees(people.TALKING)
        await citizen.page.get_by_role("button", name="Inloggen met").click()
        await citizen.sees(people.LOG_IN)
        await citizen.fill_in(canary.PERSON)
        await one.shows("verified")
        assert canary.PERSON["bsn"] in await one.reveals()
        assert canary.PERSON["bsn"] not in await two.everything()
        await caller.hangup()
        await one.shows("empty")
        assert canary.PERSON["bsn"] not in await one.everything()
