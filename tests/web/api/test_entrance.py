"""web.api.entrance, web.api.way_back: a browser comes in, logs in and goes back; nobody else gains by it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from yarl import URL

from ivr.session.notice import Kind, Notice
from tests.lab.axe import violations
from tests.lab.markup import faults
from tests.lab.programs import come_back, follow, grant_of, press, programs
from web import cookies

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from ivr.session.purpose import Purposes
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.sessions import Sessions
    from tests.lab.programs import Program, Programs
    from tests.lab.visitors import Visitor

OTHER_VERIFIER = "x" * 43


async def sessions_in(store: Store) -> int:
    """How many sessions there are."""
    return len(await store.redis.keys(store.keys.session("*")))


@pytest.mark.tools
@pytest.mark.req("C3")
async def test_the_page_says_who_sent_the_citizen_and_what_is_asked(
    program: Program, visitor: Visitor
) -> None:
    """And warns whoever got the link from somebody else. Reading it starts nothing, however often."""
    asked = await program.ask(purpose="afval")
    for _ in range(2):
        shown = await follow(visitor, asked)
        assert shown.status == 200
        for words in (
            "localhost",
            "postcode (nl)",
            "afval in het Nederlands",
            "Heeft iemand anders u deze link",
        ):
            assert words in shown.text
        assert not visitor.cookie
    assert await faults(shown.text) == []


async def test_the_link_speaks_the_language_that_was_asked_for(program: Program) -> None:
    """By name, or else that of the front end's own call."""
    english = await program.ask(language="en")
    assert english.url.path.startswith("/en/login/from/")
    answer = await program.call(
        "POST",
        "/v1/login-requests",
        json=program.wish("v" * 43),
        headers={"Accept-Language": "en-GB, nl;q=0.3"},
    )
    assert URL(answer.body["url"]).path.startswith("/en/")


@pytest.mark.req("S5", "S7")
async def test_a_link_works_once(both: Programs, program: Program, store: Store) -> None:
    """Of two browsers that press at one time, one gets a session; afterwards the page is not there."""
    asked = await program.ask()
    async with both.visitors.visitor() as one, both.visitors.visitor() as other:
        pages = [await follow(somebody, asked) for somebody in (one, other)]
        done = await asyncio.gather(*map(press, (one, other), pages))
        assert sorted(page.status for page in done) == [200, 404]
        assert await sessions_in(store) == 1
    async with both.visitors.visitor() as third:
        assert (await follow(third, asked)).status == 404
        assert (await third.open("/login/from/" + "x" * 43)).status == 404


async def test_who_comes_back_to_a_link_goes_on_with_what_they_began(
    program: Program, visitor: Visitor
) -> None:
    """The back button: no dead end."""
    asked = await program.ask()
    await press(visitor, await follow(visitor, asked))
    shown = await follow(visitor, asked)
    assert shown.text == "<p>Welcome back.</p>"
    assert (await program.open(grant_of(shown), asked.verifier)).body["session"][
        "identification"
    ] == "pending"


@pytest.mark.req("S7")
async def test_the_button_needs_the_token_of_our_own_page(
    program: Program, visitor: Visitor, store: Store
) -> None:
    """Another site cannot press it; and the link is not used up by that."""
    asked = await program.ask()
    shown = await follow(visitor, asked)
    async with visitor.http.post(asked.url.path, data={"method": "demo"}) as answer:
        assert answer.status == 403
    wrong = await visitor.send(shown, shown.path, method="nothing")
    assert (wrong.status, await sessions_in(store)) == (404, 0)
    assert "demo" in (await press(visitor, shown)).path


@pytest.mark.req("S4", "S7")
async def test_who_sends_a_citizen_here_by_a_link_of_their_own_gets_nothing(
    both: Programs, program: Program
) -> None:
    """They keep the verifier, but the grant comes back in the victim's browser; nor is it of use to others.

    The ticket is in the victim's cookie alone; a grant without its verifier is spent, and opens nothing.
    """
    asked = await program.ask()
    async with both.visitors.visitor() as victim:
        shown = await come_back(victim, asked)
        refused = await program.open(grant_of(shown), OTHER_VERIFIER)
        assert refused.status == 404
        assert (await program.open(grant_of(shown), asked.verifier)).status == 404
        assert (await program.open("x" * 43, asked.verifier)).status == 404
        assert (await victim.open("/call")).status == 200


@pytest.mark.req("S5")
async def test_a_grant_works_once_and_for_a_minute(program: Program, visitor: Visitor, store: Store) -> None:
    """A second time, or too late, it is as if it had never been."""
    asked = await program.ask()
    shown = await come_back(visitor, asked)
    grants = await store.redis.keys(store.keys.note("*"))
    assert [0 < await store.redis.ttl(key) <= 60 for key in grants] == [True]
    answers = await asyncio.gather(*(program.open(grant_of(shown), asked.verifier) for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [201, 404, 404, 404]
    late = await program.ask()
    shown = await come_back(visitor, late)
    await store.redis.delete(*await store.redis.keys(store.keys.note("*")))
    assert (await program.open(grant_of(shown), late.verifier)).status == 404


@pytest.mark.req("S7")
async def test_a_browser_goes_nowhere_but_where_its_own_login_request_said(
    program: Program, visitor: Visitor
) -> None:
    """A session that was begun on our own pages stays there, whatever cookie is left of another one."""
    await press(visitor, await follow(visitor, await program.ask()))
    assert cookies.RETURN in {cookie.key for cookie in visitor.http.cookie_jar}
    page = await visitor.arrive("afval")
    assert page.path == "/nl/call"
    assert (await visitor.open("/call?returnUrl=https://evil.example")).path.startswith("/nl/call")


@pytest.mark.req("S7")
async def test_how_often_a_link_may_be_asked_is_limited(
    store: Store, sessions: Sessions, feed: Feed, purposes: Purposes
) -> None:
    """Told with when to try again; reading is not counted."""
    async with programs(store, sessions, feed, purposes, api_per_minute=2) as running:
        program = running.program
        wish = program.wish("v" * 43)
        answers = [await program.call("POST", "/v1/login-requests", json=wish) for _ in range(3)]
        assert [answer.status for answer in answers] == [201, 201, 429]
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert (await program.call("GET", "/v1/purposes")).status == 200


@pytest.mark.req("P8", "C11")
async def test_what_is_closed_cannot_be_asked_for_and_says_so_beforehand(
    store: Store, sessions: Sessions, feed: Feed, purposes: Purposes
) -> None:
    """A disruption: with each purpose, and when asked all the same."""
    notice = Notice(Kind.DISRUPTED, {"nl": "Er is een storing.", "en": "There is a disruption."})
    async with programs(store, sessions, feed, purposes, notice=notice, now=time.time) as running:
        program = running.program
        told = await program.call("GET", "/v1/purposes/afval", headers={"Accept-Language": "en"})
        assert told.body["availability"] == {
            "canStart": False,
            "reason": "disrupted",
            "open": True,
            "until": None,
            "notice": "There is a disruption.",
        }
        refused = await program.call("POST", "/v1/login-requests", json=program.wish("v" * 43))
        assert (refused.status, refused.body["title"]) == (409, "Er is nu niemand")


@pytest.mark.e2e
@pytest.mark.req("C8", "C9")
async def test_in_a_real_browser_from_the_link_and_back(both: Programs, browser: Browser) -> None:
    """On a phone, light and dark: nothing for axe to find; our policy lets the form end at the other site."""
    asked = await both.program.ask(method="demo")
    page = await both.visitors.window(browser, asked.url.path, viewport={"width": 360, "height": 740})
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme=scheme)
        assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.locator("[name=method]").click()
    await page.locator("form[action$='/login/demo'] button").click()
    await page.get_by_text("Welcome back.").wait_for()
    opened = await both.program.open(URL(page.url).query["grant"], asked.verifier)
    assert opened.body["session"]["identification"] == "verified"
