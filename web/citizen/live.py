"""Keeps open pages up to date: the whole status, drawn here, each time that something changed.

One single-use ticket a connection; a lost connection costs nothing, since each begins with the whole status.
A page is looked at only when something may have changed: at a wake-up, and when time alone changes the words.
Of all that is open, a thing that happens to nobody costs nothing but a beat: an empty message, so that a page
whose connection was swallowed on the way notices.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from aiohttp import WSCloseCode, web

from ivr.errors import IdBellenError
from ivr.session.model import LIVE, OVER
from ivr.store.feed import session_topic
from web import keys
from web.citizen.holder import FOUND
from web.citizen.open_page import OpenPage
from web.errors import hang_up
from web.socket import open_quiet_socket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from ivr.store.feed import Feed
    from web.citizen.call import CallPages
    from web.citizen.holder import Holder
    from web.citizen.status import Board

AUDIENCE: Final = "citizen-live"
BEAT: Final = ""
BEAT_SECONDS: Final = 25.0
"""The longest that we are silent; ``live.js`` gives a connection up after more than twice that."""
ROUND_SECONDS: Final = 1.0
"""Between two rounds past all pages."""
PING_SECONDS: Final = 50.0
"""Between two questions whether the page is there: until then one that is gone costs a little memory."""
LOOKS: Final = 8
"""Pages that look at the same moment. When the store is back all want to; answers for more than we can draw
meanwhile would wait for us until their time is over."""
MAX_OF_ONE: Final = 8
"""Open pages of one session: a few tabs, and connections that are gone but not yet missed.

Of more the oldest is closed: a stranger with one session is not to take the places of all.
"""
CROWDED: Final = WSCloseCode.POLICY_VIOLATION
"""With which it is: ``live.js`` comes back after its longest wait only."""
SEND_SECONDS: Final = 10.0
"""The longest that a browser may take to receive one status."""


class Live:
    """The pages' websockets, and the tickets for them."""

    def __init__(self, holder: Holder, feed: Feed, board: Board, calls: CallPages) -> None:
        self._holder = holder
        self._feed = feed
        self._board = board
        self._calls = calls
        self._looks = asyncio.Semaphore(LOOKS)
        self._pages: set[OpenPage] = set()
        self._of: defaultdict[str, list[OpenPage]] = defaultdict(list)
        """The same by session, the oldest first."""
        self._tasks: set[asyncio.Task[object]] = set()

    async def lifetime(self, _app: web.Application) -> AsyncIterator[None]:
        """Go round while the server runs; what is done for pages ends with it."""
        round_ = asyncio.create_task(self._go_round(), name="pages")
        yield
        tasks = [round_, *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def ticket(self, request: web.Request) -> web.Response:
        """A ticket for one connection."""
        ticket = request.app[keys.TICKETS].issue(AUDIENCE, request[FOUND].session.id)
        return web.json_response({"ticket": ticket})

    async def follow(self, request: web.Request) -> web.WebSocketResponse:
        """The connection, for as long as the page is open and there is something to tell."""
        session = request[FOUND].session.id
        del request[FOUND]  # it is looked for anew each time
        socket, subject = await open_quiet_socket(request, AUDIENCE, heartbeat=PING_SECONDS)
        if subject != session:  # the ticket was for what this browser had before
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)
            return socket
        page = OpenPage(request, socket, session, self._start)
        self._enter(page)
        socket.ended = partial(self._leave, page)
        page.wake()
        return socket

    def _enter(self, page: OpenPage) -> None:
        self._pages.add(page)
        self._feed.enter(session_topic(page.session), page)
        same = self._of[page.session]
        same.append(page)
        if len(same) > MAX_OF_ONE:
            oldest = same[0]
            self._leave(oldest)  # at once: it may be long in closing
            self._begin(oldest.socket.close(code=CROWDED))

    def _leave(self, page: OpenPage) -> None:
        """It is looked at no longer. Does nothing the second time."""
        if page.gone:
            return
        page.gone = True
        self._pages.discard(page)
        self._of[page.session].remove(page)
        if not self._of[page.session]:
            del self._of[page.session]
        self._feed.leave(session_topic(page.session), page)
        self._follow_call(page, wanted=False)

    async def _go_round(self) -> None:
        """Look over all pages each second: for whom time has come, and who has heard nothing for long."""
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            now = asyncio.get_running_loop().time()
            for page in list(self._pages):
                if page.due <= now:
                    page.due = math.inf
                    page.wake()
                elif page.is_silent(now - BEAT_SECONDS):
                    page.heard = now
                    await _beat(page.socket)

    def _start(self, page: OpenPage) -> None:
        self._begin(self._serve(page))

    def _begin(self, work: Coroutine[Any, Any, object]) -> None:
        """Have it done, by the end of the server at the latest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, page: OpenPage) -> None:
        """Tell a page what there is to tell; then it rests."""
        try:
            await self._tell(page)
        except (IdBellenError, TimeoutError, ConnectionError):
            await page.socket.close(code=WSCloseCode.TRY_AGAIN_LATER)  # it says so, and comes back
        except Exception as error:  # noqa: BLE001 - the last net, as for a request
            await hang_up(page.socket, error)
        else:
            page.rest()

    async def _tell(self, page: OpenPage) -> None:
        """Send the status if it is another than before; when there is nothing more to come, close."""
        async with self._looks:
            page.look()
            view = await self._calls.view(page.request, await self._holder.look(page.request))
        now = asyncio.get_running_loop().time()
        html = self._board.fragment(page.request, view, page.shown)
        if hash(html) != page.told:
            message = json.dumps({"version": view.version, "html": html}, ensure_ascii=False)
            async with asyncio.timeout(SEND_SECONDS):
                await page.socket.send_str(message)
            page.heard = now
        page.told, page.shown, page.due = hash(html), view.code, now + self._board.patience(view)
        if view.call in OVER:
            await page.socket.close(code=WSCloseCode.OK)
        has_call = view.call in LIVE or (view.in_call and view.call not in OVER)
        self._follow_call(page, wanted=has_call and not page.gone)

    def _follow_call(self, page: OpenPage, *, wanted: bool) -> None:
        """Have the call of a page, or the one that it is for, watched over; or no longer."""
        if page.followed != wanted:
            page.followed = wanted
            (self._feed.vigil.begin if wanted else self._feed.vigil.end)(page.session)


async def _beat(socket: web.WebSocketResponse) -> None:
    """Say that we are there. Waits for nobody: a few bytes to a browser that takes them."""
    try:
        await socket.send_str(BEAT)
    except ConnectionError:
        pass  # it is gone, and leaves by itself
    except Exception as error:  # noqa: BLE001 - whatever it was, the others are to hear us
        await hang_up(socket, error)
