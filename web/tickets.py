"""Short, single-use tickets: for websockets, and for who comes back from logging in elsewhere.

Knows JWTs; where spent ones are remembered is somebody else's. A websocket cannot carry a header of a
script's choosing and a URL ends up in logs, so a page asks for a ticket by an ordinary request and shows it
in ``Sec-WebSocket-Protocol``. Rules of RFC 8725: one algorithm, every claim required, one audience a use.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import jwt

from ivr.errors import AnonymousError

if TYPE_CHECKING:
    from web.options import WebOptions

ALGORITHM = "HS256"
ISSUER = "idbellen"
TICKET_SECONDS = 30
JTI_BYTES = 18
MAX_TICKET_CHARS = 1_024
CLAIMS = ("aud", "exp", "iat", "iss", "jti", "sub")

Spend = Callable[[str, int], Awaitable[bool]]
"""Remember an identifier for so many seconds; true the first time, false ever after."""


class Tickets:
    """Hands tickets out and takes each in once."""

    def __init__(self, options: WebOptions, spend: Spend, *, now: Callable[[], float] = time.time) -> None:
        self._key = options.key("ticket")
        self._spend = spend
        self._now = now

    def issue(self, audience: str, subject: str, seconds: int = TICKET_SECONDS) -> str:
        """A ticket for one use of ``audience`` by ``subject``, good for so many seconds."""
        issued = int(self._now())
        claims = {
            "aud": audience,
            "exp": issued + seconds,
            "iat": issued,
            "iss": ISSUER,
            "jti": secrets.token_urlsafe(JTI_BYTES),
            "sub": subject,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    async def redeem(self, ticket: str, audience: str) -> str:
        """The subject of a ticket, which is worth nothing afterwards.

        Raises:
            AnonymousError: not ours, for something else, too old, or used before; all look the same.
            StoreError: it cannot be known whether it was used before, so it is not taken.

        """
        claims = self._claims(ticket, audience)
        if not await self._spend(str(claims["jti"]), claims["exp"] - claims["iat"]):
            raise AnonymousError("this ticket was used before")
        return str(claims["sub"])

    def _claims(self, ticket: str, audience: str) -> dict[str, Any]:
        if len(ticket) > MAX_TICKET_CHARS:
            raise AnonymousError("no valid ticket")
        try:
            return jwt.decode(
                ticket,
                self._key,
                algorithms=[ALGORITHM],
                audience=audience,
                issuer=ISSUER,
                options={"require": list(CLAIMS), "strict_aud": True},
            )
        except (jwt.InvalidTokenError, ValueError) as error:  # a ValueError: bytes that are no text
            raise AnonymousError("no valid ticket") from error
