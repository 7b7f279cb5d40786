"""A citizen's sessions, as the web writes and reads them: started, proven, given a code, stopped.

Knows the seals and the macs. Does not know calls: those move in `ivr.store.calls`.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ivr.errors import IdentityError, IllegalMoveError, NotFoundError, SealError, StoreError
from ivr.session import code as codes
from ivr.session.attributes import Secret
from ivr.session.model import (
    LIVE,
    OVER,
    PROOFS,
    Call,
    Identification,
    Move,
    Proof,
    Session,
    sources,
    target,
)
from ivr.session.upgrade import SPOKEN_LENGTH
from ivr.store import identities, places
from ivr.store.keyspace import GUESTS, TOMBSTONE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from ivr.session.attributes import Identity
    from ivr.session.purpose import Purpose
    from ivr.store.client import Store
    from ivr.store.keyspace import CallId
    from ivr.store.sealing import Macs, Sealer

DRAWS: Final = 8
"""How often a code that is in use already is drawn again before we say that the codes are too short."""


@dataclass(frozen=True, slots=True)
class Started:
    """A new session, and the ticket that proves who started it. The ticket is shown to nobody else."""

    id: str
    ticket: Secret


@dataclass(frozen=True, slots=True)
class Found:
    """The session behind a ticket, at one moment of the store's clock."""

    session: Session
    now: float
    code: Secret | None
    extra: Secret | None
    spoken: Secret | None = None


def listed(states: Iterable[StrEnum]) -> str:
    """Write states for a script: values with commas between."""
    return ",".join(state.value for state in states)


def from_fields(session: str, fields: dict[str, bytes]) -> Session:
    """Read a session from its hash; raise StoreError when that is not one of ours."""
    try:
        return Session(
            id=session,
            purpose=fields["purpose"].decode(),
            language=fields["language"].decode(),
            identification=Identification(fields["identification"].decode()),
            call=Call(fields["call"].decode()),
            version=int(fields["version"]),
            created=float(fields["created"]),
            expires=float(fields["expires"]),
            member=fields.get("member", b"").decode(),
            ended_at=float(fields.get("ended_at", 0)),
            extended=int(fields.get("extended", 0)),
            bound=fields.get("bound", b"").decode(),
        )
    except (KeyError, ValueError):
        raise StoreError("a session in the store is not one of ours") from None


def pairs(flat: list[bytes]) -> dict[str, bytes]:
    """Make a mapping of what HGETALL gives inside a script."""
    return {name.decode(): value for name, value in zip(flat[::2], flat[1::2], strict=True)}


async def close(store: Store, session: str, what: Move) -> None:
    """Make a move that ends a session and wipes it; raise IllegalMoveError or NotFoundError."""
    answer = await store.run(
        "close",
        [store.keys.session(session), store.keys.sealed(session)],
        [store.keys.prefix, session, target(what).value, listed(sources(what)), int(TOMBSTONE * 1000)],
    )
    _check(answer)


class Sessions:
    """What the web does with sessions. ``life`` is how many seconds a code may be used."""

    def __init__(
        self, store: Store, sealer: Sealer, codes_sealer: Sealer, macs: Macs, *, length: int, life: float
    ) -> None:
        self._store = store
        self._keys = store.keys
        self._sealer = sealer
        self._codes_sealer = codes_sealer
        self._macs = macs
        self._length = length
        self._life = int(life * 1000)
        self._tombstone = int(TOMBSTONE * 1000)

    async def create(self, purpose: Purpose, language: str, bound: CallId | None = None) -> Started:
        """Start a session that is not proven yet and has no code.

        ``bound`` is the call under way that it is for: its code counts for no other.
        """
        started = Started(secrets.token_hex(16), Secret(secrets.token_urlsafe(32)))
        ticket = self._macs.first(started.ticket.reveal())
        await self._store.run(
            "create",
            [self._keys.session(started.id), self._keys.ticket(ticket)],
            [
                *(started.id, purpose.name, language, ticket, self._life, self._tombstone),
                *(self._keys.prefix, str(bound or "")),
            ],
        )
        return started

    async def find(self, ticket: Secret) -> Found:
        """Return the session of a ticket, or raise NotFoundError.

        One whose time is over, or the call that it is for, is closed here.
        """
        tickets = [self._keys.ticket(mac) for mac in self._macs.all(ticket.reveal())]
        answer = await self._store.run("find", tickets, [self._keys.prefix])
        if not answer or not answer[1]:
            raise NotFoundError("no session belongs to this ticket")
        session_id, fields, followed, now = answer[0].decode(), pairs(answer[1]), answer[2], float(answer[3])
        session = replace(from_fields(session_id, fields), place=places.read(*answer[4:]))
        over = Move.EXPIRE if now >= session.expires else Move.END if session.bound and not followed else None
        if session.call is Call.AWAITED and over:
            with suppress(IllegalMoveError):  # another tab was first, with this or with a new code
                await close(self._store, session_id, over)
            return await self.find(ticket)
        if session.call in LIVE and not followed:
            session = _lost(session)
        return Found(session, now, *self._open_code(session_id, fields.get("code_sealed", b"")))

    async def issue(self, session: str) -> None:
        """Give the session a new code; the old one stops working.

        Raise IllegalMoveError once it is called or over, NotFoundError when there is no such session.
        """
        for _ in range(DRAWS):
            code = codes.draw(self._length, secrets.randbelow)
            extra = codes.draw_extra(secrets.randbelow)
            spoken = codes.draw(SPOKEN_LENGTH, secrets.randbelow)
            sealed = self._codes_sealer.seal(f"{code}.{extra}.{spoken}".encode(), session, "code")
            macs, aloud = self._macs.all(code), self._macs.all(as_spoken(spoken))
            answer = await self._store.run(
                "issue",
                [self._keys.session(session), *map(self._keys.code, macs + aloud)],
                [
                    *(self._keys.prefix, session, macs[0], sealed),
                    *(self._macs.first(f"{code}/{extra}"), self._life, self._tombstone, aloud[0]),
                ],
            )
            if answer != b"taken":
                return _check(answer)
        raise StoreError("no free code was found: codes are too short for so many; raise codes.live")

    async def extend(self, session: str) -> None:
        """Give the code that the citizen has its whole time anew, at most `EXTENSIONS` times.

        Raise IllegalMoveError once it is called or over, has no code, or was extended so often.
        """
        answer = await self._store.run(
            "extend",
            [self._keys.session(session), self._keys.sealed(session)],
            [
                *(self._keys.prefix, session, listed(sources(Move.EXTEND))),
                *(self._life, self._tombstone, codes.EXTENSIONS),
            ],
        )
        _check(answer)

    async def verify(self, session: str, purpose: Purpose, identity: Identity) -> None:
        """Seal what was proven, only the purpose's attributes, and mark the session verified.

        Raise IdentityError if the level is lower than the purpose needs (requirement S8), IllegalMoveError if
        the session was proven or refused before, or is over.
        """
        if identity.level < purpose.minimum:
            raise IdentityError("the level is lower than the purpose needs", reason="too-low")
        kept = replace(identity, attributes=purpose.take(identity.attributes))
        await self._prove(session, Proof.VERIFY, identities.seal(self._sealer, session, purpose.name, kept))

    async def fail(self, session: str) -> None:
        """Mark the log-in as failed: the call goes on, not identified."""
        await self._prove(session, Proof.FAIL, b"")

    async def cancel(self, session: str) -> None:
        """Stop at the citizen's wish, before the call: all is wiped at once."""
        await close(self._store, session, Move.CANCEL)

    async def _prove(self, session: str, proof: Proof, sealed: bytes) -> None:
        starts = [state for (state, what) in PROOFS if what is proof]
        answer = await self._store.run(
            "verify",
            [self._keys.session(session), self._keys.sealed(session)],
            [
                *(self._keys.prefix, session, PROOFS[starts[0], proof].value),
                *(listed(starts), listed(LIVE), listed(OVER), sealed, GUESTS),
            ],
        )
        _check(answer)

    def _open_code(self, session: str, sealed: bytes) -> tuple[Secret | None, Secret | None, Secret | None]:
        """Return code, extra and spoken digits, if there are any."""
        try:
            code, extra, spoken = self._codes_sealer.open(sealed, session, "code").decode().split(".")
        except (SealError, ValueError):
            return None, None, None
        return Secret(code), Secret(extra), Secret(spoken)


def as_spoken(digits: str) -> str:
    """Return what the mac is made of: digits that are read out never work as a code that is keyed."""
    return f"spoken/{digits}"


def _check(answer: bytes) -> None:
    if answer == b"missing":
        raise NotFoundError("there is no such session")
    if answer != b"done":
        raise IllegalMoveError("the session is past this point")


def _lost(session: Session) -> Session:
    """Show a session whose call is no longer followed as ended: nothing of it is kept."""
    return replace(session, call=Call.ENDED, member="")
