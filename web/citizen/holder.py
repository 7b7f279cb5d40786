"""Whoever holds a citizen's ticket: a browser, by its cookie. Finds the session behind it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import web

from ivr.errors import AnonymousError, IllegalMoveError, NotFoundError
from ivr.session.attributes import Secret
from ivr.session.model import Call, Identification
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
        return await self._find(self.ticket(request))

    def ticket(self, request: web.Request) -> Secret:
        """Return the ticket that is shown; raise AnonymousError if there is none."""
        ticket = cookies.read(request, cookies.CITIZEN)
        if ticket is None:
            raise AnonymousError("this browser started no session")
        return Secret(ticket)

    async def with_code(self, ticket: Secret, found: Found) -> Found:
        """Give who has proven who they are their first code; return the session as it is then.

        Here, and not where the log-in ends: a result that came while nobody looked, or just before a crash,
        then needs no other care.
        """
        session = found.session
        awaits = session.call is Call.AWAITED and session.identification is Identification.VERIFIED
        if not awaits or found.code is not None:
            return found
        with suppress(IllegalMoveError, NotFoundError):  # by a call or another tab, the session went on
            await self._sessions.issue(session.id)
        return await self._find(ticket)

    @staticmethod
    def give(response: web.StreamResponse, started: Started) -> None:
        """Hand a new session's ticket to the browser that started it, in place of any that it had."""
        cookies.put(response, cookies.CITIZEN, started.ticket.reveal())

    async def _find(self, ticket: Secret) -> Found:
        try:
            return await self._sessions.find(ticket)
        except NotFoundError:
            raise AnonymousError("the session of this ticket is gone") from None
