"""Logging in by OpenID Connect with every part real: provider, browser, services, Asterisk, phones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from redis.asyncio import Redis

from tests.lab import contents, guard, people
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.browser import chromium
from tests.lab.citizens import PERSON
from tests.lab.phone import AgentPhone, Caller
from tests.lab.prompts import rendered
from tests.lab.provider import TAG, TITLE, Provider, log_in, settings
from tests.lab.smoke import NUMBER, QUEUE
from tests.lab.stack import Stack
from web.identity.oidc import return_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.lab.people import Citizen

pytestmark = pytest.mark.e2e
PURPOSE = "aanvraag"
PRIVATE = (PERSON["fullname"], PERSON["bsn"])


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[tuple[Stack, Asterisk]]:
    """Everything that runs: a provider, an Asterisk and ID Bellen beside it."""
    port = guard.free_port()
    async with Provider(f"http://localhost:{port}{return_path(TAG)}", host="127.0.0.1") as provider:
        stack = Stack(tmp_path, settings=settings(provider.issuer))
        stack.use_web_port(port)
        async with stack:
            lab = Lab(agi=stack.agi, queues=(QUEUE,), default_queue=QUEUE)
            async with Asterisk(lab, prompts=rendered()) as pbx:
                await stack.serve(pbx, agents=1)
                yield stack, pbx


async def leave(citizen: Citizen) -> None:
    """Go to the provider, by the button that is called after it."""
    await citizen.choose(PURPOSE)
    await citizen.page.get_by_role("checkbox").check()
    await citizen.page.get_by_role("button", name=TITLE["nl"]).click()
    await citizen.page.locator("[name=acr]").wait_for()


@pytest.mark.slow
@pytest.mark.req("C2", "P1", "P3", "S1", "S2", "O6")
async def test_from_log_in_to_wiped_with_the_web_killed_in_between(
    office: tuple[Stack, Asterisk],
) -> None:
    """The web dies while the citizen logs in elsewhere, and nothing is lost; at the end all is wiped."""
    stack, pbx = office
    async with (
        chromium() as browser,
        people.citizen(browser, stack.url) as citizen,
        people.agent(browser, stack.url, "agent1") as desk,
        Caller(pbx.sip) as caller,
        AgentPhone(pbx.sip, "agent1", auto_answer=True) as phone,
        Redis.from_url(stack.valkey.url) as redis,
    ):
        await phone.register()
        await pbx.staffed(phone.user)
        await leave(citizen)
        await stack.web.kill()
        await stack.web.restart()
        await log_in(citizen.page)
        code = await citizen.code()
        await caller.call(NUMBER)
        await caller.wait("confirmed")
        await caller.hears()
        await caller.keys(code)
        await desk.shows("verified")
        assert PERSON["bsn"] in await desk.reveals()
        await citizen.sees(people.TALKING)
        await caller.hangup()
        await desk.shows("empty")
        await citizen.sees(people.ENDED)
        assert not await contents.holding(redis, PRIVATE)
        for place in (stack.output(), await desk.everything(), await citizen.page.content()):
            assert not any(value in place for value in PRIVATE)
