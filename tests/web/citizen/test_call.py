"""web.citizen.call: number and code, and what the page says in each state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.session.attributes import Secret
from ivr.session.code import EXTENSIONS, grouped
from ivr.session.model import Identification
from ivr.store.keyspace import CallId
from tests.lab.citizens import PERSON, PURPOSES, identity
from tests.lab.switchboard import ASTERISK
from tests.web.citizen.conftest import AGENT, PHONE
from web import cookies
from web.citizen.call import NEW_CODES

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.sessions import Sessions
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard
    from tests.lab.visitors import Shown, Visitor, Visitors


LIMIT = int(NEW_CODES.per_client.partition("/")[0])


async def past(store: Store, session: str) -> None:
    """Let the time of a session's code be over."""
    await store.redis.hset(store.keys.session(session), "expires", "1")
    await store.redis.publish(store.keys.changed(), f"session:{session}")


@pytest.mark.req("C5", "P9")
async def test_number_and_code_stand_there_as_text_link_and_picture(visitors: Visitors) -> None:
    """In groups; digit by digit for ears; the link dials and keys the code; the picture is that link."""
    async with visitors.visitor() as visitor:
        page = await visitor.arrive()
        citizen = await visitors.citizen(visitor.cookie)
    code = citizen.code.reveal()
    assert (page.status, page.path) == (200, "/nl/call")
    for group in ("014", "123", *grouped(code)):
        assert f'<span aria-hidden="true">{group}</span>' in page.text
    assert ", ".join(" ".join(group) for group in grouped(code)) in page.text
    assert f'href="tel:+31141234567,,{code}"' in page.text
    assert "<svg" in page.text.partition('role="img"')[2]
    assert citizen.extra.reveal() in page.text.partition("<details")[2].partition("</details>")[0]


@pytest.mark.req("C12", "P10")
async def test_the_page_says_that_nobody_asks_for_the_code_and_what_calling_costs(visitors: Visitors) -> None:
    """Where the code stands, and where the number stands."""
    for language, said in (
        ("nl", ("vragen er nooit om", "gewone kosten")),
        ("en", ("never ask for it", "usual costs")),
    ):
        async with visitors.visitor(language) as visitor:
            page = await visitor.arrive()
            steps = page.text.partition('<ol class="idb-steps">')[2].partition("</ol>")[0]
            assert all(words in steps for words in said)


@pytest.mark.req("S1")
async def test_nothing_of_what_was_proven_is_on_the_page_or_kept_by_a_browser(
    visitors: Visitors, sessions: Sessions, citizens: Citizens
) -> None:
    """In no state; and no answer may be stored."""
    citizen = await citizens.verified()
    async with visitors.visitor() as visitor:
        visitor.http.cookie_jar.update_cookies({cookies.CITIZEN: citizen.ticket.reveal()}, visitors.front.url)
        page = await visitor.open("/call")
        assert page.status == 200
        assert not any(value in page.text for value in PERSON.values())
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"


async def test_reading_again_gives_the_same_code(visitors: Visitors) -> None:
    """Reload, a second tab, the other language."""
    async with visitors.visitor() as visitor:
        first = await visitor.arrive()
        code = (await visitors.citizen(visitor.cookie)).code
        for page in (await visitor.open("/call"), await visitor.open("/call?still")):
            assert code.reveal() in page.text
        visitor.home = "/en"
        assert code.reveal() in (await visitor.open("/call")).text
        assert first.status == 200


@pytest.mark.req("C7")
async def test_a_new_code_takes_the_place_of_the_old(visitors: Visitors, switchboard: Switchboard) -> None:
    """After the button the page is read anew, so that a reload asks for nothing."""
    async with visitors.visitor() as visitor:
        page = await visitor.arrive()
        old = await visitors.citizen(visitor.cookie)
        again = await visitor.send(page, "/call/code")
        new = await visitors.citizen(visitor.cookie)
        assert (again.status, again.path) == (200, "/nl/call")
        assert new.code != old.code
        assert new.code.reveal() in again.text
        assert old.code.reveal() not in again.text
        await switchboard.arrives(new)


@pytest.mark.req("C7")
async def test_more_time_keeps_the_code_and_says_how_long_it_works_now(
    visitors: Visitors, store: Store
) -> None:
    """One button, ten times; then it is gone, and a new code is still to be had."""
    async with visitors.visitor() as visitor:
        page = await visitor.arrive()
        before = await visitors.citizen(visitor.cookie)
        now = (await store.redis.time())[0]
        await store.redis.hset(store.keys.session(before.session), "expires", str(now + 100))
        page = await visitor.open("/call")
        assert "een paar minuten" in page.text
        for _ in range(EXTENSIONS):
            page = await visitor.send(page, "/call/time")
            assert (page.status, page.path) == (200, "/nl/call")
        assert "20 minuten" in page.text
        assert (await visitors.citizen(visitor.cookie)).code == before.code
        assert not page.has_form("/call/time")
        assert page.has_form("/call/code")


@pytest.mark.req("C7", "S3")
async def test_new_codes_are_not_drawn_without_end(visitors: Visitors) -> None:
    """Who asks too often keeps the code there is, and is told so; another session is not held back."""
    async with visitors.visitor() as visitor, visitors.visitor() as other:
        page = await visitor.arrive()
        for _ in range(LIMIT):
            page = await visitor.send(page, "/call/code")
            assert "een paar keer een nieuwe code" not in page.text
        kept = await visitors.citizen(visitor.cookie)
        page = await visitor.send(page, "/call/code")
        assert page.status == 200
        assert "een paar keer een nieuwe code" in page.text
        assert kept.code.reveal() in page.text
        assert (await visitors.citizen(visitor.cookie)).code == kept.code
        first = await other.arrive()
        assert "een paar keer een nieuwe code" not in (await other.send(first, "/call/code")).text


@pytest.mark.req("C7", "S2")
async def test_stopping_wipes_at_once_and_says_when(visitors: Visitors, store: Store) -> None:
    """No code, no seal; the page can still say so, and lead on."""
    async with visitors.visitor() as visitor:
        page = await visitor.arrive()
        citizen = await visitors.citizen(visitor.cookie)
        assert await store.redis.exists(store.keys.sealed(citizen.session))
        done = await visitor.send(page, "/call/stop")
        assert (done.status, done.path) == (200, "/nl/call")
        assert "U bent gestopt" in done.text
        assert citizen.code.reveal() not in done.text
        assert not await store.redis.exists(store.keys.sealed(citizen.session))
        assert not await store.redis.keys("*code:*")
        assert 'href="/nl/verhuizing"' in done.text


async def test_each_state_of_the_call_has_its_own_words(
    visitors: Visitors, switchboard: Switchboard, store: Store
) -> None:
    """From code to the end, read page by page as without scripts."""
    async with visitors.visitor() as visitor:
        assert "U kunt ons nu bellen" in (await visitor.arrive()).text
        citizen = await visitors.citizen(visitor.cookie)
        call = await switchboard.arrives(citizen)
        assert "U staat in de wachtrij" in await _said(visitor)
        await switchboard.answers(call, PHONE)
        assert f"U bent in gesprek met {AGENT}" in await _said(visitor)
        await switchboard.answers(call, "PJSIP/unknown")
        assert "U bent in gesprek met een medewerker" in await _said(visitor)
        await switchboard.hangs_up(call)
        said = await _said(visitor)
        assert "Uw gesprek is klaar" in said
        assert "Wij hebben uw gegevens gewist om" in said


async def test_a_code_that_was_keyed_is_shown_no_more(visitors: Visitors, switchboard: Switchboard) -> None:
    """It is used up; a new one or stopping is for before the call."""
    async with visitors.visitor() as visitor:
        page = await visitor.arrive()
        citizen = await visitors.citizen(visitor.cookie)
        await switchboard.arrives(citizen)
        for shown in (await visitor.send(page, "/call/code"), await visitor.send(page, "/call/stop")):
            assert shown.status == 200
            assert "U staat in de wachtrij" in shown.text
            assert citizen.code.reveal() not in shown.text


async def test_when_the_time_is_over_the_page_offers_a_new_start(visitors: Visitors, store: Store) -> None:
    """And says that all is wiped."""
    async with visitors.visitor() as visitor:
        await visitor.arrive()
        citizen = await visitors.citizen(visitor.cookie)
        await past(store, citizen.session)
        page = await visitor.open("/call")
        assert page.status == 200
        assert "Uw code werkt niet meer" in page.text
        assert "gewist" in page.text
        assert 'href="/nl/verhuizing"' in page.text


async def test_a_call_that_nobody_follows_any_more_is_shown_as_ended(
    visitors: Visitors, switchboard: Switchboard, store: Store
) -> None:
    """Telephony is gone, and so is all that it had; the page says no time that it does not know."""
    async with visitors.visitor() as visitor:
        await visitor.arrive()
        call = await switchboard.arrives(await visitors.citizen(visitor.cookie))
        await switchboard.dies()
        await store.redis.delete(store.keys.call(CallId(ASTERISK, call)))
        said = await _said(visitor)
        assert "Uw gesprek is klaar" in said
        assert "Wij hebben uw gegevens gewist." in said


@pytest.mark.req("A3")
async def test_during_the_call_who_has_not_logged_in_can_do_so(
    visitors: Visitors, switchboard: Switchboard, sessions: Sessions
) -> None:
    """The call simply goes on meanwhile."""
    async with visitors.visitor() as visitor:
        await visitor.send(await visitor.start(), "/call/code")
        await switchboard.arrives(await visitors.citizen(visitor.cookie))
        page = await visitor.open("/call")
        assert "U bent nog niet ingelogd" in page.text
        done = await visitor.send(await visitor.send(page, "/call/login"), "/login/demo")
        assert done.status == 200
        assert "U staat in de wachtrij" in done.text
        assert "nog niet ingelogd" not in done.text
        found = await sessions.find(Secret(visitor.cookie))
        assert found.session.identification is Identification.VERIFIED


async def test_a_log_in_that_failed_during_the_call_is_said_and_the_call_goes_on(
    visitors: Visitors, switchboard: Switchboard
) -> None:
    """Too low a level while waiting in the queue."""
    async with visitors.visitor() as visitor:
        await visitor.send(await visitor.start(), "/call/code")
        await switchboard.arrives(await visitors.citizen(visitor.cookie))
        login = await visitor.send(await visitor.open("/call"), "/call/login")
        done = await visitor.send(login, "/login/demo", level="1")
        assert "U staat in de wachtrij" in done.text
        assert "Inloggen is niet gelukt" in done.text


async def test_who_proved_who_they_are_elsewhere_finds_a_code_here(
    visitors: Visitors, sessions: Sessions
) -> None:
    """A result that came from server to server while no page was open."""
    async with visitors.visitor() as visitor:
        await visitor.start()
        session = (await sessions.find(Secret(visitor.cookie))).session
        assert "nog niet ingelogd" in (await visitor.open("/call")).text
        await sessions.verify(session.id, PURPOSES.get("verhuizing"), identity())
        page = await visitor.open("/call")
        assert (await visitors.citizen(visitor.cookie)).code.reveal() in page.text


async def _said(visitor: Visitor) -> str:
    page: Shown = await visitor.open("/call")
    assert page.status == 200
    return page.text.partition("<main")[2].partition("</main>")[0]
