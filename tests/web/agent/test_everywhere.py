"""Logging out everywhere, in real browsers: every open screen is left at once, wherever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.agents import SANNE, left_in, shows
from tests.lab.citizens import PERSON
from tests.lab.looks import DESKTOP, looks_well

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.lab.agents import Agents
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard

pytestmark = [pytest.mark.e2e, pytest.mark.req("A5", "S4")]


@pytest.mark.req("A10", "S2")
async def test_every_screen_is_left_at_once(
    agents: Agents, browser: Browser, switchboard: Switchboard, citizens: Citizens
) -> None:
    """By keyboard, from the menu below one's name; the screen with the call is in another browser."""
    here = await agents.desktop(browser, SANNE, viewport=DESKTOP)
    there = await agents.desktop(browser, SANNE)
    await shows(here, "elsewhere")
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    await shows(there, "verified")
    for target in ("summary:has-text('Sanne de Wit')", "header button:has-text('Overal uitloggen')"):
        while not await here.locator(target).evaluate("(it) => it === document.activeElement"):
            await here.keyboard.press("Tab")
        await here.keyboard.press("Enter")
    await here.wait_for_url("**/nl/agent/login")
    await there.wait_for_url("**/nl/agent/login")
    assert await left_in(there, PERSON.values()) == []


async def test_the_older_window_leads_to_the_log_in_when_it_is_used(agents: Agents, browser: Browser) -> None:
    """It held nothing, so it stayed as it was."""
    old = await agents.desktop(browser, SANNE)
    new = await old.context.new_page()
    await new.goto(old.url)
    await shows(old, "elsewhere")
    await new.goto(str(agents.front.url / "nl/agent/account"))
    await new.locator("main").get_by_role("button", name="Overal uitloggen").click()
    await new.wait_for_url("**/nl/agent/login")
    await old.get_by_role("button", name="Gebruik dit venster").click()
    await old.wait_for_url("**/nl/agent/login")


@pytest.mark.req("A10")
async def test_the_menu_can_be_read_by_everybody(agents: Agents, browser: Browser) -> None:
    """Open; it lies over the page, which stays where it is."""
    page = await agents.desktop(browser, SANNE, viewport=DESKTOP)
    before = await page.locator("#screen").bounding_box()
    await page.locator("summary").first.click()
    assert await page.get_by_role("button", name="Overal uitloggen").is_visible()
    assert await page.locator("#screen").bounding_box() == before
    await looks_well(page, "menu")
