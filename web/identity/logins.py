"""One log-in, from the button to the result: who began it, for what, and whether what came back will do.

Keeps nothing. What must be known when the result comes travels with it as ``state``: a signed note (a JWT,
pinned as RFC 8725 asks) that names the session, the purpose, the method and the language. Knows no browser:
that the one which brings a state is the one that began is checked by `web.identity.returns`.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import jwt
import structlog

from ivr.errors import IdentityError, InputError
from web.identity.protocol import LoginRequest
from web.identity.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.session.attributes import Identity
    from ivr.session.purpose import Purpose, Purposes
    from ivr.store.sessions import Sessions
    from web.options import WebOptions

STATE_SECONDS: Final = 900
"""The longest that logging in may take: fetching a phone, installing an app, finding a password."""
MAX_STATE_CHARS: Final = 2048
ALGORITHM: Final = "HS256"
ISSUER: Final = "idbellen"
AUDIENCE: Final = "login"
CLAIMS: Final = ("aud", "exp", "iat", "iss", "jti", "sub", "purpose", "method", "language")
ID_BYTES: Final = 18
"""Of chance: no two states are the same."""

log = structlog.get_logger("web.identity")


@dataclass(frozen=True, slots=True)
class Login:
    """A log-in that is under way."""

    session: str
    purpose: Purpose
    method: str
    language: str


class Logins:
    """Begins log-ins, and decides what comes of them."""

    def __init__(
        self,
        options: WebOptions,
        sessions: Sessions,
        purposes: Purposes,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._key = options.key("login")
        self._sessions = sessions
        self._purposes = purposes
        self._now = now

    def begin(self, login: Login, return_url: str) -> LoginRequest:
        """Return what the provider needs to start this log-in."""
        issued = int(self._now())
        claims = {
            "aud": AUDIENCE,
            "exp": issued + STATE_SECONDS,
            "iat": issued,
            "iss": ISSUER,
            "jti": secrets.token_urlsafe(ID_BYTES),
            "sub": login.session,
            "purpose": login.purpose.name,
            "method": login.method,
            "language": login.language,
        }
        state = jwt.encode(claims, self._key, algorithm=ALGORITHM)
        return LoginRequest(login.purpose, login.language, state, return_url)

    def read(self, state: str) -> Login:
        """Return the log-in that a state stands for.

        Raises:
            IdentityError: it was begun too long ago.
            InputError: not a state of ours.
            NotFoundError: the purpose is not there any more.

        """
        claims = self._claims(state)
        purpose = self._purposes.get(claims["purpose"])
        return Login(claims["sub"], purpose, claims["method"], claims["language"])

    async def finish(self, login: Login, identity: Identity) -> None:
        """Take what a provider returned: enough for the purpose, and the session is verified with it.

        What counts is what came back, not what was asked (requirement S8). Only the purpose's attributes
        are kept.

        Raises:
            IdentityError: too low a level, or an attribute is missing; the session's log-in has failed.
            InputError: it comes from another method than the one that was begun.
            IllegalMoveError: the session was proven or refused before, or is over.
            NotFoundError: there is no such session any more.

        """
        if identity.method != login.method:
            raise InputError("this result comes from another login method than the one that was begun")
        refusal = judge(login.purpose, identity)
        if refusal is not None:
            await self.fail(login, refusal)
            raise IdentityError("what came back is not enough for the purpose", reason=refusal)
        await self._sessions.verify(login.session, login.purpose, identity)
        log.info("login.verified", session=login.session, purpose=login.purpose.name, method=login.method)

    async def fail(self, login: Login, reason: Refusal) -> None:
        """Take that a log-in gave nothing. Unless that is final, the citizen may try again.

        Raises IllegalMoveError and NotFoundError as `finish` does.
        """
        log.info("login.refused", session=login.session, method=login.method, reason=reason.value)
        if reason.is_final:
            await self._sessions.fail(login.session)

    def _claims(self, state: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                state[:MAX_STATE_CHARS],
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": list(CLAIMS), "strict_aud": True},
            )
        except jwt.ExpiredSignatureError:
            raise IdentityError("the log-in was begun too long ago", reason=Refusal.LATE) from None
        except jwt.InvalidTokenError:
            raise InputError("this is not a log-in that we began") from None
        return claims


def judge(purpose: Purpose, identity: Identity) -> Refusal | None:
    """Say why this identity will not do for the purpose, if so."""
    if identity.level < purpose.minimum:
        return Refusal.TOO_LOW
    values = purpose.take(identity.attributes).reveal()
    if not all(values.get(name, "").strip() for name in purpose.attribute_names):
        return Refusal.INCOMPLETE
    return None
