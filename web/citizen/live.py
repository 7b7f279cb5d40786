"""Keeps an open page up to date: the whole status, drawn here, each time that something changed.

One single-use ticket a connection; a lost connection costs nothing, since each begins with the whole status.
It is looked at only when something may have changed: at a wake-up, and when time alone changes the words. Of
all that is open, a thing that happens to nobody costs nothing but a beat: an empty message, so that a page
whose connection was swallowed on the way notices.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from aiohttp import WSCloseCode, web

from ivr.errors import IdBellenError
from ivr.session.model import LIVE, OVER
from ivr.store.feed import session_topic
from web import keys
from web.citizen.holder import FOUND
from web.socket import open_socket

if TYPE_CHECKING:
    from ivr.session.attributes import Secret
    from ivr.session.model import CitizenView
    from ivr.store.feed import Feed, Watch
    from web.citizen.call import CallPages
    from web.citizen.holder import Holder
    from web.citizen.status import Board

AUDIENCE: Final = "citizen-live"
BEAT: Final = ""
BEAT_SECONDS: Final = 25.0
"""The longest that we are silent; ``live.js`` gives a connection up after more than twice that."""
PING_SECONDS: Final = 50.0
"""Between two questions whether the page is there: until then one that is gone costs a little memory."""
LOOKS: Final = 32
"""Pages that look at the same moment. When the store is back all want to, and more than it can answer in time
would be lost again."""
SEND_SECONDS: Final = 10.0
"""The longest that a browser may take to receive one status."""


class Live:
    """The page's websocket, and the tickets for it."""

    def __init__(self, holder: Holder, feed: Feed, board: Board, calls: CallPages) -> None:
        self._holder = holder
        self._feed = feed
        self._board = board
        self._calls = calls
        self._looks = asyncio.Semaphore(LOOKS)

    async def ticket(self, request: web.Request) -> web.Response:
        """A ticket for one connection."""
        ticket = request.app[keys.TICKETS].issue(AUDIENCE, request[FOUND].session.id)
        return web.json_response({"ticket": ticket})

    async def follow(self, request: web.Request) -> web.WebSocketResponse:
        """The connection, for as long as the page is open and there is something to tell."""
        session = request[FOUND].session.id
        socket, subject = await open_socket(request, AUDIENCE, heartbeat=PING_SECONDS)
        if subject != session:  # the ticket was for what this browser had before
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)
            return socket
        async with asyncio.TaskGroup() as tasks:
            teller = tasks.create_task(self._tell_all(request, socket, session))
            async for _ in socket:
                pass  # the page has nothing to say; this only notices that it is gone
            teller.cancel()
        return socket

    async def _tell_all(self, request: web.Request, socket: web.WebSocketResponse, session: str) -> None:
        code = WSCloseCode.TRY_AGAIN_LATER
        try:
            await self._tell(request, socket, session)
            code = WSCloseCode.OK
        except (IdBellenError, TimeoutError, ConnectionError):
            pass  # the page says that it lost us, and comes back
        finally:
            await socket.close(code=code)

    async def _tell(self, request: web.Request, socket: web.WebSocketResponse, session: str) -> None:
        told, shown = 0, None
        with self._feed.watch(session_topic(session)) as watch:
            while not socket.closed:  # also when the cancel was lost: wait_for of Python 3.11 can eat one
                async with self._looks:
                    view = await self._calls.view(request, await self._holder.look(request))
                told, shown = await self._show(request, socket, view, shown, told), view.code
                if view.call in OVER:
                    return
                with self._feed.vigil.over(session) if view.call in LIVE else nullcontext():
                    await _wait(socket, watch, self._board.patience(view))

    async def _show(
        self,
        request: web.Request,
        socket: web.WebSocketResponse,
        view: CitizenView,
        shown: Secret | None,
        told: int,
    ) -> int:
        """Send the status if it is another than ``told``, its hash; the hash of it now.

        Of what was sent nothing is kept: thousands of pages wait here.
        """
        html = self._board.fragment(request, view, shown)
        if hash(html) != told:
            await _send(socket, json.dumps({"version": view.version, "html": html}, ensure_ascii=False))
        return hash(html)


async def _wait(socket: web.WebSocketResponse, watch: Watch, seconds: float) -> None:
    """Until a wake-up, at most so many seconds; with a beat now and then."""
    while seconds > 0 and not socket.closed:
        if await watch.changed(min(seconds, BEAT_SECONDS)):
            return
        seconds -= BEAT_SECONDS
        await _send(socket, BEAT)


async def _send(socket: web.WebSocketResponse, message: str) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await socket.send_str(message)
