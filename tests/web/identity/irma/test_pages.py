"""web.identity.irma.pages: what a citizen is told, whatever the app or its server does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from yarl import URL

from ivr.session.attributes import Secret
from ivr.session.model import Identification
from ivr.store.feed import session_topic
from tests.lab.citizens import PURPOSES
from tests.lab.guard import free_port
from tests.lab.irma_stand_in import (
    StandIn,
    fails,
    floods,
    hangs_up,
    has_forgotten,
    sends_away,
    sound,
    stand_in,
)
from tests.lab.visitors import CALL_SECONDS, Visitors, pages
from tests.lab.yivi_login import begin, irma

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.client import Store
    from ivr.store.errands import Errands
    from ivr.store.feed import Feed
    from ivr.store.sessions import Sessions
    from tests.lab.visitors import Visitor
    from tests.lab.yivi import IrmaServer, Wallet

HERE = "/login/irma"
HOSTILE: dict[str, Any] = {
    "fails": fails,
    "floods": floods,
    "hangs up": hangs_up,
    "sends away": sends_away,
    "garbage": b"<html>",
    "nothing": b"",
    "invalid": {**sound("token1"), "proofStatus": "INVALID"},
    "not done": {**sound("token1"), "status": "CONNECTED"},
    "of another": sound("token2"),
    "no list": {**sound("token1"), "disclosed": {}},
}


@pytest.fixture
async def peer() -> AsyncIterator[StandIn]:
    """A server that may misbehave."""
    async with stand_in() as running:
        yield running


@pytest.fixture
async def bad(peer: StandIn, sessions: Sessions, feed: Feed, errands: Errands) -> AsyncIterator[Visitors]:
    """The pages, with that server behind them; it calls when a session ends."""
    async with pages(
        sessions,
        feed,
        PURPOSES,
        ways=lambda returns: [irma(peer.url, returns, errands, callback=True)],
    ) as running:
        yield running


async def identification(sessions: Sessions, visitor: Visitor) -> Identification:
    """How the session of this browser stands."""
    return (await sessions.find(Secret(visitor.cookie))).session.identification


@pytest.mark.req("S7")
@pytest.mark.parametrize("way", HOSTILE)
async def test_a_hostile_result_verifies_nobody_and_shows_the_other_ways(
    bad: Visitors, peer: StandIn, sessions: Sessions, store: Store, way: str
) -> None:
    """A clear page with the ways to log in and the number; nothing personal is stored."""
    peer.says["result"] = HOSTILE[way]
    async with bad.visitor() as visitor:
        page = await begin(visitor)
        assert (page.status, page.path) == (200, "/nl/call?login=unavailable")
        assert 'id="status-reason"' in page.text
        assert page.has_form("/call/login")
        assert "14 012" in page.text
        assert await identification(sessions, visitor) is Identification.PENDING
        assert not await store.redis.keys("*sealed*")


@pytest.mark.req("S7")
@pytest.mark.parametrize("way", ["fails", "floods", "hangs up", "sends away", "garbage", "nothing"])
async def test_a_server_that_begins_nothing_leads_to_the_other_ways(
    bad: Visitors, peer: StandIn, errands: Errands, way: str
) -> None:
    """And again is possible as soon as it works."""
    peer.says["start"] = HOSTILE[way]
    async with bad.visitor() as visitor:
        page = await begin(visitor)
        assert (page.status, page.path) == (200, "/nl/call?login=unavailable")
        assert [session async for session in errands.sessions()] == []
        del peer.says["start"]
        peer.says["status"] = "INITIALIZED"
        again = await visitor.send(page, "/call/login")
        assert again.has_form("/login/irma/cancel")


@pytest.mark.parametrize("where", ["slow", "not there"])
async def test_a_server_that_is_slow_or_not_there_leads_to_the_other_ways(
    peer: StandIn, sessions: Sessions, feed: Feed, errands: Errands, where: str
) -> None:
    """Soon, and with the number to call."""
    peer.says["start"] = peer.never
    url = peer.url if where == "slow" else f"http://127.0.0.1:{free_port()}"
    async with (
        pages(
            sessions,
            feed,
            PURPOSES,
            ways=lambda returns: [irma(url, returns, errands, answer_seconds=1.0)],
        ) as visitors,
        visitors.visitor() as visitor,
    ):
        page = await begin(visitor)
        assert page.path == "/nl/call?login=unavailable"
        assert "14 012" in page.text


async def test_what_was_not_to_be_had_at_first_is_fetched_at_the_next_look(
    bad: Visitors, peer: StandIn, sessions: Sessions
) -> None:
    """A server that is away for a moment loses nobody's result."""
    peer.says["status"] = "CONNECTED"
    async with bad.visitor() as visitor:
        page = await begin(visitor)
        here = page.path.removeprefix("/nl")
        peer.says["status"] = fails
        assert (await visitor.open(here)).path == "/nl/call?login=unavailable"
        del peer.says["status"]
        assert (await visitor.open(here)).path == "/nl/call"
        assert await identification(sessions, visitor) is Identification.VERIFIED


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        ("CANCELLED", "cancelled", "niets van u gekregen"),
        ("TIMEOUT", "late", "duurde te lang"),
        (has_forgotten, "late", "duurde te lang"),
        ("PAIRING", "cancelled", "niets van u gekregen"),
    ],
    ids=["cancelled", "timeout", "forgotten", "pairing"],
)
async def test_how_it_ended_is_told_and_one_can_log_in_again(
    bad: Visitors, peer: StandIn, errands: Errands, status: Any, reason: str, words: str
) -> None:
    """Digits that a page knew are gone with it: begin again."""
    peer.says["status"] = "INITIALIZED"
    async with bad.visitor() as visitor:
        page = await begin(visitor)
        peer.says["status"] = status
        ended = await visitor.open(page.path.removeprefix("/nl"))
        assert ended.path == f"/nl/call?login={reason}"
        assert words in ended.text
        assert [session async for session in errands.sessions()] == []
        peer.says["status"] = "INITIALIZED"
        assert (await visitor.send(ended, "/call/login")).has_form("/login/irma/cancel")


@pytest.mark.req("S8")
async def test_too_low_a_card_leads_to_a_page_that_says_so(
    bad: Visitors, peer: StandIn, sessions: Sessions
) -> None:
    """Whatever was asked: what came back counts."""
    peer.says["result"] = sound("token1", level="20")
    async with bad.visitor() as visitor:
        page = await begin(visitor)
        assert page.path == "/nl/call?login=too-low"
        assert await identification(sessions, visitor) is Identification.FAILED


@pytest.mark.req("C7")
@pytest.mark.parametrize("way", ["the page's button", "stopping altogether", "beginning anew"])
async def test_who_stops_ends_the_session_at_the_real_server(
    visitors: Visitors, server: IrmaServer, errands: Errands, sessions: Sessions, phone: Wallet, way: str
) -> None:
    """Nobody can go on with it in the app."""
    async with visitors.visitor() as visitor:
        page = await begin(visitor)
        session = (await sessions.find(Secret(visitor.cookie))).session.id
        token = str(await errands.find(session)).partition('"token": "')[2].partition('"')[0]
        assert await server.status(token) == "INITIALIZED"
        match way:
            case "the page's button":
                stopped = await visitor.send(page, "/login/irma/cancel")
                assert stopped.path == "/nl/call?login=cancelled"
            case "stopping altogether":
                await visitor.send(await visitor.open("/call"), "/call/stop")
            case _:
                await begin(visitor)
        assert await server.status(token) == "CANCELLED"
        assert await errands.find(session) is None


@pytest.mark.req("S7")
async def test_only_the_browser_that_began_sees_the_page_or_stops_it(
    bad: Visitors, peer: StandIn, sessions: Sessions
) -> None:
    """An address is worth nothing in another browser."""
    peer.says["status"] = "INITIALIZED"
    async with bad.visitor() as attacker, bad.visitor() as victim, bad.visitor() as stranger:
        theirs, own = await begin(attacker), await begin(victim)
        state = theirs.form("/login/irma/cancel").fields["state"]
        del peer.says["status"]
        there = theirs.path.removeprefix("/nl")
        assert (await victim.open(there)).status == 403
        assert (await stranger.open(there)).status == 401
        assert (await victim.send(own, "/login/irma/cancel", state=state)).status == 403
        for visitor in (attacker, victim):
            assert await identification(sessions, visitor) is Identification.PENDING


@pytest.mark.req("A3", "S7")
async def test_a_call_from_the_server_is_a_hint_and_its_words_are_not_read(
    bad: Visitors, peer: StandIn, sessions: Sessions, feed: Feed
) -> None:
    """Who calls with a result of their own verifies nobody; when it is done, it is done without a browser."""
    peer.says["status"] = "INITIALIZED"
    async with bad.visitor() as visitor, aiohttp.ClientSession() as anybody:
        await begin(visitor)
        called = URL(peer.requests[0]["callbackUrl"])
        path = str(bad.front.url.join(URL(called.raw_path_qs, encoded=True)))
        async with anybody.post(path, json=sound("token1")) as answer:
            assert answer.status == 204
        assert await identification(sessions, visitor) is Identification.PENDING
        del peer.says["status"]
        session = (await sessions.find(Secret(visitor.cookie))).session.id
        with feed.watch(session_topic(session)) as watch:
            async with anybody.post(path, data=b"\xff" * 1000) as answer:
                assert answer.status == 204
            assert await watch.changed(CALL_SECONDS)
        assert await identification(sessions, visitor) is Identification.VERIFIED
        async with anybody.post(path) as answer:
            assert answer.status == 204
        async with anybody.post(str(bad.front.url.join(URL("/login/irma/done?state=a.b.c")))) as answer:
            assert answer.status == 400


async def test_an_open_log_in_costs_us_nothing(bad: Visitors, peer: StandIn) -> None:
    """No connection, no question: the browser follows it elsewhere, and the server calls when it ends."""
    peer.says["status"] = "INITIALIZED"
    async with bad.visitor() as visitor:
        await begin(visitor)
        assert peer.asked == ["start", "status"]
