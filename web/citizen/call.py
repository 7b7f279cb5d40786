"""After the log-in: number and code, and how the call goes. Its updates are in `web.citizen.live`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NoReturn

from aiohttp import web

from ivr.errors import IllegalMoveError, NotFoundError, TooOftenError
from ivr.session.model import citizen_view
from web import keys
from web.citizen.holder import FOUND
from web.identity.returns import CALL
from web.pages import link, page
from web.ratelimit import Rule

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ivr.session.model import CitizenView
    from ivr.store.sessions import Found, Sessions
    from web.citizen.holder import Holder
    from web.citizen.start import StartPages
    from web.citizen.status import Board

    WayBack = Callable[[web.Request], Awaitable[web.HTTPSeeOther | None]]

NEW_CODES: Final = Rule(name="new-code", per_client="5/10 minutes", everyone="100000/minute")
"""For one session: a person who keys slowly needs two or three."""
PASSED = (IllegalMoveError, NotFoundError)
"""The session went on meanwhile, by a call or another tab; the page that follows says how it stands."""
STILL: Final = "still"
"""In the query: the page is not to load itself again; for who reads without JavaScript (WCAG 2.2.2)."""
OFTEN: Final = "often"
"""In the query: a new code was asked too often, so the one there was stays."""


class CallPages:
    """The number-and-code page, and its buttons."""

    def __init__(
        self, sessions: Sessions, holder: Holder, board: Board, starts: StartPages, way_back: WayBack
    ) -> None:
        self._sessions = sessions
        self._holder = holder
        self._board = board
        self._starts = starts
        self._way_back = way_back

    async def show(self, request: web.Request) -> web.Response:
        """The page as it is now; for who came from another front end, the way back to it."""
        if back := await self._way_back(request):
            raise back
        view = await self.view(request, request[FOUND])
        self._board.allow_forms(request, view)
        context = self._board.context(request, view)
        still, often = (word in request.query for word in (STILL, OFTEN))
        return page(request, "citizen/call.html", still=still, often=often, **context)

    async def new_code(self, request: web.Request) -> NoReturn:
        """Give a code: the first, or one in place of the one that the citizen has; more time, too."""
        session = request[FOUND].session.id
        try:
            await request.app[keys.LIMITS].spend(request, NEW_CODES, whose=session)
        except TooOftenError:
            _show_again(request, OFTEN)  # not an error page: the citizen has a code that works
        with suppress(*PASSED):
            await self._sessions.issue(session)
        _show_again(request)

    async def more_time(self, request: web.Request) -> NoReturn:
        """Let the code that the citizen has work longer."""
        with suppress(*PASSED):
            await self._sessions.extend(request[FOUND].session.id)
        _show_again(request)

    async def stop(self, request: web.Request) -> NoReturn:
        """Stop, at the citizen's wish: all is wiped at once."""
        session = request[FOUND].session.id
        with suppress(*PASSED):
            await self._sessions.cancel(session)
            await self._starts.leave(session)
        _show_again(request)

    async def log_in(self, request: web.Request) -> NoReturn:
        """Log in again, or after all."""
        session = request[FOUND].session
        await self._starts.log_in(request, session.id, session.purpose)

    async def view(self, request: web.Request, found: Found) -> CitizenView:
        """Return what the citizen may see; who has proven who they are gets their first code here."""
        found = await self._holder.with_code(self._holder.ticket(request), found)
        return citizen_view(found.session, found.now, found.code, found.extra, found.spoken)


def _show_again(request: web.Request, why: str = "") -> NoReturn:
    raise web.HTTPSeeOther(link(request, CALL) + (f"?{why}" if why else ""))
