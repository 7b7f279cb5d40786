"""web.citizen.live: an open page is told each change, and nobody else is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import WSCloseCode, WSMsgType

from ivr.session.attributes import Secret
from ivr.session.wait import Place
from ivr.store.client import Store
from ivr.store.feed import Feed
from ivr.store.keyspace import CallId, Keyspace
from ivr.store.sealing import Sealer
from ivr.store.sessions import Found, Sessions
from tests.lab.citizens import PERSON, PURPOSES, identity
from tests.lab.switchboard import ASTERISK
from tests.lab.visitors import pages
from tests.web.citizen.conftest import AGENT, PHONE
from web.citizen import live
from web.tickets import TICKET_SECONDS

if TYPE_CHECKING:
    from ivr.store.sealing import KeySet, Macs
    from tests.lab.switchboard import Switchboard
    from tests.lab.valkey import Valkey
    from tests.lab.visitors import Visitor, Visitors

LONGEST = 10.0


async def told(line: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    """The next status that the page is told."""
    return await line.receive_json(timeout=LONGEST)


async def refused(visitor: Visitor, **dialled: Any) -> int:
    """The status with which a websocket is refused."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as answer:
        await visitor.dial(**dialled)
    return answer.value.status


@pytest.mark.req("C6")
async def test_a_page_is_told_the_whole_at_once_and_again_at_each_change(
    visitors: Visitors, switchboard: Switchboard
) -> None:
    """To the end, after which the line is closed for good. Each version is newer."""
    async with visitors.visitor() as visitor:
        page = await visitor.arrive()
        citizen = await visitors.citizen(visitor.cookie)
        line = await visitor.dial()
        first = await told(line)
        assert first["html"].strip() in page.text
        call = await switchboard.arrives(citizen)
        said = [await told(line)]
        while "wachtrij" not in said[-1]["html"].partition("</h1>")[0]:
            said.append(await told(line))
        await switchboard.answers(call, PHONE)
        said.append(await told(line))
        assert AGENT in said[-1]["html"]
        await switchboard.hangs_up(call)
        said.append(await told(line))
        assert "Uw gesprek is klaar" in said[-1]["html"]
        assert "data-over" in said[-1]["html"]
        versions = [first["version"], *(status["version"] for status in said)]
        assert versions == sorted(set(versions))
        assert (await line.receive(timeout=LONGEST)).type is WSMsgType.CLOSE
        assert line.close_code == WSCloseCode.OK


@pytest.mark.req("C6")
async def test_a_proof_that_comes_from_elsewhere_brings_the_code_to_the_open_page(
    visitors: Visitors, sessions: Sessions
) -> None:
    """While it says that nobody has logged in yet."""
    async with visitors.visitor() as visitor:
        started = await visitor.start()
        assert started.status == 200
        line = await visitor.dial()
        assert "nog niet ingelogd" in (await told(line))["html"]
        found = await sessions.find(Secret(visitor.cookie))
        await sessions.verify(found.session.id, PURPOSES.get("verhuizing"), identity())
        status = await told(line)
        while 'id="code"' not in status["html"]:
            status = await told(line)
        assert not any(value in status["html"] for value in PERSON.values())


async def test_what_is_done_in_one_tab_is_told_in_the_other(visitors: Visitors) -> None:
    """A new code, and stopping."""
    async with visitors.visitor() as visitor:
        page = await visitor.arrive()
        one, other = await visitor.dial(), await visitor.dial()
        before = [await told(line) for line in (one, other)]
        page = await visitor.send(page, "/call/code")
        code = (await visitors.citizen(visitor.cookie)).code.reveal()
        for line, earlier in zip((one, other), before, strict=True):
            status = await told(line)
            assert code in status["html"]
            assert status["version"] > earlier["version"]
        await visitor.send(page, "/call/stop")
        for line in (one, other):
            assert "U bent gestopt" in (await told(line))["html"]


@pytest.mark.req("S7")
async def test_of_many_open_pages_of_one_session_the_oldest_are_closed(visitors: Visitors) -> None:
    """So nobody takes the places of others; who left one makes room, and other sessions have their own."""
    async with visitors.visitor() as visitor, visitors.visitor() as other:
        page = await visitor.arrive()
        another = await other.arrive()
        theirs = await other.dial()
        lines = [await visitor.dial() for _ in range(live.MAX_OF_ONE + 1)]
        for line in (theirs, *lines[1:]):
            await told(line)
        while (last := await lines[0].receive(timeout=LONGEST)).type is WSMsgType.TEXT:
            pass
        assert (last.type, last.data) == (WSMsgType.CLOSE, live.CROWDED)
        code = (await visitors.citizen(visitor.cookie)).code.reveal()
        await visitor.send(page, "/call/code")
        for line in lines[1:]:
            assert code not in (await told(line))["html"]
        await other.send(another, "/call/code")
        await told(theirs)


async def test_it_speaks_the_language_of_the_page(visitors: Visitors) -> None:
    """Not the one that the browser asks for."""
    for language, said in (("nl", "U kunt ons nu bellen"), ("en", "You can call us now")):
        async with visitors.visitor(language) as visitor:
            await visitor.arrive()
            line = await visitor.dial()
            assert said in (await told(line))["html"]


async def test_the_code_that_runs_out_is_told(visitors: Visitors, store: Store) -> None:
    """And the line is closed."""
    async with visitors.visitor() as visitor:
        await visitor.arrive()
        citizen = await visitors.citizen(visitor.cookie)
        line = await visitor.dial()
        await told(line)
        await store.redis.hset(store.keys.session(citizen.session), "expires", "1")
        await store.redis.publish(store.keys.changed(), f"session:{citizen.session}")
        assert "Uw code werkt niet meer" in (await told(line))["html"]
        assert (await line.receive(timeout=LONGEST)).type is WSMsgType.CLOSE


async def test_an_open_page_to_which_nothing_happens_asks_nothing(
    visitors: Visitors, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hears that we are still there, which is no news; at the next change it looks."""
    looks: list[Secret] = []
    find = sessions.find

    async def found(ticket: Secret) -> Found:
        looks.append(ticket)
        return await find(ticket)

    async with visitors.visitor() as visitor:
        page = await visitor.arrive()
        monkeypatch.setattr(live, "ROUND_SECONDS", 0.01)
        monkeypatch.setattr(live, "BEAT_SECONDS", 0.01)
        line = await visitor.dial()
        await told(line)
        monkeypatch.setattr(sessions, "find", found)
        for _ in range(5):
            assert (await line.receive(timeout=LONGEST)).data == live.BEAT
        assert looks == []
        monkeypatch.setattr(live, "BEAT_SECONDS", 1000.0)
        await visitor.send(page, "/call/code")
        news = await line.receive(timeout=LONGEST)
        while news.data == live.BEAT:
            news = await line.receive(timeout=LONGEST)
        assert 'id="code"' in news.json()["html"]


async def test_the_picture_of_a_code_is_sent_once(visitors: Visitors, sessions: Sessions) -> None:
    """Drawing it takes longer than all the rest; with another code it comes again."""
    async with visitors.visitor() as visitor:
        page = await visitor.arrive()
        citizen = await visitors.citizen(visitor.cookie)
        line = await visitor.dial()
        assert "<svg" in (await told(line))["html"].partition('id="status-scan"')[2]
        await sessions.extend(citizen.session)
        again = (await told(line))["html"]
        assert "data-same" in again
        assert "<svg" not in again.partition('id="status-scan"')[2].partition("<details")[0]
        await visitor.send(page, "/call/code")
        assert "<svg" in (await told(line))["html"].partition('id="status-scan"')[2].partition("<details")[0]


@pytest.mark.req("S2")
async def test_a_call_that_nobody_follows_any_more_is_told(
    visitors: Visitors, switchboard: Switchboard, store: Store
) -> None:
    """Telephony died without a word, and the call's record ran out."""
    async with visitors.visitor() as visitor:
        await visitor.arrive()
        citizen = await visitors.citizen(visitor.cookie)
        line = await visitor.dial()
        call = await switchboard.arrives(citizen)
        while "wachtrij" not in (await told(line))["html"].partition("</h1>")[0]:
            pass
        await switchboard.dies()
        await store.redis.delete(store.keys.call(CallId(ASTERISK, call)))
        assert "Uw gesprek is klaar" in (await told(line))["html"]
        assert (await line.receive(timeout=LONGEST)).type is WSMsgType.CLOSE


@pytest.mark.req("C6")
async def test_the_place_in_the_queue_is_told_each_time_that_it_changes(
    visitors: Visitors, switchboard: Switchboard
) -> None:
    """And the expected wait; when nobody can know that, it is said."""
    async with visitors.visitor() as visitor:
        await visitor.arrive()
        citizen = await visitors.citizen(visitor.cookie)
        line = await visitor.dial()
        call = await switchboard.arrives(citizen)
        while "wachtrij" not in (await told(line))["html"].partition("</h1>")[0]:
            pass
        await switchboard.stands(call, Place(ahead=2, minutes=5))
        third = (await told(line))["html"]
        assert "U bent nummer 3 in de wachtrij." in third
        assert "ongeveer 5 minuten" in third
        await switchboard.stands(call, Place(ahead=2, minutes=5))
        await switchboard.stands(call, Place(ahead=0, minutes=None))
        first = (await told(line))["html"]
        assert "U bent als eerste aan de beurt." in first
        assert "minuten" not in first


@pytest.mark.req("S5")
@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {}, {"Origin": "http://127.0.0.1:1"}]
)
async def test_a_foreign_or_missing_origin_is_refused_before_the_upgrade(
    visitors: Visitors, headers: dict[str, str]
) -> None:
    """With a right ticket and cookie; and the ticket is not spent by it."""
    async with visitors.visitor() as visitor:
        await visitor.arrive()
        ticket = await visitor.ticket()
        assert await refused(visitor, ticket=ticket, headers=headers) == 403
        line = await visitor.dial(ticket)
        assert (await told(line))["version"]


@pytest.mark.req("S5")
async def test_a_ticket_opens_one_line_once(visitors: Visitors) -> None:
    """Used, made up, or for something else: refused, all alike."""
    async with visitors.visitor() as visitor:
        await visitor.arrive()
        ticket = await visitor.ticket()
        await told(await visitor.dial(ticket))
        assert await refused(visitor, ticket=ticket) == 401
        assert await refused(visitor, ticket="a.b.c") == 401
        assert await refused(visitor, ticket="") == 401
        assert TICKET_SECONDS <= 30


@pytest.mark.req("S5", "S4")
async def test_a_ticket_without_its_browser_opens_nothing(visitors: Visitors) -> None:
    """Another browser with the ticket: no session, or another's."""
    async with visitors.visitor() as visitor, visitors.visitor() as stranger:
        await visitor.arrive()
        assert await refused(stranger, ticket=await visitor.ticket()) == 401
        await stranger.arrive()
        line = await stranger.dial(await visitor.ticket())
        assert (await line.receive(timeout=LONGEST)).type is WSMsgType.CLOSE
        assert line.close_code == WSCloseCode.POLICY_VIOLATION


@pytest.mark.req("S7")
async def test_whatever_a_page_says_is_not_listened_to(visitors: Visitors) -> None:
    """Text and bytes are passed over; what is too long ends the line."""
    async with visitors.visitor() as visitor:
        page = await visitor.arrive()
        line = await visitor.dial()
        await told(line)
        await line.send_str('{"html": "x"}')
        await line.send_bytes(b"\x00\xff")
        await visitor.send(page, "/call/code")
        assert 'id="code"' in (await told(line))["html"]
        await line.send_str("x" * 100_000)
        assert (await line.receive(timeout=LONGEST)).type in {WSMsgType.CLOSE, WSMsgType.CLOSED}


async def test_a_store_that_goes_away_closes_the_line_and_the_page_may_come_back(
    own_valkey: Valkey, seal_keys: KeySet, code_keys: KeySet, macs: Macs
) -> None:
    """Told to try again, which a page does by itself."""
    store = Store(own_valkey.url, Keyspace())
    sessions = Sessions(store, Sealer(seal_keys), Sealer(code_keys), macs, length=11, life=1200)
    feed = Feed(store)
    async with feed.running(), pages(sessions, feed, PURPOSES) as visitors, visitors.visitor() as visitor:
        await visitor.arrive()
        line = await visitor.dial()
        await told(line)
        own_valkey.kill()
        assert (await line.receive(timeout=LONGEST)).type is WSMsgType.CLOSE
        assert line.close_code == WSCloseCode.TRY_AGAIN_LATER
    await store.close()
