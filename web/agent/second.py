"""The second factor: six digits that an app makes anew each half minute (TOTP, RFC 6238).

Knows a secret for as long as one look takes: in the file of accounts it is sealed under the web's keys, for
that one account. Between name with password and the code a note is kept of what became of the first; whoever
logs in does not learn it before the code is there as well, so that a password cannot be tried by itself. See
docs/adr/0010.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

import structlog
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from ivr.errors import SealError
from ivr.session.attributes import Secret

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ivr.store.notes import Notes
    from ivr.store.sealing import Sealer
    from web.agent.account_record import Record
    from web.agent.person import Person

    Spend = Callable[[str, float], Awaitable[bool]]

DIGITS: Final = 6
STEP_SECONDS: Final = 30
AROUND: Final = (0, -1, 1)
"""Steps that will do, beside the present one: clocks differ, and people are slow (RFC 6238 §5.2)."""
SECRET_BYTES: Final = 20
"""As long as the hash (RFC 4226 §4, R6): SHA-1, which all apps know; HMAC does not share its weakness."""
USED_SECONDS: Final = STEP_SECONDS * (len(AROUND) + 1)
"""For how long a step that was used is remembered: until it will not do any more."""
HALF_SECONDS: Final = 300
"""The longest that fetching the code may take."""
KIND: Final = "agent-code"
"""Of the notes."""
CONTEXT: Final = "totp"
_CODE: Final = re.compile(rf"[0-9]{{{DIGITS}}}")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Half:
    """Half a log-in: a name was given, and a password that was right or wrong."""

    name: str
    account: str
    """Of whom the password is right; empty when it is not."""


class SecondFactor:
    """Asks for codes and checks them. ``spend`` is once and never again, in any process."""

    def __init__(
        self,
        sealer: Sealer,
        notes: Notes,
        spend: Spend,
        *,
        required: bool,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._sealer = sealer
        self._notes = notes
        self._spend = spend
        self._required = required
        self._now = now

    def is_asked_of(self, record: Record | None) -> bool:
        """Tell whether who gives this account's name is asked for a code; None is of a name without one."""
        return self._required or bool(record and record.totp)

    async def begin(self, name: str, person: Person | None) -> Secret:
        """Keep what became of name and password; return under which name the browser finds it."""
        return await self._notes.leave(json.dumps([name, person.account if person else ""]))

    async def take(self, token: Secret) -> Half:
        """Return half a log-in, which is gone then. Raise NotFoundError if there is none (any more)."""
        name, account = json.loads(await self._notes.take(token))
        return Half(name, account)

    async def is_right(self, record: Record, code: str) -> bool:
        """Tell whether this is the account's code of now, for the first time."""
        given = "".join(code.split())
        secret = _opened(self._sealer, record)
        if secret is None and record.totp:
            log.warning("agent.second_factor_unreadable", agent=record.name)
        if secret is None or not _CODE.fullmatch(given):
            return False
        totp = _totp(secret)
        step = int(self._now()) // STEP_SECONDS
        for each in (step + off for off in AROUND):
            if _matches(totp, given, each):
                return await self._spend(f"totp.{record.name}.{each}", USED_SECONDS)
        return False

    def renewed(self, record: Record) -> str | None:
        """Return the account's secret sealed under the key of today, if it is under one of before."""
        if seal_of(self._sealer, record) is not Seal.OLD:
            return None
        secret = _opened(self._sealer, record)
        return seal(self._sealer, record.name, secret) if secret else None


class Seal(Enum):
    """How an account's secret is kept."""

    NONE = "none"
    NEWEST = "newest"
    OLD = "old"
    """Under a key that does not seal any more."""
    LOST = "lost"
    """It does not open: its key is gone, or it is another account's."""


def seal_of(sealer: Sealer, record: Record) -> Seal:
    """Tell how an account's secret is kept."""
    if record.totp is None:
        return Seal.NONE
    if _opened(sealer, record) is None:
        return Seal.LOST
    return Seal.NEWEST if sealer.is_newest(urlsafe_b64decode(record.totp)) else Seal.OLD


def draw() -> Secret:
    """Return a new secret, in base32 as apps have it."""
    return Secret(b32encode(secrets.token_bytes(SECRET_BYTES)).decode())


def seal(sealer: Sealer, name: str, secret: Secret) -> str:
    """Return the secret as it stands in an account of this name."""
    return urlsafe_b64encode(sealer.seal(secret.reveal().encode(), _owner(name), CONTEXT)).decode()


def address(secret: Secret, name: str, issuer: str) -> Secret:
    """Return what an app reads from a square: secret, name, and whose it is (``otpauth://…``)."""
    return Secret(_totp(secret).get_provisioning_uri(name, issuer))


def code_at(secret: Secret, moment: float) -> str:
    """Return the code that an app shows at a moment."""
    return _totp(secret).generate(moment).decode()


def _opened(sealer: Sealer, record: Record) -> Secret | None:
    """Return the account's secret; None if it has none, or one that does not open."""
    try:
        opened = sealer.open(urlsafe_b64decode(record.totp or ""), _owner(record.name), CONTEXT)
    except (SealError, ValueError):
        return None
    return Secret(opened.decode("ascii", "replace"))


def _owner(name: str) -> str:
    return f"agent/{name}"


def _totp(secret: Secret) -> TOTP:
    return TOTP(b32decode(secret.reveal()), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - see SECRET_BYTES


def _matches(totp: TOTP, code: str, step: int) -> bool:
    try:
        totp.verify(code.encode(), step * STEP_SECONDS)
    except InvalidToken:
        return False
    return True
