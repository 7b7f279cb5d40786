"""Logging in at a real, certified provider, in a real browser from another site; and how it looks."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.lab import guard
from tests.lab.agents import SANNE, Agents, shows
from tests.lab.axe import violations
from tests.lab.employer import PLAIN, STRONG, SUBJECT, VOUCHING, organisation
from tests.lab.front import front
from tests.lab.looks import DESKTOP, looks_well, picture
from tests.lab.markup import faults
from tests.lab.provider import LOW, Provider, log_in
from web.agent.organisation import RETURN_PATH

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Browser, Page

    from ivr.store.feed import Feed
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard
    from web.agent.accounts import Accounts
    from web.agent.vouched import Terms
    from web.route import Room

    Office = Callable[..., AbstractAsyncContextManager[Agents]]

pytestmark = [pytest.mark.e2e, pytest.mark.req("A1", "A10")]

BUTTON = "Inloggen met uw werkaccount"


@pytest.fixture
def office(make_room: Callable[..., Room], feed: Feed, accounts: Accounts) -> Office:
    """A real provider, and the agents' pages with that log-in; Sanne is known there."""
    accounts.change(SANNE, subject=SUBJECT)

    @asynccontextmanager
    async def open_(terms: Terms = PLAIN, **wanted: bool) -> AsyncIterator[Agents]:
        port = guard.free_port()
        url = f"http://127.0.0.1:{port}"
        known: dict[str, Any] = {"post_logout_redirect_uris": [f"{url}/nl/agent/login"]}
        async with Provider(f"{url}{RETURN_PATH}", **known) as provider:
            own = organisation(accounts, provider.issuer, f"{url}{RETURN_PATH}", terms, **wanted)
            async with front(make_room(feed, organisation=own), port=port) as running:
                yield Agents(running)

    return open_


async def _goes(agents: Agents, browser: Browser, **context: Any) -> Page:
    """Come from nowhere, press the button, and stand before the provider's own page."""
    page = await (await browser.new_context(viewport=DESKTOP, **context)).new_page()
    await page.goto(str(agents.front.url / "nl/agent"))
    await page.get_by_role("link", name=BUTTON).click()
    await page.locator("[name=person]").wait_for()
    return page


@pytest.mark.parametrize("scripts", [True, False])
async def test_from_the_button_to_the_desktop(
    office: Office, browser: Browser, switchboard: Switchboard, citizens: Citizens, scripts: bool
) -> None:
    """With scripts and without; the desktop then works as for anybody."""
    async with office() as agents:
        page = await _goes(agents, browser, java_script_enabled=scripts)
        await log_in(page)
        await page.locator("[data-state=empty]").wait_for()
        await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
        await page.locator("[data-state=verified]").wait_for()


async def test_a_leader_who_has_no_account_comes_to_the_teams_page(office: Office, browser: Browser) -> None:
    """Known by the roles that the provider tells, by UserInfo."""
    async with office(VOUCHING) as agents:
        page = await _goes(agents, browser)
        await log_in(page, person="lena")
        await page.wait_for_url("**/nl/agent/team")
        await page.goto(str(agents.front.url / "nl/agent/account"))
        for text in ("Lena Bos", "Leidt een team"):
            assert await page.get_by_text(text, exact=True).count()


async def test_who_logs_out_is_out_there_as_well(office: Office, browser: Browser) -> None:
    """By the page on the way, and the provider's own question; then back at our log-in."""
    async with office(logout=True) as agents:
        page = await _goes(agents, browser)
        await log_in(page)
        await shows(page, "empty")
        await page.get_by_role("button", name="Uitloggen").click()
        await page.get_by_role("button", name="Yes, sign me out").click()
        await page.wait_for_url("**/nl/agent/login*")
        await page.get_by_role("link", name=BUTTON).click()
        await page.locator("[name=person]").wait_for()


async def test_why_somebody_does_not_come_in_can_be_read_by_everybody(
    office: Office, browser: Browser
) -> None:
    """In each case; the page says it to a screen reader at once."""
    async with office(STRONG) as agents:
        page = await _goes(agents, browser)
        await log_in(page, acr=LOW)
        await page.wait_for_url("**/nl/agent/login?said=weak")
        for reason in ("weak", "unknown", "idle", "late", "cancelled", "unavailable"):
            await page.goto(str((agents.front.url / "nl/agent/login").with_query(said=reason)))
            assert await page.get_by_role("alert").is_visible()
            assert await violations(page) == []
            await picture(page, f"organisation-{reason}")
        await looks_well(page, "organisation-refused")
        async with agents.client() as client:
            for path in ("login?said=idle", "login/organisation"):
                async with client.http.get(f"/nl/agent/{path}") as answer:
                    assert await faults(await answer.text()) == [], path


@pytest.mark.parametrize("only", [True, False])
async def test_the_log_in_page_can_be_read_by_everybody(office: Office, browser: Browser, only: bool) -> None:
    """With the button alone, or with the form beside it."""
    async with office(only=only) as agents:
        page = await browser.new_page(viewport=DESKTOP)
        await page.goto(str(agents.front.url / "nl/agent"))
        assert await page.locator("[name=password]").count() == (0 if only else 1)
        await looks_well(page, f"organisation-login-{'only' if only else 'both'}")


@pytest.mark.parametrize("leaving", [True, False])
async def test_the_page_on_the_way_can_be_read_by_everybody(
    office: Office, browser: Browser, leaving: bool
) -> None:
    """For who is not led on by itself."""
    async with office(logout=True) as agents:
        page = await _goes(agents, browser)
        await log_in(page)
        await shows(page, "empty")
        await page.route("http://localhost:*/**", lambda route: route.fulfill(status=204))  # leads nowhere
        if leaving:
            await page.get_by_role("button", name="Uitloggen").click()
        else:
            await page.goto(str(agents.front.url / "nl/agent/login/organisation"))
        await page.get_by_role("heading", name="U gaat ").wait_for()
        await looks_well(page, f"organisation-onward-{leaving}")
