"""What one queue member has on the line now, opened for them alone, in one window at a time.

Knows the seals. The script gives one moment of the store; whatever does not agree there is nothing here
(requirement P3). It looks in that same moment which window is active: two never get the data at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ivr.errors import ElsewhereError, SealError, SeveralCallsError, StoreError
from ivr.session.attributes import Secret
from ivr.session.line import Line, agent_view
from ivr.session.upgrade import standing
from ivr.store import identities
from ivr.store.keyspace import ALIVE, SCREEN, CallId
from ivr.store.sessions import from_fields, pairs

if TYPE_CHECKING:
    from ivr.session.line import AgentView
    from ivr.session.upgrade import Upgrade
    from ivr.store.client import Store
    from ivr.store.keyspace import Member
    from ivr.store.sealing import Sealer


KEEP: Final = int(SCREEN * 1000)


@dataclass(frozen=True, slots=True)
class OnLine:
    """The call on a member's line: which, and what its agent may see."""

    call: CallId
    session: str
    """The session's id, for the processing log; nothing for an ordinary caller."""
    view: AgentView
    lives: float = ALIVE
    """For how many seconds this holds unless Asterisk shows the call again: look again by then."""


class Desk:
    """Reads what is on a member's line. ``sealer`` opens attributes, ``codes_sealer`` callers' numbers."""

    def __init__(self, store: Store, sealer: Sealer, codes_sealer: Sealer) -> None:
        self._store = store
        self._sealer = sealer
        self._codes_sealer = codes_sealer

    async def take(self, member: Member, screen: str) -> None:
        """Make this window the active one of the member's agent; the one before it looks again."""
        keys = self._store.keys
        await self._store.run("screen", [keys.screen(member)], [keys.prefix, screen, KEEP, str(member)])

    async def require(self, member: Member, screen: str) -> None:
        """Raise ElsewhereError if another window is the active one."""
        async with self._store.asked() as redis:
            active = await redis.get(self._store.keys.screen(member))
        if active not in {None, screen.encode()}:
            raise ElsewhereError("another window of this agent is active")

    async def look(self, member: Member, screen: str) -> OnLine | None:
        """Return the member's call of this moment, or None when there is none, or any doubt.

        ``screen`` names the window that asks. If none is active, this one is from now on. Raise
        ElsewhereError if another one is, SeveralCallsError if the member has more than one call.
        """
        keys = self._store.keys
        answer = await self._store.run(
            "desk",
            [keys.member(member), keys.screen(member)],
            [keys.prefix, member.asterisk, member.interface, screen, KEEP],
        )
        if answer == b"elsewhere":
            raise ElsewhereError("another window of this agent is active")
        if answer == b"several":
            raise SeveralCallsError("this member has more than one call")
        if not answer:
            return None
        uniqueid, call, fields, envelope, milliseconds, login, age = answer
        try:
            call_id = CallId(member.asterisk, uniqueid.decode())
            record = pairs(call)
            upgrade = _upgrade(record, login.decode(), age / 1000)
            on_line = self._on_line(call_id, record, upgrade, pairs(fields), envelope)
        except (KeyError, ValueError):
            raise StoreError("a call in the store is not one of ours") from None
        return replace(on_line, lives=max(milliseconds, 0) / 1000)

    def _on_line(
        self,
        call_id: CallId,
        call: dict[str, bytes],
        upgrade: Upgrade | None,
        fields: dict[str, bytes],
        envelope: bytes,
    ) -> OnLine:
        line = Line(
            version=int(call["version"]),
            queue=call.get("queue", b"").decode(),
            connected_at=float(call["connected_at"]),
            caller_number=self._number(call_id, call["number"]),
            upgrade=upgrade,
        )
        if not fields:
            return OnLine(call_id, "", agent_view(line, None, None))
        session = from_fields(call["session"].decode(), fields)
        identity = identities.unseal(self._sealer, session.id, session.purpose, envelope)
        return OnLine(call_id, session.id, agent_view(line, session, identity))

    def _number(self, call_id: CallId, sealed: bytes) -> Secret | None:
        if not sealed:
            return None
        try:
            return Secret(self._codes_sealer.open(sealed, str(call_id), "number").decode())
        except SealError:
            return None


def _upgrade(call: dict[str, bytes], login: str, age: float) -> Upgrade | None:
    """Read from a call's record how far its identification is."""
    asked, number, step = (call.get(name, b"").decode() for name in ("asked", "link", "step"))
    return standing(asked, number, step, age, login)
