"""web.socket and web.origin: nothing is accepted before origin and ticket are."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest
import structlog
from aiohttp import WSMsgType, web

from ivr.errors import StoreError
from tests.lab.front import Front, front
from web import keys
from web import socket as web_socket
from web.route import Audience, Room, get, socket
from web.socket import MAX_MESSAGE_BYTES, PROTOCOL, TICKET_PREFIX, open_quiet_socket, open_socket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Echo:
    """A room whose websocket says who it was opened for, then repeats what it hears."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error  # raised at the first word, if any
        self.ended = asyncio.Event()
        self.room = Room(
            name="echo",
            routes=(
                get("/ticket", self.ticket, Audience.PUBLIC, "ticket", localized=False),
                socket("/live", self.live, Audience.PUBLIC, "live"),
                socket("/quiet", self.quiet, Audience.PUBLIC, "quiet"),
            ),
        )

    async def ticket(self, request: web.Request) -> web.StreamResponse:
        """A ticket, as text."""
        return web.Response(text=request.app[keys.TICKETS].issue("sample", "sanne"))

    async def quiet(self, request: web.Request) -> web.StreamResponse:
        """One on which nothing is said."""
        return (await open_quiet_socket(request, "sample"))[0]

    async def live(self, request: web.Request) -> web.StreamResponse:
        """The websocket."""
        opened, subject = await open_socket(request, "sample")
        try:
            await opened.send_str(subject)
            async for message in opened:
                if self.error:
                    raise self.error
                await opened.send_str(message.data)
        finally:
            self.ended.set()
        return opened


@asynccontextmanager
async def echoing() -> AsyncIterator[tuple[Front, Echo]]:
    """A front with the echo."""
    echo = Echo()
    async with front(echo.room) as running:
        yield running, echo


async def ticket(running: Front) -> str:
    """A fresh one."""
    async with running.client.get("/ticket") as answer:
        return await answer.text()


def origin(running: Front) -> str:
    """Ours."""
    return str(running.url.origin())


@pytest.mark.req("S5")
async def test_our_own_page_with_a_fresh_ticket_gets_in() -> None:
    """The ticket travels as a subprotocol; only our protocol's name comes back, and the ticket nowhere."""
    async with echoing() as (running, _):
        offered = (PROTOCOL, TICKET_PREFIX + await ticket(running))
        async with running.client.ws_connect("/live", protocols=offered, origin=origin(running)) as line:
            assert line.protocol == PROTOCOL
            assert await line.receive_str() == "sanne"
            await line.send_str("hello")
            assert await line.receive_str() == "hello"


@pytest.mark.req("S5")
@pytest.mark.parametrize(
    "stated", [None, "null", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1.evil.example"]
)
async def test_a_foreign_or_missing_origin_is_refused_before_the_upgrade(stated: str | None) -> None:
    """With a ticket that is good, and that stays unspent."""
    async with echoing() as (running, _):
        good = await ticket(running)
        offered = (PROTOCOL, TICKET_PREFIX + good)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await running.client.ws_connect("/live", protocols=offered, origin=stated)
        assert refused.value.status == 403
        async with running.client.ws_connect("/live", protocols=offered, origin=origin(running)) as line:
            assert await line.receive_str() == "sanne"


@pytest.mark.req("S5", "S7")
@pytest.mark.parametrize("offered", [(), (PROTOCOL,), ("ticket.",), (PROTOCOL, "ticket.a", "ticket.b")])
async def test_without_one_good_ticket_nothing_is_opened(offered: tuple[str, ...]) -> None:
    """None, an empty one, or more than one."""
    async with echoing() as (running, echo):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await running.client.ws_connect("/live", protocols=offered, origin=origin(running))
        assert refused.value.status == 401
        assert not echo.ended.is_set()


@pytest.mark.req("S7")
async def test_a_ticket_that_is_no_text_opens_nothing() -> None:
    """And is no fault of ours."""
    async with echoing() as (running, _):
        header = f"Origin: {origin(running)}\r\nSec-WebSocket-Protocol: {TICKET_PREFIX}".encode() + b"\xff"
        assert (await running.bare("GET", "/live", header)).startswith(b"401 ")


@pytest.mark.req("S5")
async def test_a_ticket_opens_one_socket() -> None:
    """The second is refused."""
    async with echoing() as (running, _):
        offered = (PROTOCOL, TICKET_PREFIX + await ticket(running))
        async with running.client.ws_connect("/live", protocols=offered, origin=origin(running)):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await running.client.ws_connect("/live", protocols=offered, origin=origin(running))
            assert refused.value.status == 401


@pytest.mark.req("S7")
async def test_a_message_larger_than_the_limit_ends_the_socket() -> None:
    """Pages have little to say."""
    async with echoing() as (running, echo):
        offered = (PROTOCOL, TICKET_PREFIX + await ticket(running))
        async with running.client.ws_connect("/live", protocols=offered, origin=origin(running)) as line:
            assert await line.receive_str() == "sanne"
            await line.send_str("x" * (MAX_MESSAGE_BYTES + 1))
            ending = await line.receive()
            assert (ending.type, ending.data) == (WSMsgType.CLOSE, aiohttp.WSCloseCode.MESSAGE_TOO_BIG)
            async with asyncio.timeout(5):
                await echo.ended.wait()


@pytest.mark.req("S7")
async def test_no_more_are_opened_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is told to come back; those that are open stay."""
    monkeypatch.setattr(web_socket, "MAX_SOCKETS", 1)
    async with echoing() as (running, _):
        offered = (PROTOCOL, TICKET_PREFIX + await ticket(running))
        async with running.client.ws_connect("/live", protocols=offered, origin=origin(running)) as line:
            offered = (PROTOCOL, TICKET_PREFIX + await ticket(running))
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await running.client.ws_connect("/live", protocols=offered, origin=origin(running))
            assert refused.value.status == 503
            assert await line.receive_str() == "sanne"


@pytest.mark.req("S7")
async def test_citizens_leave_room_for_who_works_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pages of theirs are open."""
    monkeypatch.setattr(web_socket, "MAX_QUIET_SOCKETS", 1)
    async with echoing() as (running, _):
        first = (PROTOCOL, TICKET_PREFIX + await ticket(running))
        async with running.client.ws_connect("/quiet", protocols=first, origin=origin(running)):
            offered = (PROTOCOL, TICKET_PREFIX + await ticket(running))
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await running.client.ws_connect("/quiet", protocols=offered, origin=origin(running))
            assert refused.value.status == 503
            offered = (PROTOCOL, TICKET_PREFIX + await ticket(running))
            async with running.client.ws_connect("/live", protocols=offered, origin=origin(running)) as line:
                assert await line.receive_str() == "sanne"


@pytest.mark.req("S1", "S7")
@pytest.mark.parametrize(
    ("error", "code", "event"),
    [
        (ZeroDivisionError("999990019"), aiohttp.WSCloseCode.INTERNAL_ERROR, "unexpected"),
        (StoreError("999990019"), aiohttp.WSCloseCode.TRY_AGAIN_LATER, "failed"),
    ],
)
async def test_a_failure_on_an_open_socket_closes_it_and_writes_no_page(
    error: Exception, code: int, event: str
) -> None:
    """The page asks again by itself; the log has the kind of failure and no more."""
    echo = Echo(error)
    with structlog.testing.capture_logs() as lines:
        async with front(echo.room) as running:
            offered = (PROTOCOL, TICKET_PREFIX + await ticket(running))
            async with running.client.ws_connect("/live", protocols=offered, origin=origin(running)) as line:
                assert await line.receive_str() == "sanne"
                await line.send_str("hello")
                ending = await line.receive()
                assert (ending.type, ending.data) == (WSMsgType.CLOSE, code)
    assert event in [line["event"] for line in lines]
    assert "999990019" not in json.dumps(lines, default=repr)


async def test_a_browser_that_goes_away_while_we_speak_is_no_failure() -> None:
    """People close pages."""
    echo = Echo(ConnectionResetError("gone"))
    with structlog.testing.capture_logs() as lines:
        async with front(echo.room) as running:
            offered = (PROTOCOL, TICKET_PREFIX + await ticket(running))
            async with running.client.ws_connect("/live", protocols=offered, origin=origin(running)) as line:
                assert await line.receive_str() == "sanne"
                await line.send_str("hello")
                assert (await line.receive()).type is WSMsgType.CLOSE
    assert {line["event"] for line in lines} == {"request"}


@pytest.mark.req("O3")
async def test_a_server_that_stops_tells_every_page() -> None:
    """With the code for going away, so that pages come back to whoever serves next."""
    echo = Echo()
    async with aiohttp.ClientSession() as client:
        async with front(echo.room) as running:
            offered = (PROTOCOL, TICKET_PREFIX + await ticket(running))
            line = await client.ws_connect(running.url / "live", protocols=offered, origin=origin(running))
            assert await line.receive_str() == "sanne"
            ending = asyncio.create_task(line.receive())
        assert (await ending).data == aiohttp.WSCloseCode.GOING_AWAY
        assert echo.ended.is_set()
