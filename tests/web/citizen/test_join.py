"""The short address: from the number that an agent reads out to a code that counts in that call alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.store.claims import Claimed, Wrong
from ivr.store.keyspace import CallId, Member
from ivr.store.upgrades import Upgrades
from tests.lab.axe import violations
from tests.lab.markup import faults
from tests.lab.switchboard import ASTERISK
from tests.lab.visitors import log_in, pages
from web.citizen.join import join_room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

    from ivr.session.purpose import Purposes
    from ivr.store.claims import Claims
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.sessions import Sessions
    from tests.lab.switchboard import Switchboard
    from tests.lab.visitors import Visitors

pytestmark = pytest.mark.req("P11", "A8", "C1")

SANNE = Member(ASTERISK, "PJSIP/sanne")
PICTURES = os.environ.get("IDBELLEN_PICTURES")
"""A folder to keep a picture of each page in, to look at."""


@pytest.fixture
async def visitors(
    store: Store, sessions: Sessions, feed: Feed, purposes: Purposes
) -> AsyncIterator[Visitors]:
    """The pages with the short address."""
    async with pages(
        sessions,
        feed,
        purposes,
        further=lambda parts: (join_room(Upgrades(store), parts.starts, purposes, parts.board.providers),),
    ) as running:
        yield running


@pytest.fixture
async def call(switchboard: Switchboard) -> CallId:
    """An ordinary caller, answered by Sanne."""
    uniqueid = await switchboard.arrives()
    await switchboard.answers(uniqueid, SANNE.interface)
    return CallId(ASTERISK, uniqueid)


@pytest.fixture
async def number(store: Store, call: CallId) -> str:
    """What Sanne reads out."""
    return await Upgrades(store).ask(SANNE, call, "verhuizing")


async def looked_at(page: Page, name: str) -> None:
    """See that everybody can use it, small and large."""
    for size in (360, 1280):
        await page.set_viewport_size({"width": size, "height": 740})
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"join-{name}-{size}.png", full_page=True)


@pytest.mark.e2e
@pytest.mark.req("C5", "C9", "C12")
async def test_from_the_number_to_a_code_for_this_call(
    visitors: Visitors, browser: Browser, number: str, call: CallId, claims: Claims
) -> None:
    """Typed with a mistake first; the page with the code says to stay on the line, not to call."""
    page = await visitors.window(browser, "/nl/b")
    await looked_at(page, "number")
    for typed in ("123456", number):
        await page.locator("[name=number]").fill(f"{typed[:3]} {typed[3:]}")
        await page.keyboard.press("Enter")
        if typed != number:
            await page.get_by_text("Dit nummer klopt niet").wait_for()
            await looked_at(page, "wrong")
    await page.locator("[name=agree]").check()
    await looked_at(page, "before")
    await page.locator("[name=method]").first.click()
    await page.locator("[name=person]").first.wait_for()
    await log_in(page)
    await page.get_by_role("heading", name="Blijf aan de lijn").wait_for()
    await looked_at(page, "code")
    await page.locator("#status-spoken summary").click()
    await looked_at(page, "spoken")
    assert await page.locator("#status a[href^=tel]").count() == 0
    citizen = await visitors.of(page)
    assert isinstance(await claims.join(call, citizen.code, None, ""), Claimed)
    await page.locator("[data-panel=connected]").wait_for()


@pytest.mark.tools
async def test_without_scripts_and_by_a_link(
    visitors: Visitors, number: str, call: CallId, claims: Claims
) -> None:
    """Straight to the page that says what is asked; without agreeing nothing begins."""
    async with visitors.visitor() as visitor:
        shown = await visitor.open(f"/b/{number}")
        assert await faults(shown.text) == []
        assert "U bent met ons aan de telefoon" in shown.text
        again = await visitor.send(shown, f"/b/{number}")
        assert again.status == 422
        page = await visitor.send(shown, f"/b/{number}", agree="yes")
        page = await visitor.send(page, "/login/demo")
        assert 'data-panel="in-call"' in page.text
        citizen = await visitors.citizen(visitor.cookie)
        assert await claims.claim(CallId(ASTERISK, "1700000009.9"), citizen.code, None, "") == Wrong()


@pytest.mark.e2e
@pytest.mark.req("C6", "S2")
async def test_when_the_call_is_over_so_is_the_page_though_no_code_was_keyed(
    visitors: Visitors, browser: Browser, switchboard: Switchboard, number: str, call: CallId
) -> None:
    """By itself: the call has ended, and all is erased."""
    page = await visitors.window(browser, f"/nl/b/{number}")
    await page.locator("[name=agree]").check()
    await page.locator("[name=method]").first.click()
    await log_in(page)
    await page.locator("[data-panel=in-call]").wait_for()
    await switchboard.hangs_up(call.uniqueid)
    await page.locator("[data-panel=ended]").wait_for()
    assert "gewist" in await page.locator("#status").inner_text()
    await looked_at(page, "ended")


@pytest.mark.req("C6")
async def test_who_has_not_logged_in_when_the_call_is_over_is_told_as_well(
    visitors: Visitors, switchboard: Switchboard, number: str, call: CallId
) -> None:
    """Though the call knows nothing of them."""
    async with visitors.visitor() as visitor:
        await visitor.send(await visitor.open(f"/b/{number}"), f"/b/{number}", agree="yes")
        line = await visitor.dial()
        assert "nog niet ingelogd" in (await line.receive_json())["html"]
        await switchboard.hangs_up(call.uniqueid)
        assert "Uw gesprek is klaar" in (await line.receive_json())["html"]


@pytest.mark.tools
@pytest.mark.req("S7")
@pytest.mark.parametrize("typed", ["", "12", "123456", "abcdef", "9" * 400, "../x", "%00"])
async def test_a_number_that_is_none_is_asked_again(visitors: Visitors, typed: str) -> None:
    """In plain words, with the field to try again."""
    async with visitors.visitor() as visitor:
        shown = await visitor.open(f"/b?number={typed}")
        assert shown.status == 422
        assert shown.has_form("/b")
        assert await faults(shown.text) == []


async def test_an_address_of_a_call_that_is_over_leads_to_the_number(
    visitors: Visitors, switchboard: Switchboard, number: str, call: CallId
) -> None:
    """Before agreeing, and after."""
    async with visitors.visitor() as visitor:
        shown = await visitor.open(f"/b/{number}")
        await switchboard.hangs_up(call.uniqueid)
        late = await visitor.send(shown, f"/b/{number}", agree="yes")
        assert (late.status, late.has_form("/b")) == (404, True)
        assert (await visitor.open(f"/b/{number}")).status == 404
        assert not visitor.cookie


@pytest.mark.req("S3")
async def test_numbers_are_not_to_be_tried_one_by_one(visitors: Visitors) -> None:
    """Beyond some tries a minute there is no answer."""
    async with visitors.visitor() as visitor:
        statuses = [(await visitor.open(f"/b/{100000 + n}")).status for n in range(32)]
    assert statuses[0] == 404
    assert statuses[-1] == 429
