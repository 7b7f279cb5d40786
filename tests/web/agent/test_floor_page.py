"""The floor on the agent's desktop, in a real browser: by eye, ear and keyboard, and as time passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.session.floor import LINE, WRAP_UP, Caller, Phone, Proof, QueueLine, State
from ivr.store.orders import Became
from tests.lab.agents import SANNE, left_in, shows
from tests.lab.axe import violations
from tests.lab.citizens import PERSON
from tests.lab.ground import Ground
from tests.lab.looks import DESKTOP, looks_well, picture
from tests.lab.switchboard import QUEUE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.lease import Lease
    from tests.lab.agents import Agents
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard

pytestmark = [pytest.mark.e2e, pytest.mark.req("A6", "A10")]

PHONE = f"PJSIP/{SANNE}"
BEHIND = 312


@pytest.fixture
async def ground(store: Store, lease: Lease, feed: Feed) -> AsyncIterator[Ground]:
    """Sanne works in one queue, and gets calls."""
    async with Ground(store, lease, feed).running() as ground:
        await ground.stands(PHONE, QUEUE)
        yield ground


@pytest.fixture
async def sanne(agents: Agents, browser: Browser, ground: Ground) -> Page:
    """Sanne's desktop."""
    return await agents.desktop(browser, SANNE, viewport=DESKTOP)


async def is_(page: Page, mode: str) -> None:
    """Wait until the page says this of whether calls come."""
    await page.locator(f"#own > [data-mode={mode}]").wait_for()


async def crowd(ground: Ground) -> None:
    """A busy hour: two queues, one of them too long to be listed."""
    now = await ground.now()
    kinds = (("verhuizing", Proof.VERIFIED), ("", Proof.NONE), ("afval", Proof.PENDING), ("", Proof.NONE))
    kinds = (*kinds, ("verhuizing", Proof.FAILED))
    callers = tuple(Caller(now - 65 * (LINE - each), *kinds[each % len(kinds)]) for each in range(LINE))
    states = {State.READY: 1, State.CALL: 12, State.RINGING: 1, State.PAUSED: 2, State.WRAP_UP: 3}
    ground.members[PHONE] = (await _standing(ground))[PHONE]
    await ground.waits(QUEUE, QueueLine(LINE + BEHIND, now - 65 * LINE, callers, states))
    await ground.waits("burgerzaken-algemeen", QueueLine(0, 0, (), {State.READY: 2}))


async def _standing(ground: Ground) -> dict[str, object]:
    await ground.stands(PHONE, "burgerzaken-algemeen", QUEUE)
    return dict(ground.members)


async def test_each_mode_can_be_read_by_everybody(sanne: Page, ground: Ground, agents: Agents) -> None:
    """Axe finds nothing; each has its own words, sign and frame, so none is known by its colour alone."""
    await is_(sanne, "ready")
    seen = {await sanne.locator("#own").inner_text()}
    await sanne.keyboard.press("F10")
    await sanne.locator("[value='pause:lunch']").wait_for()
    assert await violations(sanne) == []
    await picture(sanne, "floor-choosing-1280")
    await sanne.keyboard.press("F10")
    for mode, change in (
        ("paused", ground.pauses(PHONE, "lunch")),
        ("wrap-up", ground.pauses(PHONE, WRAP_UP, 60)),
        ("absent", ground.stands(PHONE, QUEUE, phone=Phone.ABSENT)),
        ("nowhere", ground.stands(PHONE)),
    ):
        await change
        await is_(sanne, mode)
        seen.add(await sanne.locator("#own").inner_text())
        assert await violations(sanne) == []
        await picture(sanne, f"floor-{mode}-1280")
    await sanne.context.route("**/agent/ticket", lambda route: route.abort())
    agents.cut()
    await is_(sanne, "unknown")
    assert await violations(sanne) == []
    await picture(sanne, "floor-unknown-1280")
    assert len(seen) == 5


async def test_a_busy_hour_can_be_read_by_everybody(sanne: Page, ground: Ground) -> None:
    """In any light, and at 400%; in front those who are served first, and how many there are behind them."""
    await crowd(ground)
    await sanne.locator(".idb-queue").nth(1).wait_for()
    queue = sanne.locator(".idb-queue", has_text=QUEUE)
    await queue.locator("li").nth(LINE - 1).wait_for()
    first = await queue.locator("li").first.inner_text()
    assert first.split("\n") == ["54 minuten", "verhuizing", "Bewezen"] or "54 minuten" in first
    assert await queue.locator("[data-slot=behind]").inner_text() == str(BEHIND)
    figures = await queue.locator("dd").all_inner_texts()
    assert figures == [str(LINE + BEHIND), "1", "13", "5"]
    assert await sanne.locator(".idb-queue").count() == 2
    await looks_well(sanne, "floor-busy")


async def test_the_whole_of_it_is_done_by_keyboard(sanne: Page, ground: Ground) -> None:
    """One key to choose, and the same key to be back; a screen reader hears what became of it, once."""
    await is_(sanne, "ready")
    await sanne.evaluate(
        """() => {
            window.said = [];
            const said = document.getElementById("own-said");
            const all = { childList: true, characterData: true, subtree: true };
            new MutationObserver(() => window.said.push(said.textContent)).observe(said, all);
        }"""
    )
    await sanne.keyboard.press("F10")
    await sanne.keyboard.press("F8")
    await sanne.locator("#own summary").focus()
    for _ in range(2):
        await sanne.keyboard.press("Tab")
    await sanne.keyboard.press("Enter")
    await is_(sanne, "paused")
    assert await sanne.evaluate("document.activeElement.textContent") == "Niet beschikbaar: Overleg"
    await sanne.keyboard.press("F10")
    await is_(sanne, "ready")
    assert await sanne.evaluate("window.said") == ["Niet beschikbaar: Overleg", "Beschikbaar"]
    assert [each.reason for each in ground.members.values()] == [""]


async def test_wrap_up_is_ended_at_once_or_made_longer(sanne: Page, ground: Ground) -> None:
    """By the same key, or by a reason."""
    await ground.pauses(PHONE, WRAP_UP, 150)
    await is_(sanne, "wrap-up")
    assert "nog 3 minuten" in (await sanne.locator("#own").inner_text()).replace("\n", " ")
    await sanne.keyboard.press("F10")
    await is_(sanne, "ready")
    await ground.pauses(PHONE, WRAP_UP, 150)
    await is_(sanne, "wrap-up")
    await sanne.locator("#own summary").click()
    await sanne.get_by_role("button", name="Lunch").click()
    await is_(sanne, "paused")


@pytest.mark.req("S2")
async def test_in_wrap_up_the_screen_is_empty(
    sanne: Page, ground: Ground, switchboard: Switchboard, citizens: Citizens
) -> None:
    """Of the call nothing is left, also while there is time to write something down."""
    await is_(sanne, "ready")
    call = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(call, PHONE)
    await shows(sanne, "verified")
    await switchboard.hangs_up(call)
    await ground.pauses(PHONE, WRAP_UP, 60)
    await is_(sanne, "wrap-up")
    await shows(sanne, "empty")
    assert await left_in(sanne, PERSON.values()) == []


async def test_what_did_not_work_is_said_and_can_be_tried_again(sanne: Page, ground: Ground) -> None:
    """By telephony, and without a network."""
    await is_(sanne, "ready")
    ground.became = Became.FAILED
    await sanne.locator("#own summary").click()
    await sanne.get_by_role("button", name="Lunch").click()
    await sanne.get_by_role("alert").get_by_text("Dat lukte nu niet").wait_for()
    await sanne.route("**/agent/stance", lambda route: route.abort())  # a page hears of it a moment later
    assert await violations(sanne) == []
    await picture(sanne, "floor-failed-1280")
    await sanne.get_by_role("button", name="Lunch").click()
    await sanne.get_by_role("alert").get_by_text("Dat is niet gelukt").wait_for()
    await sanne.unroute("**/agent/stance")
    ground.became = None
    await sanne.get_by_role("button", name="Lunch").click()
    await is_(sanne, "paused")
    assert await sanne.locator("#own-wrong").text_content() == ""


@pytest.mark.req("S4")
async def test_where_it_cannot_be_done_there_is_no_button(sanne: Page, ground: Ground) -> None:
    """And it is said where it can."""
    await is_(sanne, "ready")
    ground.may = False
    await ground.tell()
    await ground.pauses(PHONE, "lunch")
    await sanne.get_by_text("Op deze pagina kunt u geen pauze nemen").wait_for()
    assert await sanne.locator("#own button, #own summary").count() == 0
    assert await violations(sanne) == []


async def test_time_passes_in_whole_minutes_and_nothing_else_moves(sanne: Page, ground: Ground) -> None:
    """What has not changed is not drawn again, whatever else does."""
    now = await ground.now()
    one = Caller(now - 60, "verhuizing", Proof.VERIFIED)
    await ground.waits(QUEUE, QueueLine(1, one.since, (one,), {}))
    await sanne.locator("li.idb-waiter").wait_for()
    await sanne.evaluate("window.first = document.querySelector('li.idb-waiter')")
    two = Caller(now, "", Proof.NONE)
    await ground.waits(QUEUE, QueueLine(2, one.since, (one, two), {}))
    await sanne.locator("li.idb-waiter").nth(1).wait_for()
    assert await sanne.evaluate("window.first === document.querySelector('li.idb-waiter')")
    times = sanne.locator("[data-slot=time]")
    assert await times.all_inner_texts() == ["1 minuut", "minder dan een minuut"]
    await sanne.evaluate(
        """() => {
            const far = performance.now.bind(performance);
            performance.now = () => far() + 120_000;
        }"""
    )
    await sanne.get_by_text("3 minuten").wait_for()


@pytest.mark.req("O6")
async def test_what_is_not_known_any_more_is_not_shown(sanne: Page, ground: Ground) -> None:
    """Rather than figures of before."""
    await crowd(ground)
    await sanne.locator("li.idb-waiter").first.wait_for()
    await ground.is_silent()
    await sanne.locator("#queues li.idb-waiter").first.wait_for(state="detached")
    await ground.stands(PHONE, QUEUE)
    await sanne.get_by_text("Nu niet bekend wie hier wacht").first.wait_for()
    assert await violations(sanne) == []
    await picture(sanne, "floor-silent-1280")


@pytest.mark.req("C8")
async def test_without_scripts_it_is_done_by_buttons(
    agents: Agents, browser: Browser, ground: Ground
) -> None:
    """Each reason has one; the page tells the same."""
    await crowd(ground)
    context = await browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = await agents.log_in(context, SANNE)
    assert await page.locator("li.idb-waiter").count() == LINE
    await picture(page, "floor-plain-1280")
    await page.get_by_role("button", name="Lunch").click()
    await page.locator("[data-mode=paused]").wait_for()
    await picture(page, "floor-plain-paused-1280")
    await page.get_by_role("button", name="Beschikbaar").click()
    await page.locator("[data-mode=ready]").wait_for()
