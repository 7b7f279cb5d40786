"""A browser that came from another front end to log in here, and goes back there with a grant.

The grant stands in an address, so it is worth little: one use, a minute, and only to whoever holds the
verifier of the challenge that this log-in began with (RFC 7636). The session's own ticket never leaves the
browser's cookie but through it. So the front end gets the session of the citizen who came back to it, and
whoever sent a citizen here by a link of their own gets nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from aiohttp import web
from yarl import URL

from ivr.errors import NotFoundError
from ivr.session.attributes import Secret
from web import cookies
from web.citizen.holder import FOUND
from web.citizen.status import reason_of
from web.identity.logins import STATE_SECONDS
from web.identity.returns import REASON

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.store.notes import Notes

GRANT_SECONDS: Final = 60
"""From the redirect to the front end's call: a page load apart."""
RETURN_SECONDS: Final = STATE_SECONDS + 300
"""A log-in, and reading what went wrong with it."""


@dataclass(frozen=True, slots=True)
class Return:
    """Where one browser goes after logging in."""

    session: str
    url: str
    challenge: str
    state: str


class WayBack:
    """Remembers where browsers came from, and leads them back. ``notes`` makes notes of a kind."""

    def __init__(self, notes: Callable[[str, int], Notes]) -> None:
        self._returns = notes("return", RETURN_SECONDS)
        self._grants = notes("grant", GRANT_SECONDS)

    async def remember(self, answer: web.StreamResponse, back: Return) -> None:
        """Have a browser that goes to log in come back."""
        name = await self._returns.leave(json.dumps(asdict(back)))
        cookies.put(answer, cookies.RETURN, name.reveal(), seconds=RETURN_SECONDS)

    async def lead(self, request: web.Request) -> web.HTTPSeeOther | None:
        """Return what leads this browser back, once; nothing if this session was begun here."""
        name, ticket = cookies.read(request, cookies.RETURN), cookies.read(request, cookies.CITIZEN)
        if name is None or ticket is None:
            return None
        try:
            back = Return(**json.loads(await self._returns.take(Secret(name))))
        except NotFoundError:
            return None
        if back.session != request[FOUND].session.id:
            return None
        grant = await self._grants.leave(json.dumps([ticket, back.challenge]))
        told = {"grant": grant.reveal(), "state": back.state, REASON: reason_of(request)}
        url = URL(back.url).update_query({name: str(value) for name, value in told.items() if value})
        answer = web.HTTPSeeOther(url)
        cookies.drop(answer, cookies.RETURN)
        return answer

    async def redeem(self, grant: Secret, verifier: str) -> Secret:
        """Return the ticket behind a grant, which is worth nothing afterwards; else raise NotFoundError.

        Wrong, too late, used before and without the right verifier look the same.
        """
        ticket, challenge = json.loads(await self._grants.take(grant))
        if not hmac.compare_digest(challenge_of(verifier), challenge):
            raise NotFoundError("no such grant for this verifier")
        return Secret(ticket)


def challenge_of(verifier: str) -> str:
    """Return what is shown of a verifier beforehand: S256 of RFC 7636, section 4.2."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
