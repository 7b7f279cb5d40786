"""The team leader's page in a real browser: read by everybody, by keyboard, and kept true by itself."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from yarl import URL

from ivr.session.figures import bucket_of
from ivr.session.floor import WRAP_UP, Caller, Phone, Proof, QueueLine, State
from tests.lab.agents import PASSWORD, SANNE
from tests.lab.axe import violations
from tests.lab.floors import ZONE
from tests.lab.ground import Ground
from tests.lab.looks import DESKTOP, looks_well, picture
from tests.lab.switchboard import QUEUE
from web.agent.person import Role
from web.agent.team import RENEW_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, BrowserContext, Page

    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.lease import Lease
    from tests.lab.agents import Agents
    from web.agent.accounts import Accounts

pytestmark = [pytest.mark.e2e, pytest.mark.req("A6", "A10")]

LEADER = "petra"
PHONE = f"PJSIP/{SANNE}"
OTHER = "burgerzaken"
HOURS = 30
"""Quarters, of the day that is drawn."""


@pytest.fixture
async def ground(store: Store, lease: Lease, feed: Feed) -> AsyncIterator[Ground]:
    """A team at work, in the middle of a day."""
    async with Ground(store, lease, feed).running() as ground:
        now = await ground.now()
        await ground.stands(PHONE, QUEUE, OTHER)
        await ground.pauses(PHONE, "lunch")
        for number, phone in enumerate((Phone.BUSY, Phone.BUSY, Phone.FREE, Phone.RINGING, Phone.ABSENT)):
            await ground.stands(f"PJSIP/{number + 100}", QUEUE, phone=phone)
        await ground.stands("PJSIP/200", OTHER)
        await ground.pauses("PJSIP/200", WRAP_UP, 60)
        caller = Caller(now - 400, "verhuizing", Proof.VERIFIED)
        states = {State.CALL: 2, State.READY: 1, State.RINGING: 1, State.ABSENT: 1, State.PAUSED: 1}
        await ground.waits(QUEUE, QueueLine(12, caller.since, (caller,), states))
        await ground.waits(OTHER, QueueLine(0, 0, (), {State.WRAP_UP: 1, State.PAUSED: 1}))
        for queue in (QUEUE, OTHER):
            await a_day(store, queue)
        yield ground


async def a_day(store: Store, queue: str) -> None:
    """Write the figures of a busy day."""
    from datetime import UTC, datetime

    there = datetime.now(UTC).astimezone(ZONE)
    seconds = (await store.redis.time())[0] + int(there.utcoffset().total_seconds())
    now, chance = seconds % 86_400 // 900, random.Random(queue)  # noqa: S311 - a picture, not a secret
    for quarter in range(max(0, now - HOURS), now + 1):
        came = chance.randint(4, 24)
        gave_up = chance.randint(0, came // 5)
        answered = came - gave_up - (3 if quarter == now else 0)
        fields = {"o": came, "s": answered, "a": gave_up, "i": answered * 2 // 3, "t": answered * 4 // 5}
        for _ in range(answered):
            bucket = f"w{bucket_of(chance.lognormvariate(3.4, 0.9))}"
            fields[bucket] = fields.get(bucket, 0) + 1
        named = {f"{quarter}:{name}": str(many) for name, many in fields.items()}
        await store.redis.hset(store.keys.today(seconds // 86_400, queue), mapping=named)


async def log_in(agents: Agents, context: BrowserContext) -> Page:
    """Petra's page, which is the first that she comes to."""
    page = await context.new_page()
    await page.goto(str(agents.front.url / "nl/agent/login"))
    await page.locator("[name=name]").fill(LEADER)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.locator("h1", has_text="Het team").wait_for()
    return page


@pytest.fixture
async def petra(agents: Agents, accounts: Accounts, ground: Ground, browser: Browser) -> Page:
    """The leader's page."""
    accounts.add(LEADER, PASSWORD, "Petra Jansen", None, roles=(Role.LEADER,))
    return await log_in(agents, await browser.new_context(viewport=DESKTOP))


async def test_it_can_be_read_by_everybody(petra: Page) -> None:
    """In any light, enlarged, and with the tables unfolded; each chart has one, and says so."""
    await expect(petra.locator("svg[role=img]")).to_have_count(4)
    for summary in await petra.locator("summary").all():
        await summary.click()
    assert await violations(petra) == []
    await picture(petra, "team-unfolded-1280")
    for summary in await petra.locator("summary").all():
        await summary.click()
    await looks_well(petra, "team")


async def test_the_charts_tell_without_colour(petra: Page) -> None:
    """By place and shape: in forced colours they are as they were."""
    await petra.locator("svg[role=img]").first.wait_for()
    await petra.emulate_media(forced_colors="active")
    assert await violations(petra) == []
    await picture(petra, "team-forced-1280")
    kinds = await petra.evaluate(
        "[...document.querySelectorAll('svg rect')].map((each) => each.className.baseVal)"
    )
    shapes = ("abandoned", "half", "most", "open", "range", "served")
    assert set(kinds) == {f"idb-chart__{shape}" for shape in shapes}


async def test_it_is_kept_true_and_nothing_is_folded_up(petra: Page, ground: Ground) -> None:
    """Whoever reads a table by keyboard is still there when newer figures come."""
    summary = petra.locator("summary").first
    await summary.focus()
    await petra.keyboard.press("Enter")
    await petra.locator("details[open]").wait_for()
    await ground.stands(PHONE, QUEUE)
    await petra.locator("tr", has_text="Sanne de Wit").get_by_text("Beschikbaar").wait_for()
    await a_day(ground._store, OTHER)
    assert await petra.locator("details[open]").count() == 1
    assert await petra.evaluate("document.activeElement.tagName") == "SUMMARY"


@pytest.mark.req("O6")
async def test_what_is_not_known_any_more_is_not_shown(petra: Page, ground: Ground, agents: Agents) -> None:
    """Without a server, after some seconds; and it comes back by itself."""
    await petra.locator("svg[role=img]").first.wait_for()
    await petra.context.route("**/agent/team/ticket", lambda route: route.abort())
    agents.cut()
    await petra.get_by_text("De cijfers zijn nu niet te krijgen").wait_for(timeout=30_000)
    assert await petra.locator("table").count() == 0
    assert await violations(petra) == []
    await picture(petra, "team-silent-1280")
    await petra.context.unroute("**/agent/team/ticket")
    await petra.locator("table").first.wait_for(timeout=30_000)


@pytest.mark.req("C8")
async def test_without_scripts_it_is_the_same_page(
    agents: Agents, accounts: Accounts, ground: Ground, browser: Browser
) -> None:
    """Under another address, which reads itself again."""
    accounts.add(LEADER, PASSWORD, "Petra Jansen", None, roles=(Role.LEADER,))
    context = await browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = await log_in(agents, context)
    assert await page.locator("svg[role=img]").count() == 4
    assert "Sanne de Wit" in await page.content()
    assert page.url.endswith("/nl/agent/team/plain")
    read = await page.reload()
    assert read.headers["refresh"] == f"{RENEW_SECONDS}; url={URL(page.url).path}"
