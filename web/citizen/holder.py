"""The browser that holds a citizen's ticket. Knows the cookie, and finds the session behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from ivr.errors import AnonymousError, NotFoundError
from ivr.session.attributes import Secret
from ivr.store.sessions import Found
from web import cookies

if TYPE_CHECKING:
    from ivr.store.sessions import Sessions, Started

FOUND: web.RequestKey[Found] = web.RequestKey("FOUND", Found)
"""The session of the browser that asks, as it was when the request came in."""


class Holder:
    """Gives browsers their ticket, and knows them again by it."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def guard(self, request: web.Request) -> None:
        """Let in who holds the ticket of a session: it is then in ``request[FOUND]``.

        Raises:
            AnonymousError: no ticket, or one whose session is not there any more.

        """
        request[FOUND] = await self.look(request)

    async def look(self, request: web.Request) -> Found:
        """Return the session as it is at this moment; raises as `guard` does."""
        ticket = cookies.read(request, cookies.CITIZEN)
        if ticket is None:
            raise AnonymousError("this browser started no session")
        try:
            return await self._sessions.find(Secret(ticket))
        except NotFoundError:
            raise AnonymousError("the session of this browser is gone") from None

    @staticmethod
    def give(response: web.StreamResponse, started: Started) -> None:
        """Hand a new session's ticket to the browser that started it, in place of any that it had."""
        cookies.put(response, cookies.CITIZEN, started.ticket.reveal())
