"""Another front end that holds a citizen's ticket: as Bearer in the Authorization header, and nowhere else.

RFC 6750, section 2.1. Knows no cookie: what a browser sends by itself opens nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.errors import AnonymousError, NotFoundError
from ivr.session.attributes import Secret
from web.citizen.holder import FOUND, Holder

if TYPE_CHECKING:
    from aiohttp import web

SCHEME: Final = "bearer"
MAX_TOKEN: Final = 256
"""Characters; ours have 43."""
ID: Final = "sessionId"


class Bearer(Holder):
    """Knows front ends again by the ticket that they show."""

    async def guard(self, request: web.Request) -> None:
        """Let in who holds the ticket of the session that the path names.

        Raises:
            AnonymousError: no ticket, or one whose session is not there any more.
            NotFoundError: the ticket of another session.

        """
        await super().guard(request)
        if request[FOUND].session.id != request.match_info[ID]:
            raise NotFoundError("not the session of this token")

    def ticket(self, request: web.Request) -> Secret:
        """Return the ticket that is shown; raise AnonymousError if there is none, or more than one."""
        shown = request.headers.getall("Authorization", [])
        scheme, _, token = (shown[0] if len(shown) == 1 else "").partition(" ")
        if scheme.lower() != SCHEME or not 0 < len(token) <= MAX_TOKEN:
            raise AnonymousError("no token")
        return Secret(token)
