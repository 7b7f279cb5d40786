"""A browser that comes back from logging in: only the one that began may bring the result.

The state says for which session a log-in is, the ticket cookie whose browser this is. When they differ,
somebody was sent here with another's log-in (login CSRF), and nothing happens.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NoReturn

from aiohttp import web

from ivr.errors import ForgedRequestError, IdentityError, IllegalMoveError, NotFoundError
from web.citizen.holder import FOUND
from web.language import language_of

if TYPE_CHECKING:
    from ivr.session.attributes import Identity
    from web.identity.logins import Login, Logins
    from web.identity.refusal import Refusal

CALL: Final = "call"
"""The route of the page with number and code."""
REASON: Final = "login"
"""The part of its query that says why the log-in gave nothing."""


class Returns:
    """What the pages of providers call. Those are for `Audience.CITIZEN`, so the session has been found."""

    def __init__(self, logins: Logins) -> None:
        self._logins = logins

    def login(self, request: web.Request, state: str) -> Login:
        """Return the log-in that this browser began, or send it on if that took too long.

        Raises:
            ForgedRequestError: another browser began it.
            InputError: not a state of ours.

        """
        try:
            login = self._logins.read(state)
        except IdentityError as error:
            _onward(request, language_of(request), error.reason)
        if request[FOUND].session.id != login.session:
            raise ForgedRequestError("this log-in was begun in another browser")
        return login

    async def finished(self, request: web.Request, login: Login, identity: Identity) -> NoReturn:
        """Take the identity that this browser brings for its log-in, and send the browser on.

        Raises:
            InputError: it comes from another method than the one that was begun.

        """
        reason = ""
        try:
            await self._logins.finish(login, identity)
        except IdentityError as error:
            reason = error.reason
        except (IllegalMoveError, NotFoundError):
            pass  # sent twice, or too late: the page that follows says how things stand
        _onward(request, login.language, reason)

    async def failed(self, request: web.Request, login: Login, reason: Refusal) -> NoReturn:
        """Take that the log-in gave nothing, and send the browser on to a page that helps."""
        with suppress(IllegalMoveError, NotFoundError):  # as above
            await self._logins.fail(login, reason)
        _onward(request, login.language, reason)


def _onward(request: web.Request, language: str, reason: str) -> NoReturn:
    url = request.app.router[CALL].url_for(lang=language)
    raise web.HTTPSeeOther(url.with_query({REASON: reason}) if reason else url)
