"""A citizen's sessions, as the web writes and reads them: started, proven, given a code, stopped.

Knows the seals and the macs. Does not know calls: those move in `ivr.store.calls`.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ivr.errors import IllegalMoveError, NotFoundError, SealError, StoreError
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
from ivr.store.keyspace import ALIVE, TOMBSTONE

if TYPE_CHECKING:
    from ivr.session.attributes import Identity
    from ivr.session.purpose import Purpose
    from ivr.store.client import Store
    from ivr.store.sealing import Macs, Sealer

DRAWS: Final = 8
"""How often a code that is in use already is drawn again before we say that the codes are too short."""
SCHEMA: Final = "attributes/1"
"""Bound into every seal: a later form of the sealed text does not open as this one."""


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


def listed(states: Any) -> str:
    """Write states for a script: values with commas between."""
    return ",".join(state.value for state in states)


def context(purpose: str) -> str:
    """Return what a session's seal is bound to besides the session: its purpose and the schema."""
    return f"{purpose}|{SCHEMA}"


def from_fields(session: str, fields: dict[str, str]) -> Session:
    """Read a session from its hash; raise StoreError when that is not one of ours."""
    try:
        return Session(
            id=session,
            purpose=fields["purpose"],
            language=fields["language"],
            identification=Identification(fields["identification"]),
            call=Call(fields["call"]),
            version=int(fields["version"]),
            created=float(fields["created"]),
            expires=float(fields["expires"]),
            method=fields.get("method", ""),
            level=int(fields.get("level", 0)),
            verified_at=float(fields.get("verified_at", 0)),
            member=fields.get("member", ""),
            ended_at=float(fields.get("ended_at", 0)),
        )
    except (KeyError, ValueError):
        raise StoreError("a session in the store is not one of ours") from None


def pairs(flat: list[bytes]) -> dict[str, bytes]:
    """Make a mapping of what HGETALL gives inside a script."""
    return {name.decode(): value for name, value in zip(flat[::2], flat[1::2], strict=True)}


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

    async def create(self, purpose: Purpose, language: str) -> Started:
        """Start a session that is not proven yet and has no code."""
        started = Started(secrets.token_hex(16), Secret(secrets.token_urlsafe(32)))
        ticket = self._keys.ticket(self._macs.first(started.ticket.reveal()))
        await self._store.run(
            "create",
            [self._keys.session(started.id), ticket],
            [started.id, purpose.name, language, self._life, self._tombstone],
        )
        return started

    async def find(self, ticket: Secret) -> Found:
        """Return the session of a ticket, or raise NotFoundError. One whose time is over is closed here."""
        tickets = [self._keys.ticket(mac) for mac in self._macs.all(ticket.reveal())]
        answer = await self._store.run("find", tickets, [self._keys.prefix])
        if not answer or not answer[1]:
            raise NotFoundError("no session belongs to this ticket")
        session_id, fields, alive, now = answer[0].decode(), pairs(answer[1]), answer[2], float(answer[3])
        hidden = {name: fields.pop(name, b"") for name in ("code", "code_sealed", "extra")}
        session = from_fields(session_id, {name: value.decode() for name, value in fields.items()})
        if session.call is Call.AWAITED and now >= session.expires:
            await self._close(session_id, Move.EXPIRE)
            return await self.find(ticket)
        if session.call in LIVE and not alive:
            session = _lost(session)
        code, extra = self._open_code(session_id, hidden["code_sealed"])
        return Found(session, now, code, extra)

    async def issue(self, session: str) -> None:
        """Give the session a new code; the old one stops working. Raise IllegalMoveError once called."""
        for _ in range(DRAWS):
            code = codes.draw(self._length, secrets.randbelow)
            extra = codes.draw_extra(secrets.randbelow)
            sealed = self._codes_sealer.seal(f"{code}.{extra}".encode(), session, "code")
            mac = self._macs.first(code)
            answer = await self._store.run(
                "issue",
                [self._keys.session(session), self._keys.code(mac)],
                [
                    *(self._keys.prefix, session, mac, sealed),
                    *(self._macs.first(f"{code}/{extra}"), self._life, self._tombstone),
                ],
            )
            if answer == b"issued":
                return
            if answer == b"illegal":
                raise IllegalMoveError("only a session that awaits its call can have a new code")
        raise StoreError("no free code was found: codes are too short for so many; raise codes.live")

    async def verify(self, session: str, purpose: Purpose, identity: Identity) -> None:
        """Seal what was proven, only the purpose's attributes, and mark the session verified.

        Raise IllegalMoveError if it was proven or refused before, or is over.
        """
        kept = identity.attributes.only(purpose.attribute_names)
        plain = json.dumps(dict(kept.reveal()), ensure_ascii=False).encode()
        sealed = self._sealer.seal(plain, session, context(purpose.name))
        await self._prove(
            session, Proof.VERIFY, [sealed, identity.method, int(identity.level), f"{identity.at:.3f}"]
        )

    async def fail(self, session: str) -> None:
        """Mark the log-in as failed: the call goes on, not identified."""
        await self._prove(session, Proof.FAIL, ["", "", "", ""])

    async def cancel(self, session: str) -> None:
        """Stop at the citizen's wish, before the call: all is wiped at once."""
        await self._close(session, Move.CANCEL)

    async def _prove(self, session: str, proof: Proof, proven: list[str | bytes | int]) -> None:
        starts = [state for (state, what) in PROOFS if what is proof]
        answer = await self._store.run(
            "verify",
            [self._keys.session(session), self._keys.sealed(session)],
            [
                *(self._keys.prefix, session, PROOFS[starts[0], proof].value),
                *(listed(starts), listed(LIVE), listed(OVER), *proven, int(ALIVE * 1000)),
            ],
        )
        _check(answer)

    async def _close(self, session: str, what: Move) -> None:
        answer = await self._store.run(
            "close",
            [self._keys.session(session), self._keys.sealed(session)],
            [self._keys.prefix, session, target(what).value, listed(sources(what)), self._tombstone],
        )
        _check(answer)

    def _open_code(self, session: str, sealed: bytes) -> tuple[Secret | None, Secret | None]:
        if not sealed:
            return None, None
        try:
            code, _, extra = self._codes_sealer.open(sealed, session, "code").decode().partition(".")
        except SealError:
            return None, None
        return Secret(code), Secret(extra)


def _check(answer: bytes) -> None:
    if answer == b"missing":
        raise NotFoundError("there is no such session")
    if answer != b"done":
        raise IllegalMoveError("the session is past this point")


def _lost(session: Session) -> Session:
    """Show a session whose call is no longer followed as ended: nothing of it is kept."""
    return replace(session, call=Call.ENDED, member="")
