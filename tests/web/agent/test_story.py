"""The agent's desktop in a real browser, from pickup to hangup: the right screen fills, and nothing stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.agents import JOOST, SANNE, left_in, record, recorded, shows
from tests.lab.citizens import PERSON, PURPOSES, identity
from tests.lab.switchboard import NUMBER

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from ivr.store.sessions import Sessions
    from tests.lab.agents import Agents
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard

pytestmark = pytest.mark.e2e

CANARIES = (PERSON["fullname"], PERSON["bsn"], NUMBER)


@pytest.fixture
async def sanne(agents: Agents, browser: Browser) -> Page:
    """Sanne's desktop, empty."""
    return await agents.desktop(browser, SANNE)


@pytest.mark.req("P3", "A2", "S2")
async def test_only_who_answers_sees_the_caller(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, browser: Browser, sanne: Page
) -> None:
    """All of it, with labels; the other agent nothing; and after the hangup nobody."""
    joost = await agents.desktop(browser, JOOST)
    call = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(call, "PJSIP/sanne")
    await shows(sanne, "verified")
    text = await sanne.locator("#screen").inner_text()
    for shown in (
        *CANARIES,
        "Bewezen",
        "verhuizing in het Nederlands",
        "fullname (nl)",
        "demo (nl)",
        "Substantieel",
    ):
        assert shown in text
    await shows(joost, "empty")
    assert await left_in(joost, CANARIES) == []
    await switchboard.hangs_up(call)
    await shows(sanne, "empty")
    assert await left_in(sanne, CANARIES) == []
    assert "Dit scherm is leeg" in await sanne.locator("#screen").inner_text()


@pytest.mark.req("A3")
async def test_not_yet_identified_fills_by_itself(
    switchboard: Switchboard, citizens: Citizens, sessions: Sessions, sanne: Page
) -> None:
    """The moment that the login is done, on the page as it stands."""
    await sanne.evaluate("window.same = true")
    citizen = await citizens.pending()
    await switchboard.answers(await switchboard.arrives(citizen), "PJSIP/sanne")
    await shows(sanne, "pending")
    assert "Nog niet geïdentificeerd" in await sanne.locator("h1").inner_text()
    await sessions.verify(citizen.session, PURPOSES.get("verhuizing"), identity())
    await shows(sanne, "verified")
    assert await left_in(sanne, CANARIES) == list(CANARIES)
    assert await sanne.evaluate("window.same")


async def test_a_login_that_fails_says_so(
    switchboard: Switchboard, citizens: Citizens, sessions: Sessions, sanne: Page
) -> None:
    """And shows no data."""
    citizen = await citizens.pending()
    await switchboard.answers(await switchboard.arrives(citizen), "PJSIP/sanne")
    await shows(sanne, "pending")
    await sessions.fail(citizen.session)
    await shows(sanne, "failed")
    assert await sanne.locator("h1").inner_text() == "Identificatie mislukt"


@pytest.mark.req("P4")
async def test_an_ordinary_caller_is_not_identified(switchboard: Switchboard, sanne: Page) -> None:
    """In words, in shape and in picture."""
    await switchboard.answers(await switchboard.arrives(), "PJSIP/sanne")
    await shows(sanne, "ordinary")
    card = sanne.locator("#screen > article")
    assert await card.locator("h1").inner_text() == "Niet geïdentificeerd"
    assert await card.evaluate("(card) => getComputedStyle(card).borderTopStyle") == "dashed"
    assert await left_in(sanne, ("Bewezen:", PERSON["fullname"])) == []


@pytest.mark.req("A5")
async def test_a_reload_brings_the_same_call_back(
    switchboard: Switchboard, citizens: Citizens, sanne: Page
) -> None:
    """However often."""
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    await shows(sanne, "verified")
    for _ in range(3):
        await sanne.reload()
        await shows(sanne, "verified")
    assert await left_in(sanne, CANARIES) == list(CANARIES)


@pytest.mark.req("S2", "O6")
async def test_when_telephony_dies_the_screen_clears_by_itself(
    switchboard: Switchboard, citizens: Citizens, sanne: Page
) -> None:
    """Nobody tells it that the call is over. How soon: see test_screen."""
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    await shows(sanne, "verified")
    await switchboard.dies()
    await shows(sanne, "empty")
    assert await left_in(sanne, CANARIES) == []


@pytest.mark.req("P3", "S2")
async def test_the_caller_before_is_never_on_the_screen_of_the_next(
    switchboard: Switchboard, citizens: Citizens, sanne: Page
) -> None:
    """Every state that the document goes through, while calls follow one another at once."""
    await record(sanne)
    names = [f"Kanarie-{number}-van-Dam" for number in range(12)]
    for name in names:
        call = await switchboard.arrives(await citizens.verified({"fullname": name, "bsn": name}))
        await switchboard.answers(call, "PJSIP/sanne")
        if name is not names[-1]:
            await switchboard.hangs_up(call)
    await sanne.get_by_text(names[-1]).first.wait_for()
    order = [[name for name in names if name in seen] for seen in await recorded(sanne)]
    assert all(len(on_screen) <= 1 for on_screen in order)
    shown = [names.index(on_screen[0]) for on_screen in order if on_screen]
    assert shown == sorted(shown)
