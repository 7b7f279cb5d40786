"""One active desktop of an agent, in real browsers: the newest window takes over, the older one blanks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.agents import SANNE, Agents, left_in, record, recorded, shows
from tests.lab.citizens import PERSON
from tests.lab.front import front
from tests.lab.looks import DESKTOP, looks_well
from tests.lab.switchboard import NUMBER

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from ivr.store.sessions import Sessions
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard
    from web.route import Room

pytestmark = [pytest.mark.e2e, pytest.mark.req("A5", "P3")]

CANARIES = (PERSON["fullname"], PERSON["bsn"], NUMBER)
STATES = ("empty", "ordinary", "pending", "verified", "failed")


async def _brought(
    state: str, switchboard: Switchboard, citizens: Citizens, sessions: Sessions
) -> str | None:
    """Bring a call into a state, with Sanne."""
    if state == "empty":
        return None
    citizen = None
    if state == "verified":
        citizen = await citizens.verified()
    elif state != "ordinary":
        citizen = await citizens.pending()
    call = await switchboard.arrives(citizen)
    await switchboard.answers(call, "PJSIP/sanne")
    if state == "failed" and citizen:
        await sessions.fail(citizen.session)
    return call


async def _tab(page: Page) -> Page:
    """Open the desktop in another tab of the same browser."""
    tab = await page.context.new_page()
    await tab.goto(page.url)
    return tab


async def test_a_second_tab_takes_over_in_every_state_and_a_reload_takes_it_back(
    agents: Agents, browser: Browser, switchboard: Switchboard, citizens: Citizens, sessions: Sessions
) -> None:
    """To and fro, each time at once, and with nothing of the caller left in the tab before."""
    first = await agents.desktop(browser, SANNE)
    second = await _tab(first)
    await shows(first, "elsewhere")
    for state in STATES:
        call = await _brought(state, switchboard, citizens, sessions)
        await shows(second, state)
        for newer, older in ((first, second), (second, first)):
            await newer.reload()
            await shows(newer, state)
            await shows(older, "elsewhere")
            assert await left_in(older, CANARIES) == []
        if call:
            await switchboard.hangs_up(call)
            await shows(second, "empty")


async def test_the_older_tab_gets_nothing_of_any_later_call(
    agents: Agents, browser: Browser, switchboard: Switchboard, citizens: Citizens
) -> None:
    """However many there are: every state that its document goes through."""
    first = await agents.desktop(browser, SANNE)
    second = await _tab(first)
    await shows(first, "elsewhere")
    await record(first)
    for number in range(3):
        name = f"Kanarie-{number}"
        call = await switchboard.arrives(await citizens.verified({"fullname": name, "bsn": name}))
        await switchboard.answers(call, "PJSIP/sanne")
        await second.get_by_text(name).first.wait_for()
        await switchboard.hangs_up(call)
        await shows(second, "empty")
    assert not [seen for seen in await recorded(first) if "Kanarie" in seen]


async def test_the_button_takes_it_back_by_keyboard(
    agents: Agents, browser: Browser, switchboard: Switchboard, citizens: Citizens
) -> None:
    """Without a reload; the focus stays with the call."""
    first = await agents.desktop(browser, SANNE, viewport=DESKTOP)
    second = await _tab(first)
    await shows(first, "elsewhere")
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    await shows(second, "verified")
    await first.evaluate("window.same = true")
    while await first.evaluate("document.activeElement.textContent.trim()") != "Gebruik dit venster":
        await first.keyboard.press("Tab")
    await first.keyboard.press("Enter")
    await shows(first, "verified")
    await shows(second, "elsewhere")
    assert await left_in(second, CANARIES) == []
    assert await first.evaluate("window.same && document.activeElement.tagName") == "H1"


async def test_two_browsers_are_as_two_tabs(
    agents: Agents, browser: Browser, switchboard: Switchboard, citizens: Citizens
) -> None:
    """Another machine, another log-in: the newest still is the only one."""
    office = await agents.desktop(browser, SANNE)
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    await shows(office, "verified")
    context = await browser.new_context(java_script_enabled=False)
    home = await context.new_page()
    await home.goto(str(agents.front.url / "nl/agent"))
    await home.locator("[name=name]").fill(SANNE)
    await home.locator("[name=password]").fill("een lang wachtwoord")
    await home.keyboard.press("Enter")
    await home.locator("[data-state=verified]").wait_for()
    await shows(office, "elsewhere")
    assert await left_in(office, CANARIES) == []
    await office.get_by_role("button", name="Gebruik dit venster").click()
    await shows(office, "verified")
    await home.locator("[data-state=elsewhere]").wait_for()
    assert not [value for value in CANARIES if value in await home.content()]
    await home.get_by_role("button", name="Gebruik dit venster").click()
    await home.locator("[data-state=verified]").wait_for()
    await shows(office, "elsewhere")


@pytest.mark.req("S2")
async def test_back_and_forward_bring_no_second_one(
    agents: Agents, browser: Browser, switchboard: Switchboard, citizens: Citizens
) -> None:
    """A page that comes back from the history is a new window; until then it holds nothing."""
    first = await agents.desktop(browser, SANNE)
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    await shows(first, "verified")
    await first.goto(str(agents.front.url / "nl/agent/account"))
    second = await _tab(first)
    await second.goto(str(agents.front.url / "nl/agent"))
    await shows(second, "verified")
    await first.go_back()
    await shows(first, "verified")
    await shows(second, "elsewhere")
    await first.go_forward()
    assert await left_in(first, CANARIES) == []
    assert await left_in(second, CANARIES) == []


@pytest.mark.req("O6")
async def test_a_tab_whose_network_comes_back_takes_nothing(
    agents: Agents, browser: Browser, switchboard: Switchboard, citizens: Citizens
) -> None:
    """What was opened meanwhile is newer, wherever it is."""
    first = await agents.desktop(browser, SANNE)
    await first.context.route("**/agent/ticket", lambda route: route.abort())
    agents.cut()
    await shows(first, "lost")
    second = await agents.desktop(browser, SANNE)
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    await shows(second, "verified")
    await record(first)
    await first.context.unroute("**/agent/ticket")
    await shows(first, "elsewhere")
    await shows(second, "verified")
    assert not [seen for seen in await recorded(first) if PERSON["fullname"] in seen]


@pytest.mark.req("O6")
async def test_a_restarted_web_knows_which_window_it_is(
    room: Room, browser: Browser, switchboard: Switchboard, citizens: Citizens
) -> None:
    """The one of before goes on; the other stays as it is."""
    async with front(room) as running:
        first = await Agents(running).desktop(browser, SANNE)
        second = await _tab(first)
        await shows(first, "elsewhere")
        await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
        await shows(second, "verified")
    await shows(second, "lost")
    assert await left_in(second, CANARIES) == []
    async with front(room, port=running.url.port or 0):
        await shows(second, "verified")
        await shows(first, "elsewhere")
        assert await left_in(first, CANARIES) == []


@pytest.mark.req("A10")
async def test_the_older_window_can_be_read_by_everybody(agents: Agents, browser: Browser) -> None:
    """And says to a screen reader what became of it."""
    first = await agents.desktop(browser, SANNE, viewport=DESKTOP)
    await _tab(first)
    await shows(first, "elsewhere")
    said = "U werkt in een ander venster. Dit venster toont geen gesprekken."
    assert await first.locator("#said").inner_text() == said
    assert (await first.title()).startswith("U werkt in een ander venster")
    await looks_well(first, "elsewhere")
