"""Logging in with the app, with every part real: IRMA server, wallet, browser, store, Asterisk, phones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.lab import canary, people
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.browser import chromium
from tests.lab.phone import AgentPhone, Caller
from tests.lab.prompts import rendered
from tests.lab.smoke import NUMBER, PURPOSE, QUEUE
from tests.lab.stack import Stack
from tests.lab.yivi import PERSON, IrmaServer, Wallet, toml, wallet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.e2e


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[IrmaServer]:
    """A municipality's IRMA server."""
    folder = tmp_path / "irma"
    folder.mkdir()
    async with IrmaServer(folder) as running:
        yield running


@pytest.fixture
async def phone(tmp_path: Path, server: IrmaServer) -> AsyncIterator[Wallet]:
    """A citizen's phone, with cards in the app."""
    async with wallet(tmp_path / "wallet") as app:
        await app.holds(server)
        yield app


@pytest.fixture
async def office(tmp_path: Path, server: IrmaServer) -> AsyncIterator[tuple[Stack, Asterisk]]:
    """An Asterisk, and ID Bellen beside it."""
    folder = tmp_path / "stack"
    folder.mkdir()
    async with Stack(folder, settings=toml(server.url)) as stack:
        lab = Lab(agi=stack.agi, queues=(QUEUE,), default_queue=QUEUE)
        async with Asterisk(lab, prompts=rendered()) as pbx:
            await stack.serve(pbx)
            yield stack, pbx


async def begin(browser: Browser, stack: Stack) -> Page:
    """A citizen at a desk, with the square to scan before them."""
    context = await browser.new_context(viewport=people.DESK_SCREEN, locale="nl-NL")
    page = await context.new_page()
    await page.goto(f"{stack.url}/nl/{PURPOSE}")
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Inloggen met Yivi").click()
    await page.locator("#irma-scan svg").wait_for()
    return page


async def agree(page: Page, phone: Wallet) -> None:
    """Scan it, copy the digits, and agree in the app."""
    told = await page.evaluate("JSON.parse(document.getElementById('irma').dataset.session).sessionPtr")
    phone.begin(told)
    digits = (await phone.sees("pairing"))["code"]
    await page.locator("#pairing").fill(digits)
    await page.keyboard.press("Enter")
    await phone.sees("done")


@pytest.mark.req("C2", "C8", "P1", "P3", "S1", "S2", "O6")
async def test_from_the_app_to_wiped_with_the_web_killed_in_between(
    office: tuple[Stack, Asterisk], phone: Wallet, server: IrmaServer
) -> None:
    """The web is dead while the citizen agrees; started again, it knows; the agent sees who calls."""
    stack, pbx = office
    async with (
        chromium() as browser,
        people.agent(browser, stack.url, "agent1") as one,
        people.agent(browser, stack.url, "agent2") as two,
        Caller(pbx.sip) as caller,
        AgentPhone(pbx.sip, "agent1", auto_answer=True) as desk_phone,
    ):
        await desk_phone.register()
        await pbx.staffed(desk_phone.user)
        page = await begin(browser, stack)
        await stack.web.kill()
        await agree(page, phone)
        await expect(page.locator("#irma-done")).to_be_visible()
        await stack.web.restart()
        citizen = people.Citizen(page, stack.url)
        code = await citizen.code()
        await caller.call(NUMBER)
        await caller.wait("confirmed")
        await caller.hears()
        await caller.keys(code)
        await one.shows("verified")
        seen = await one.text()
        assert PERSON["fullname"] in seen
        assert "Yivi" in seen
        assert PERSON["fullname"] not in await two.everything()
        await citizen.sees(people.TALKING)
        await caller.hangup()
        await one.shows("empty")
        await citizen.sees(people.ENDED)
        places = {
            "store": await canary.store_dump(stack.valkey.url),
            "files": canary.files_below(stack.folder),
            "services": stack.output(),
            "agent": await one.everything(),
            "citizen": await people.kept(page),
        }
        assert canary.found(PERSON.values(), places) == []
