"""The link: it logs in without showing its secret, follows from the first event on, and comes back."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from ivr.ami.events import Hangup
from ivr.ami.limits import AmiLimits
from ivr.ami.link import Connected, Disconnected, ManagerLink
from ivr.errors import ManagerError, ManagerGoneError
from tests.lab.ami_server import SECRET, USER, WAIT_SECONDS, AmiServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.ami.link import Followed

QUICK = AmiLimits(retry_first_seconds=0.001, retry_most_seconds=0.002)
HANGUP = "Event: Hangup\nChannel: PJSIP/1-{0}\nUniqueid: 1.{0}\nLinkedid: 1.{0}\nCause: 16"


def to(server: AmiServer, *, secret: str = SECRET, limits: AmiLimits = QUICK) -> ManagerLink:
    """A link to this server."""
    return ManagerLink("127.0.0.1", server.port, USER, secret, limits=limits)


@pytest.fixture
async def server() -> AsyncIterator[AmiServer]:
    """The manager of an Asterisk."""
    async with AmiServer() as server:
        yield server


@asynccontextmanager
async def dead_port() -> AsyncIterator[int]:
    """A port on which nobody listens any more."""
    async with AmiServer() as server:
        port = server.port
    yield port


async def next_of(events: AsyncIterator[Followed]) -> Followed:
    """What the link tells next, within `WAIT_SECONDS`."""
    async with asyncio.timeout(WAIT_SECONDS):
        return await anext(events)


async def until_told(link: ManagerLink, number: int) -> list[Followed]:
    """The first things that a link tells."""
    async with link.events() as events:
        return [await next_of(events) for _ in range(number)]


async def test_login_is_by_challenge(server: AmiServer) -> None:
    """The secret itself is never sent; the classes of events are those that are followed."""
    link = to(server)
    assert await until_told(link, 1) == [Connected("11.0.0")]
    asked = server.connections[0].actions
    assert [action["Action"] for action in asked] == ["Challenge", "Login"]
    assert asked[1]["Events"] == "call,agent,user"
    assert not any(SECRET in value for action in asked for value in action.values())


@pytest.mark.req("S1")
async def test_secret_is_in_no_word_of_ours(server: AmiServer) -> None:
    """Not in the link's repr, nor in what it says of a log-in that was refused."""
    link = to(server, secret="another-secret")
    with pytest.raises(ManagerError, match="Asterisk refused Login: Authentication failed") as caught:
        async with link.once():
            pass
    assert "another-secret" not in repr(link) + repr(caught.value)
    assert repr(link) == f"<ManagerLink {USER}@127.0.0.1:{server.port} not connected>"


async def test_link_tells_connected_then_events_then_disconnected(server: AmiServer) -> None:
    """In the order in which it was, across a lost connection."""
    link = to(server)
    async with link.events() as events:
        assert await next_of(events) == Connected("11.0.0")
        assert link.connected
        connection = await server.logged_in()
        connection.tell(HANGUP.format(1), HANGUP.format(2))
        assert isinstance(await next_of(events), Hangup)
        assert isinstance(await next_of(events), Hangup)
        connection.cut()
        assert isinstance(await next_of(events), Disconnected)
        assert not link.connected
        assert await next_of(events) == Connected("11.0.0")
    assert not link.connected


@pytest.mark.req("O6")
async def test_next_connection_waits_until_all_is_taken(server: AmiServer) -> None:
    """Who is slow is not overrun: what came last is taken first, and then a new start is made."""
    async with to(server).events() as events:
        assert isinstance(await next_of(events), Connected)
        connection = await server.logged_in()
        connection.tell(HANGUP.format(1), HANGUP.format(2))
        assert isinstance(await next_of(events), Hangup)
        connection.cut()
        await server.until(lambda: connection.over)
        assert isinstance(await next_of(events), Hangup)
        assert isinstance(await next_of(events), Disconnected)
        assert len(server.connections) == 1
        assert isinstance(await next_of(events), Connected)


@pytest.mark.req("O6")
async def test_overflow_is_a_new_start(server: AmiServer) -> None:
    """Nothing is lost without a word: the connection ends, and the next one begins with a snapshot."""
    limits = AmiLimits(backlog=2, retry_first_seconds=0.001)
    async with to(server, limits=limits).events() as events:
        assert isinstance(await next_of(events), Connected)
        connection = await server.logged_in()
        connection.tell(*(HANGUP.format(number) for number in range(4)))
        await server.until(lambda: connection.over)
        assert isinstance(await next_of(events), Hangup)
        assert isinstance(await next_of(events), Hangup)
        assert await next_of(events) == Disconnected("2 events waited and nobody took them")
        assert isinstance(await next_of(events), Connected)


@pytest.mark.req("O6")
async def test_frozen_asterisk_is_left(server: AmiServer) -> None:
    """One that neither reads nor answers, though the connection stands."""
    limits = AmiLimits(ping_seconds=0.01, ping_answer_seconds=0.01, retry_first_seconds=0.001)
    async with to(server, limits=limits).events() as events:
        while not isinstance(await next_of(events), Connected):
            pass  # such short limits may be too short for logging in
        server.connections[-1].freeze()
        assert await next_of(events) == Disconnected("a ping was not answered within 0.01 s")


async def test_pings_that_are_answered_keep_the_connection(server: AmiServer) -> None:
    """Ping after ping, panoramisk's own."""
    async with to(server, limits=AmiLimits(ping_seconds=0.001)).once():
        await server.until(lambda: server.asked("Ping") >= 3)
        assert not server.connections[0].over


async def test_reason_is_told_once() -> None:
    """An Asterisk that stays away is no news."""
    async with dead_port() as port:
        link = ManagerLink("127.0.0.1", port, USER, SECRET, limits=QUICK)
        async with link.events() as events:
            assert await next_of(events) == Disconnected(
                f"127.0.0.1:{port} cannot be reached: Connection refused"
            )
            waiting = asyncio.create_task(next_of(events))
            async with AmiServer(port=port) as server:
                assert isinstance(await waiting, Connected)
                server.connections[0].cut()
                assert await next_of(events) == Disconnected("Asterisk closed it")


async def test_new_reason_is_told(server: AmiServer) -> None:
    """What changes is news, even between attempts."""
    link = to(server, secret="wrong")
    async with link.events() as events:
        assert await next_of(events) == Disconnected("Asterisk refused Login: Authentication failed")
        server.script["Challenge"] = ("Response: Error\nMessage: Must specify AuthType",)
        assert await next_of(events) == Disconnected("Asterisk refused Challenge: Must specify AuthType")


async def test_pause_between_attempts_grows_to_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doubling from the first to the longest, and from the first again after a connection that lasted."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 4:
            raise asyncio.CancelledError

    monkeypatch.setattr("ivr.ami.link.asyncio.sleep", pause)
    async with dead_port() as port:
        limits = AmiLimits(retry_first_seconds=1, retry_most_seconds=3)
        with pytest.raises(asyncio.CancelledError):
            await until_told(ManagerLink("127.0.0.1", port, USER, SECRET, limits=limits), 9)
    assert pauses == [1, 2, 3, 3]


async def test_pause_starts_anew_after_a_connection_that_lasted(
    server: AmiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lasted: longer than the longest pause."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("ivr.ami.link.asyncio.sleep", pause)
    limits = AmiLimits(retry_first_seconds=1e-9, retry_most_seconds=1e-8)
    async with to(server, limits=limits).events() as events:
        for number in (1, 2, 3):
            assert isinstance(await next_of(events), Connected)
            (await server.logged_in(number)).cut()
            assert isinstance(await next_of(events), Disconnected)
        assert isinstance(await next_of(events), Connected)
    assert pauses == [1e-9] * 3


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"Asterisk Call Manager/" + b"1" * 200])
@pytest.mark.req("S7")
async def test_other_server_is_not_told_anything(greeting: bytes) -> None:
    """Whoever listens on that port gets neither name nor key."""
    async with AmiServer(greeting) as server:
        with pytest.raises(ManagerGoneError, match="greeting"):
            async with to(server).once():
                pass
        assert server.connections[0].actions == []


@pytest.mark.req("O6")
async def test_server_that_does_not_greet_is_left() -> None:
    """Connecting has an end, whatever is at the other side."""
    async with AmiServer(b"") as server:
        with pytest.raises(ManagerGoneError, match=r"did not let us in within 0\.01 s"):
            async with to(server, limits=AmiLimits(login_seconds=0.01)).once():
                pass
        await server.until(lambda: all(connection.over for connection in server.connections))


async def test_once_is_one_connection(server: AmiServer) -> None:
    """For who only asks: no events, no other try, and nothing left behind."""
    server.script["CoreSettings"] = ("Response: Success\nAsteriskVersion: 22.10.1",)
    link = to(server)
    async with link.once() as version:
        assert (version, link.connected) == ("11.0.0", True)
        assert (await link.action("CoreSettings")).fields["AsteriskVersion"] == "22.10.1"
        with pytest.raises(ManagerError, match="connection already"):
            async with link.once():
                pass
        assert link.connected
    assert not link.connected
    assert server.connections[0].actions[1]["Events"] == "off"
    await server.until(lambda: server.connections[0].over)


async def test_listing_is_whole(server: AmiServer) -> None:
    """Over the real protocol, with fields of its own."""
    server.script["QueueStatus"] = (
        "Response: Success\nEventList: start\nMessage: Queue status will follow",
        "Event: QueueParams\nQueue: kcc",
        "Event: QueueStatusComplete\nEventList: Complete\nListItems: 1",
    )
    link = to(server)
    async with link.once():
        items = await link.listing("QueueStatus", "QueueStatusComplete", Queue="kcc")
    assert len(items) == 1
    assert server.actions[0]["Queue"] == "kcc"


async def test_without_a_connection_nothing_is_sent_or_kept(server: AmiServer) -> None:
    """Neither before, nor after."""
    link = to(server)
    with pytest.raises(ManagerGoneError, match="QueueAdd was not sent"):
        await link.action("QueueAdd", Queue="kcc")
    async with link.once():
        pass
    with pytest.raises(ManagerGoneError, match="QueueStatus was not sent"):
        await link.listing("QueueStatus", "QueueStatusComplete")
    assert server.actions == []


async def test_leaving_ends_what_is_under_way(server: AmiServer) -> None:
    """Who asked and waits is told, and the socket is given back."""
    server.script["QueueStatus"] = ()
    link = to(server)
    async with link.once():
        asking = asyncio.create_task(link.action("QueueStatus"))
        await server.until(lambda: server.asked("QueueStatus") == 1)
    with pytest.raises(ManagerGoneError):
        await asking
    await server.until(lambda: server.connections[0].over)


@pytest.mark.parametrize("greeting", [b"", b"Asterisk Call Manager/11.0.0\r\n"])
async def test_cancelling_at_any_moment_gives_the_socket_back(greeting: bytes) -> None:
    """While logging in, and while following."""
    async with AmiServer(greeting) as server:
        task = asyncio.create_task(until_told(to(server), 9))
        await server.until(lambda: bool(server.connections) and (not greeting or bool(server.asked("Login"))))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.until(lambda: server.connections[0].over)


async def test_cancelling_before_the_connection_stands(server: AmiServer) -> None:
    """A connection that comes too late is nobody's, and nobody pings on it."""
    task = asyncio.create_task(until_told(to(server), 1))
    for _ in range(3):  # turns of the loop: it is connecting now
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert server.asked("Login") == 0
