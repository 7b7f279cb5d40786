"""What one queue member has on the line now, opened for them alone.

Knows the seals. The script gives one moment of the store; whatever does not agree there is nothing here
(requirement P3).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.errors import SealError, StoreError
from ivr.session.attributes import Level, Secret
from ivr.session.model import AgentView, Identification, Session
from ivr.store.keyspace import CallId
from ivr.store.sessions import context, from_fields, pairs

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.keyspace import Member
    from ivr.store.sealing import Sealer


@dataclass(frozen=True, slots=True)
class OnLine:
    """The call on a member's line: which, and what its agent may see."""

    call: CallId
    session: str
    """The session's id, for the processing log; nothing for an ordinary caller."""
    view: AgentView


class Desk:
    """Reads what is on a member's line. ``sealer`` opens attributes, ``codes_sealer`` callers' numbers."""

    def __init__(self, store: Store, sealer: Sealer, codes_sealer: Sealer) -> None:
        self._store = store
        self._sealer = sealer
        self._codes_sealer = codes_sealer

    async def look(self, member: Member) -> OnLine | None:
        """Return the member's call of this moment, or None when there is none, or any doubt."""
        keys = self._store.keys
        answer = await self._store.run(
            "desk", [keys.member(member)], [keys.prefix, member.asterisk, member.interface]
        )
        if not answer:
            return None
        uniqueid, flat_call, flat_session, sealed = answer
        call_id = CallId(member.asterisk, uniqueid.decode())
        call, fields = pairs(flat_call), pairs(flat_session)
        for hidden in ("code", "code_sealed", "extra"):
            fields.pop(hidden, None)
        session = call["session"].decode() if fields else ""
        known = from_fields(session, {k: v.decode() for k, v in fields.items()}) if fields else None
        try:
            return OnLine(call_id, session, self._view(call_id, call, known, sealed))
        except (KeyError, ValueError):
            raise StoreError("a call in the store is not one of ours") from None

    def _view(
        self, call_id: CallId, call: dict[str, bytes], session: Session | None, sealed: bytes
    ) -> AgentView:
        attributes = self._attributes(session, sealed)
        identification = session.identification if session else None
        if identification is Identification.VERIFIED and attributes is None:
            identification = Identification.FAILED
        proven = session if session and identification is Identification.VERIFIED else None
        return AgentView(
            version=int(call["version"]) + (session.version if session else 0),
            identification=identification,
            purpose=session.purpose if session else "",
            queue=call.get("queue", b"").decode(),
            method=proven.method if proven else "",
            level=Level(proven.level) if proven else Level.NONE,
            verified_at=proven.verified_at if proven else 0.0,
            connected_at=float(call.get("connected_at", 0)),
            caller_number=self._number(call_id, call.get("number", b"")),
            attributes=attributes if proven and attributes else (),
        )

    def _attributes(self, session: Session | None, sealed: bytes) -> tuple[tuple[str, Secret], ...] | None:
        if not session or not sealed:
            return None
        try:
            plain = json.loads(self._sealer.open(sealed, session.id, context(session.purpose)))
        except (SealError, ValueError):
            return None
        return tuple((name, Secret(value)) for name, value in plain.items())

    def _number(self, call_id: CallId, sealed: bytes) -> Secret | None:
        if not sealed:
            return None
        try:
            return Secret(self._codes_sealer.open(sealed, str(call_id), "number").decode())
        except SealError:
            return None
