"""web.identity.demo: logging in as somebody invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.session.attributes import Level, Secret
from ivr.session.model import Identification
from ivr.store import identities
from ivr.store.sealing import Sealer
from web.identity.demo import Demo
from web.identity.people import PEOPLE
from web.identity.returns import Returns

if TYPE_CHECKING:
    from ivr.session.attributes import Identity
    from ivr.session.model import Session
    from ivr.store.client import Store
    from ivr.store.sealing import KeySet
    from ivr.store.sessions import Sessions
    from tests.lab.visitors import Visitor, Visitors
    from web.identity.logins import Logins
    from web.identity.protocol import IdentityProvider


async def session_of(sessions: Sessions, visitor: Visitor) -> Session:
    """The session of this browser."""
    return (await sessions.find(Secret(visitor.cookie))).session


async def proven(store: Store, keys: KeySet, session: Session) -> Identity:
    """What is kept of who logged in."""
    sealed = await store.redis.get(store.keys.sealed(session.id))
    kept = identities.unseal(Sealer(keys), session.id, session.purpose, sealed)
    assert kept is not None
    return kept


async def test_it_fits_the_protocol(logins: Logins) -> None:
    """As every way to log in does."""
    provider: IdentityProvider = Demo(Returns(logins))
    assert (provider.tag, provider.level, provider.demo, provider.origins) == ("demo", Level.HIGH, True, ())
    assert provider.title("nl") != provider.title("en")
    async with provider.running():
        pass


async def test_a_chosen_person_is_who_logged_in(
    visitors: Visitors, sessions: Sessions, store: Store, seal_keys: KeySet
) -> None:
    """At the level that was chosen, by this method, and with nothing in the address."""
    async with visitors.visitor() as visitor:
        page = await visitor.start()
        assert all(person.value("bsn") in page.text for person in PEOPLE)
        done = await visitor.send(page, "/login/demo", person=PEOPLE[1].tag, level="3")
        assert (done.status, done.path) == (200, "/nl/call")
        session = await session_of(sessions, visitor)
        assert session.identification is Identification.VERIFIED
        kept = await proven(store, seal_keys, session)
        assert (kept.method, kept.level) == ("demo", Level.HIGH)
        assert kept.attributes.reveal()["fullname"] == PEOPLE[1].name


async def test_details_can_be_changed(
    visitors: Visitors, sessions: Sessions, store: Store, seal_keys: KeySet
) -> None:
    """Field by field; what is left empty stays the person's."""
    async with visitors.visitor() as visitor:
        await visitor.send(await visitor.start(), "/login/demo", **{"value.fullname": "Kanarie Vogelzang"})
        kept = await proven(store, seal_keys, await session_of(sessions, visitor))
        assert kept.attributes.reveal() == {"fullname": "Kanarie Vogelzang", "bsn": PEOPLE[0].value("bsn")}


@pytest.mark.req("S8")
async def test_too_low_a_level_leads_to_a_page_that_says_so(visitors: Visitors, sessions: Sessions) -> None:
    """And how to go on: begin again, or call."""
    async with visitors.visitor() as visitor:
        page = await visitor.send(await visitor.start(), "/login/demo", level="1")
        assert (page.status, page.path) == (200, "/nl/call?login=too-low")
        assert "kies een hoger niveau" in page.text
        assert 'href="/nl/verhuizing"' in page.text
        assert "14 012" in page.text
        assert 'id="code"' not in page.text
        assert (await session_of(sessions, visitor)).identification is Identification.FAILED


async def test_who_stops_comes_to_a_page_that_helps(visitors: Visitors) -> None:
    """With the log-in again, and the way out."""
    async with visitors.visitor() as visitor:
        page = await visitor.send(await visitor.start(), "/login/demo/cancel")
        assert (page.status, page.path) == (200, "/nl/call?login=cancelled")
        assert "niets van u gekregen" in page.text
        assert page.has_form("/call/stop")
        again = await visitor.send(page, "/call/login")
        assert again.has_form("/login/demo")
        assert 'id="code"' in (await visitor.send(again, "/login/demo")).text


@pytest.mark.req("A3")
async def test_the_code_can_come_first_and_the_log_in_later(visitors: Visitors, sessions: Sessions) -> None:
    """The same code before and after; the session waits for its proof meanwhile."""
    async with visitors.visitor() as visitor:
        page = await visitor.send(await visitor.start(), "/call/code")
        before = await visitors.citizen(visitor.cookie)
        assert (await session_of(sessions, visitor)).identification is Identification.PENDING
        assert page.has_form("/call/login")
        login = await visitor.send(page, "/call/login")
        assert not login.has_form("/call/code")
        done = await visitor.send(login, "/login/demo")
        assert not done.has_form("/call/login")
        assert await visitors.citizen(visitor.cookie) == before
        assert (await session_of(sessions, visitor)).identification is Identification.VERIFIED


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "wrong",
    [
        {"person": "nobody"},
        {"person": ""},
        {"level": "4"},
        {"level": "-1"},
        {"level": "x"},
        {"state": ""},
        {"state": "a.b.c"},
        {"value.bsn": "9" * 5000},
    ],
    ids=lambda wrong: next(f"{name}={value[:9]}" for name, value in wrong.items()),
)
async def test_nonsense_is_refused_and_changes_nothing(
    visitors: Visitors, sessions: Sessions, wrong: dict[str, str]
) -> None:
    """A clear page, and the citizen can go on."""
    async with visitors.visitor() as visitor:
        page = await visitor.start()
        refused = await visitor.send(page, "/login/demo", **wrong)
        assert refused.status == 400
        assert (await session_of(sessions, visitor)).identification is Identification.PENDING
        assert (await visitor.send(page, "/login/demo")).path == "/nl/call"


@pytest.mark.req("S7")
async def test_what_is_filled_in_is_text_and_never_part_of_a_page(visitors: Visitors) -> None:
    """A name that looks like a script is kept as it is, and is on no page of the citizen's."""
    async with visitors.visitor() as visitor:
        page = await visitor.send(
            await visitor.start(), "/login/demo", **{"value.fullname": "<script>alert(1)</script>"}
        )
        assert page.status == 200
        assert "alert(1)" not in page.text
