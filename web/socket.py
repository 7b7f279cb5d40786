"""The one way in for a websocket: origin, ticket, upgrade. Knows nothing of what is said on it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from aiohttp import WSCloseCode, web

from ivr.errors import AnonymousError, StoreError
from web import keys
from web.origin import require_own_origin

if TYPE_CHECKING:
    from collections.abc import Callable, MutableSet

PROTOCOL = "idbellen.v1"
TICKET_PREFIX = "ticket."  # of the subprotocol that carries the ticket; never answered, never logged

MAX_MESSAGE_BYTES = 4_096  # of one message from a browser
MAX_SOCKETS = 20_000  # open in this process; beyond it pages come back later
MAX_QUIET_SOCKETS = 18_000  # up to which citizens' pages open more: the rest is for who works here
GOODBYE_SECONDS = 2.0  # for all pages together to answer that we go away
HEARTBEAT_SECONDS = 20.0  # a browser that does not answer a ping within half of it is gone

Socket = TypeVar("Socket", bound=web.WebSocketResponse)


class QuietSocket(web.WebSocketResponse):
    """A websocket whose page has nothing to say: it is only listened to until it is gone.

    Its handler returns at once, and with it everything that a request needs on its way in; we listen where
    the server finishes an answer. Ten thousand pages are open at a time, and each counts.
    """

    __slots__ = ("ended",)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.ended: Callable[[], object] = bool
        """Called when it is gone."""

    async def write_eof(self, _data: bytes = b"") -> None:
        """Be open, until the page or we close it."""
        try:
            async for _ in self:
                pass
        finally:
            self.ended()
        await super().write_eof()


async def open_socket(
    request: web.Request, audience: str, *, heartbeat: float = HEARTBEAT_SECONDS
) -> tuple[web.WebSocketResponse, str]:
    """Accept a websocket from our own page with a fresh ticket: the socket, and the ticket's subject.

    Every ``heartbeat`` seconds of silence the browser is asked whether it is still there.

    Raises:
        ForgedRequestError: a foreign or missing Origin.
        AnonymousError: no ticket, or not a good one.
        StoreError: too many are open, or the store is away.

    """
    socket, subject = await _open(request, audience, web.WebSocketResponse, heartbeat, MAX_SOCKETS)
    request[keys.SOCKET] = socket
    return socket, subject


async def open_quiet_socket(
    request: web.Request, audience: str, *, heartbeat: float = HEARTBEAT_SECONDS
) -> tuple[QuietSocket, str]:
    """Do the same for a page that has nothing to say; the handler returns the socket and is done."""
    return await _open(request, audience, QuietSocket, heartbeat, MAX_QUIET_SOCKETS)


async def _open(
    request: web.Request, audience: str, kind: type[Socket], heartbeat: float, most: int
) -> tuple[Socket, str]:
    require_own_origin(request)
    sockets: MutableSet[web.WebSocketResponse] = request.app[keys.SOCKETS]
    subject = await request.app[keys.TICKETS].redeem(_ticket(request), audience)
    if len(sockets) >= most:  # only now: of those who wait for the store together, each was to count
        raise StoreError("too many websockets are open")
    socket = kind(heartbeat=heartbeat, max_msg_size=MAX_MESSAGE_BYTES, protocols=(PROTOCOL,), compress=False)
    await socket.prepare(request)
    socket.headers.clear()  # they are sent
    sockets.add(socket)
    return socket, subject


async def close_sockets(app: web.Application) -> None:
    """Tell every open page that we go away for a moment, so that none waits for its own time-out."""
    sockets: MutableSet[web.WebSocketResponse] = app[keys.SOCKETS]
    goodbyes = [socket.close(code=WSCloseCode.GOING_AWAY) for socket in sockets]
    with suppress(TimeoutError):  # whoever does not answer is cut off when the server ends
        async with asyncio.timeout(GOODBYE_SECONDS):
            await asyncio.gather(*goodbyes, return_exceptions=True)


def no_sockets() -> MutableSet[web.WebSocketResponse]:
    """The set of open ones, at the start."""
    return WeakSet()


def _ticket(request: web.Request) -> str:
    offered = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
    tickets = [text for text in map(str.strip, offered) if text.startswith(TICKET_PREFIX)]
    if len(tickets) != 1:
        raise AnonymousError("no ticket")
    return tickets[0].removeprefix(TICKET_PREFIX)
