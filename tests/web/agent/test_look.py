"""The agent's pages as people meet them: by eye, ear, keyboard, on paper, without scripts, enlarged."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.lab.agents import PASSWORD, SANNE, shows
from tests.lab.axe import violations
from tests.lab.citizens import PERSON
from tests.lab.looks import DESKTOP, ZOOMED, looks_well, picture
from tests.lab.markup import faults
from web.agent.person import Role

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Route

    from ivr.store.sessions import Sessions
    from tests.lab.agents import Agents
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard
    from web.agent.accounts import Accounts

pytestmark = pytest.mark.e2e

STATES = ("empty", "ordinary", "pending", "verified", "failed")


async def _bring(
    state: str, page: Page, switchboard: Switchboard, citizens: Citizens, sessions: Sessions
) -> None:
    """Bring an empty screen into a state."""
    if state == "empty":
        return
    citizen = None
    if state == "verified":
        citizen = await citizens.verified()
    elif state in {"pending", "failed"}:
        citizen = await citizens.pending()
    await switchboard.answers(await switchboard.arrives(citizen), "PJSIP/sanne")
    if state == "failed" and citizen:
        await sessions.fail(citizen.session)
    await shows(page, state)


@pytest.mark.req("A10")
@pytest.mark.parametrize("state", STATES)
async def test_each_state_can_be_read_by_everybody(
    agents: Agents,
    switchboard: Switchboard,
    citizens: Citizens,
    sessions: Sessions,
    browser: Browser,
    state: str,
) -> None:
    """Axe finds nothing, in light, dark and high contrast; at 400% nothing goes beyond the side."""
    page = await agents.desktop(browser, SANNE, viewport=DESKTOP)
    await _bring(state, page, switchboard, citizens, sessions)
    await looks_well(page, state)


@pytest.mark.req("A10")
async def test_the_states_without_a_server_can_be_read_by_everybody(agents: Agents, browser: Browser) -> None:
    """The lost connection, and the page for when nobody can be known."""
    page = await agents.desktop(browser, SANNE, viewport=DESKTOP)
    await page.context.route("**/agent/ticket", lambda route: route.abort())
    agents.cut()
    await shows(page, "lost")
    assert await violations(page) == []
    await picture(page, "lost-1280")
    await page.goto(str(agents.front.url / "nl/agent/away"))
    assert await violations(page) == []
    await picture(page, "away-1280")


@pytest.mark.req("A10")
async def test_the_login_page_can_be_read_by_everybody(agents: Agents, browser: Browser) -> None:
    """As it is, and with what went wrong."""
    page = await browser.new_page(viewport=DESKTOP)
    await page.goto(str(agents.front.url / "nl/agent"))
    assert await violations(page) == []
    await picture(page, "login-1280")
    await page.locator("[name=name]").fill(SANNE)
    await page.locator("[name=password]").fill("wrong password!")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").wait_for()
    assert await violations(page) == []
    assert await page.locator("[name=password]").input_value() == ""
    await picture(page, "refused-1280")
    await page.set_viewport_size(ZOOMED)
    assert await page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["width"]
    await picture(page, "refused-400")


@pytest.mark.req("A10")
@pytest.mark.parametrize("name", ["account", "others"])
async def test_the_pages_about_oneself_can_be_read_by_everybody(
    agents: Agents, accounts: Accounts, browser: Browser, name: str
) -> None:
    """Whom we take you for, and that a page is for others; of an agent who leads a team as well."""
    accounts.change(SANNE, roles=(Role.AGENT, Role.LEADER))
    page = await agents.desktop(browser, SANNE, viewport=DESKTOP)
    await page.goto(str(agents.front.url / f"nl/agent/{name}"))
    await looks_well(page, name)


@pytest.mark.req("A10")
async def test_all_can_be_done_by_keyboard(agents: Agents, browser: Browser) -> None:
    """In with Tab and Enter, round the page with Tab, out with Enter."""
    page = await browser.new_page()
    await page.goto(str(agents.front.url / "nl/agent"))
    for text in (SANNE, PASSWORD):
        while not await page.evaluate("document.activeElement.matches('input')"):
            await page.keyboard.press("Tab")
        await page.keyboard.type(text)
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await shows(page, "empty")
    while await page.evaluate("document.activeElement.textContent.trim()") != "Uitloggen":
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/nl/agent/login")


async def test_a_page_that_is_left_listens_no_more(agents: Agents, browser: Browser) -> None:
    """Or the end of its live connection would lead it elsewhere, from under the answer to the log-out."""
    page = await agents.desktop(browser, SANNE)
    async with page.expect_websocket() as opening:
        await page.reload()
    live = await opening.value
    closed = asyncio.Event()
    live.on("close", lambda _: closed.set())

    async def late(route: Route) -> None:
        await closed.wait()
        await route.continue_()

    await page.route("**/agent/logout", late)
    await page.get_by_role("button", name="Uitloggen").click()
    await page.wait_for_url("**/nl/agent/login")


@pytest.mark.req("A10")
async def test_a_screen_reader_hears_once_what_kind_of_call_it_is(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, browser: Browser
) -> None:
    """And nothing of the caller: what was proven is read when the agent wants to."""
    page = await agents.desktop(browser, SANNE)
    said = page.locator("#said")
    assert await said.get_attribute("aria-live") == "assertive"
    await page.evaluate(
        """() => {
            window.said = [];
            const said = document.getElementById("said");
            const hear = () => window.said.push(said.textContent);
            new MutationObserver(hear).observe(said, { childList: true, characterData: true, subtree: true });
        }"""
    )
    for _ in range(2):
        call = await switchboard.arrives(await citizens.verified())
        await switchboard.answers(call, "PJSIP/sanne")
        await shows(page, "verified")
        await switchboard.hangs_up(call)
        await shows(page, "empty")
    heard = ["Gesprek. Bewezen.", "Geen gesprek. Het scherm is leeg."]
    assert await page.evaluate("window.said") == heard * 2
    live = page.locator("[aria-live], [role=status], [role=alert]")
    known = {"own-wrong", "own-said", "said", "ask-said"}
    assert {await each.get_attribute("id") for each in await live.all()} == known
    assert not await live.locator("article").count()


@pytest.mark.req("S2")
async def test_paper_holds_nothing_of_a_caller(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, browser: Browser
) -> None:
    """Print preview shows that it does not print this."""
    page = await agents.desktop(browser, SANNE)
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    await shows(page, "verified")
    await page.emulate_media(media="print")
    text = await page.evaluate("document.body.innerText")
    assert PERSON["fullname"] not in text
    assert "niet afgedrukt" in text


@pytest.mark.req("S2")
async def test_the_browser_keeps_nothing(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, browser: Browser
) -> None:
    """No storage, no form fields to fill in again, no words of a caller in the title."""
    page = await agents.desktop(browser, SANNE)
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    await shows(page, "verified")
    assert (await page.title()).split()[0] == "Bewezen"
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert await page.locator("input:not([type=hidden]), textarea, [contenteditable]").count() == 0
    state = await page.context.storage_state(indexed_db=True)
    assert not any(value in repr(state) for value in PERSON.values())


@pytest.mark.req("C8", "A2")
async def test_without_scripts_the_call_is_there_and_goes(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, browser: Browser
) -> None:
    """The page is led to one that renews itself."""
    context = await browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = await agents.log_in(context, SANNE)
    assert page.url.endswith("/nl/agent/plain")
    call = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(call, "PJSIP/sanne")
    await page.locator("[data-state=verified]").wait_for()
    assert PERSON["fullname"] in await page.content()
    await picture(page, "plain-1280")
    await switchboard.hangs_up(call)
    await page.locator("[data-state=empty]").wait_for()
    assert PERSON["fullname"] not in await page.content()


async def test_the_source_needs_no_mending(agents: Agents) -> None:
    """html-validate finds nothing to say."""
    async with agents.client(SANNE) as client:
        for path in ("agent", "agent/plain", "agent/away", "agent/login", "agent/account", "agent/others"):
            async with client.http.get(f"/nl/{path}") as answer:
                assert await faults(await answer.text()) == [], path


async def test_the_page_speaks_the_other_language_at_a_click(agents: Agents, browser: Browser) -> None:
    """And so does what the websocket brings."""
    page = await agents.desktop(browser, SANNE)
    await page.get_by_role("link", name="English").click()
    await page.get_by_text("There is no call now.").wait_for()
    assert await page.get_attribute("html", "lang") == "en"
