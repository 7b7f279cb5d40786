"""web.identity.irma.pickup: a result comes home by whoever is alive, once, and to its own session only."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from ivr.errors import IdentityError, InputError
from ivr.session.model import Identification
from tests.lab.citizens import PURPOSES
from tests.lab.front import options
from tests.lab.irma_stand_in import fails, has_forgotten, sound, stand_in
from tests.lab.yivi_login import irma
from web.identity.irma.errand import Errand
from web.identity.logins import Login, Logins
from web.identity.protocol import Leavable
from web.identity.refusal import Refusal
from web.identity.returns import Returns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.errands import Errands
    from ivr.store.sessions import Sessions, Started
    from tests.lab.irma_stand_in import StandIn
    from web.identity.irma.provider import Irma

VERHUIZING = PURPOSES.get("verhuizing")
BACK = "https://bellen.example.nl/nl/login/irma?state=x"


class Office:
    """The login method and its server, and citizens who begin."""

    def __init__(self, peer: StandIn, sessions: Sessions, errands: Errands) -> None:
        self.peer = peer
        self.sessions = sessions
        self.errands = errands
        self.logins = Logins(options(), sessions, PURPOSES)
        self.irma = self.process()

    def process(self) -> Irma:
        """The login method as another process has it."""
        return irma(self.peer.url, Returns(self.logins), self.errands)

    async def begun(self) -> tuple[Started, Login]:
        """Somebody who is busy with the app."""
        started = await self.sessions.create(VERHUIZING, "nl")
        login = Login(started.id, VERHUIZING, "irma", "nl")
        await self.irma.pickup.begin(self.logins.begin(login, BACK).state, BACK, "")
        return started, login

    async def stands(self, started: Started) -> Identification:
        """How their session stands."""
        return (await self.sessions.find(started.ticket)).session.identification


@pytest.fixture
async def office(sessions: Sessions, errands: Errands) -> AsyncIterator[Office]:
    """With a server where everybody is done, and agreed."""
    async with stand_in() as peer:
        made = Office(peer, sessions, errands)
        async with made.irma.running():
            yield made


async def test_what_the_server_is_asked_is_the_purposes_and_no_more(office: Office) -> None:
    """With where the app leads then, and how long it may take to be opened."""
    await office.begun()
    assert office.peer.requests == [
        {
            "request": {
                "@context": "https://irma.app/ld/request/disclosure/v2",
                "disclose": office.peer.requests[0]["request"]["disclose"],
                "clientReturnUrl": BACK,
            },
            "timeout": 300,
        }
    ]
    assert len(office.peer.requests[0]["request"]["disclose"]) == 2


async def test_a_result_comes_home_without_its_browser_and_is_then_forgotten(office: Office) -> None:
    """Twice is as good as once, also at one time."""
    started, _ = await office.begun()
    await asyncio.gather(*(office.irma.pickup.bring_home(started.id) for _ in range(4)))
    await office.irma.pickup.bring_home(started.id)
    assert await office.stands(started) is Identification.VERIFIED
    assert await office.errands.find(started.id) is None


@pytest.mark.req("O6")
async def test_what_ended_while_no_process_was_there_is_fetched_by_the_next(office: Office) -> None:
    """Of all who were busy; who is still busy stays so."""
    many = [await office.begun() for _ in range(5)]
    office.peer.says["status"] = "CONNECTED"
    busy = office.process()
    async with busy.running():
        await busy.pickup.bring_all_home()
    assert {await office.stands(started) for started, _ in many} == {Identification.PENDING}
    del office.peer.says["status"]
    later = office.process()
    async with later.running():
        await later.pickup.bring_all_home()
    assert {await office.stands(started) for started, _ in many} == {Identification.VERIFIED}
    assert [session async for session in office.errands.sessions()] == []


@pytest.mark.req("O6", "S7")
@pytest.mark.parametrize("trouble", [fails, b"<html>", {"token": "other"}], ids=["fails", "garbage", "odd"])
async def test_what_the_server_cannot_say_now_is_asked_again_later(office: Office, trouble: Any) -> None:
    """Nothing is lost, and nothing is verified."""
    started, _ = await office.begun()
    office.peer.says["result"] = trouble
    await office.irma.pickup.bring_home(started.id)
    assert await office.stands(started) is Identification.PENDING
    del office.peer.says["result"]
    await office.irma.pickup.bring_home(started.id)
    assert await office.stands(started) is Identification.VERIFIED


@pytest.mark.req("S7")
async def test_the_result_of_another_session_verifies_nobody(office: Office) -> None:
    """A server that mixes them up is not believed."""
    first, _ = await office.begun()
    second, login = await office.begun()
    office.peer.says["result"] = sound(office.peer.token(1))
    await office.irma.pickup.bring_home(second.id)
    assert await office.stands(second) is Identification.PENDING
    errand = await office.irma.pickup.errand(second.id)
    assert errand is not None
    with pytest.raises(IdentityError):
        await office.irma.pickup.look(login, errand)
    await office.irma.pickup.bring_home(first.id)
    assert await office.stands(first) is Identification.VERIFIED


@pytest.mark.req("S7")
async def test_an_errand_under_another_session_is_refused(office: Office) -> None:
    """Whoever could write to the store cannot seal; and if they could, its own state tells whose it is."""
    started, _ = await office.begun()
    other, _ = await office.begun()
    errand = await office.irma.pickup.errand(started.id)
    assert errand is not None
    await office.errands.begin(other.id, errand.to_text())
    with pytest.raises(InputError):
        await office.irma.pickup.bring_home(other.id)
    await office.irma.pickup.bring_all_home()
    assert await office.stands(other) is Identification.PENDING


@pytest.mark.req("S8")
async def test_too_low_and_incomplete_end_the_matter(office: Office) -> None:
    """As for every way to log in."""
    low, _ = await office.begun()
    office.peer.says["result"] = sound(office.peer.token(), level="20")
    await office.irma.pickup.bring_home(low.id)
    assert await office.stands(low) is Identification.FAILED
    half, _ = await office.begun()
    office.peer.says["result"] = {**sound(office.peer.token()), "disclosed": []}
    await office.irma.pickup.bring_home(half.id)
    assert await office.stands(half) is Identification.FAILED
    assert [session async for session in office.errands.sessions()] == []


@pytest.mark.parametrize("status", ["CANCELLED", "TIMEOUT"])
async def test_who_stopped_in_the_app_may_try_again(office: Office, status: str) -> None:
    """The session is as it was."""
    started, _ = await office.begun()
    office.peer.says["status"] = status
    await office.irma.pickup.bring_home(started.id)
    assert await office.stands(started) is Identification.PENDING
    assert await office.errands.find(started.id) is None


async def test_who_begins_again_ends_what_was_begun(office: Office) -> None:
    """At the server too, so that the earlier square opens nothing any more."""
    started, login = await office.begun()
    state = office.logins.begin(login, BACK).state
    await office.irma.pickup.begin(state, BACK, "")
    assert office.peer.asked == ["start", "stop", "start"]
    errand = await office.irma.pickup.errand(started.id)
    assert errand is not None
    assert (errand.token, errand.state) == (office.peer.token(2), state)


@pytest.mark.req("C7")
async def test_who_leaves_ends_it_at_the_server_whatever_that_says(office: Office) -> None:
    """And nothing is kept of it."""
    assert isinstance(office.irma, Leavable)
    started, _ = await office.begun()
    office.peer.says["stop"] = fails
    await office.irma.leave(started.id)
    await office.irma.leave(started.id)
    assert office.peer.asked == ["start", "stop"]
    assert await office.errands.find(started.id) is None


async def test_an_errand_of_another_release_is_none(office: Office) -> None:
    """The citizen logs in once more."""
    started, _ = await office.begun()
    await office.errands.begin(started.id, '{"version": 2}')
    assert await office.irma.pickup.errand(started.id) is None
    await office.irma.pickup.bring_home(started.id)


@pytest.mark.req("S7")
@pytest.mark.parametrize("answer", [{}, [], {"sessionPtr": {"u": "javascript:x"}}], ids=str)
async def test_a_server_that_begins_nothing_sensible_is_unavailable(office: Office, answer: Any) -> None:
    """Nothing is kept."""
    office.peer.says["start"] = answer
    with pytest.raises(IdentityError) as refused:
        await office.begun()
    assert refused.value.reason == Refusal.UNAVAILABLE
    assert [session async for session in office.errands.sessions()] == []


async def test_a_session_that_the_server_forgot_is_not_waited_for_without_end(office: Office) -> None:
    """Its page says that it took too long; without a page it ends with its time."""
    started, login = await office.begun()
    office.peer.says["status"] = has_forgotten
    errand = await office.irma.pickup.errand(started.id)
    assert isinstance(errand, Errand)
    with pytest.raises(IdentityError) as refused:
        await office.irma.pickup.look(login, errand)
    assert refused.value.reason == Refusal.LATE
    await office.irma.pickup.bring_home(started.id)
    assert await office.stands(started) is Identification.PENDING
