"""The rooms upon one store, as the two processes have them, and short ways through them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ivr.errors import SeveralCallsError
from ivr.store.calls import Calls
from ivr.store.claims import Claimed, Claims
from ivr.store.desk import Desk
from ivr.store.keyspace import CallId, Member
from ivr.store.lease import Lease
from ivr.store.sealing import KeySet, Macs, Sealer
from ivr.store.sessions import Sessions
from tests.lab.citizens import Citizens

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.client import Store
    from ivr.store.desk import OnLine
    from tests.lab.citizens import Citizen

CALL: Final = CallId("pbx", "1700000000.1")
OTHER_CALL: Final = CallId("pbx", "1700000000.2")
SANNE: Final = Member("pbx", "PJSIP/sanne")
TOM: Final = Member("pbx", "PJSIP/tom")
LENA: Final = Member("pbx", "PJSIP/lena")
NUMBER: Final = "+31612345678"


class OpenDesk(Desk):
    """A desk that a test looks at, over the shoulder of its agent if there is a window already."""

    async def look(self, member: Member, screen: str = "") -> OnLine | None:
        """As any desk."""
        async with self._store.asked() as redis:
            active = await redis.get(self._store.keys.screen(member))
        return await super().look(member, screen or (active.decode() if active else "the test's"))

    async def sees(self, member: Member) -> OnLine | None:
        """What its agent sees: of several calls nothing."""
        with suppress(SeveralCallsError):
            return await self.look(member)
        return None


@dataclass(frozen=True, slots=True)
class Rooms:
    """Everything that works on the store."""

    store: Store
    sessions: Sessions
    citizens: Citizens
    claims: Claims
    calls: Calls
    desk: OpenDesk

    async def claim(self, citizen: Citizen, call: CallId = CALL) -> None:
        """The citizen calls and keys the right code."""
        answer = await self.claims.claim(call, citizen.code, None, NUMBER)
        assert answer == Claimed(citizen.session, answer.purpose, answer.language)

    async def answer(self, member: Member = SANNE, call: CallId = CALL, reference: str = "") -> OnLine:
        """The member answers the call; what is on their desk then."""
        await self.calls.connected(call.uniqueid, "q", member.interface, NUMBER, reference)
        on_line = await self.desk.look(member)
        assert on_line is not None
        return on_line


async def rooms_on(store: Store, seal_keys: KeySet, code_keys: KeySet) -> Rooms:
    """The rooms on a store of the test's own, with the lease on ``pbx`` held for a minute."""
    sealer, codes_sealer, macs = Sealer(seal_keys), Sealer(code_keys), Macs(code_keys, "code")
    sessions = Sessions(store, sealer, codes_sealer, macs, length=11, life=1200.0)
    lease = Lease(store, "pbx")
    assert await lease.hold()
    await store.redis.expire(store.keys.lease("pbx"), 600)
    return Rooms(
        store,
        sessions,
        Citizens(sessions),
        Claims(store, macs),
        Calls(store, lease, codes_sealer),
        OpenDesk(store, sealer, codes_sealer),
    )


def shown(on_line: OnLine) -> dict[str, str]:
    """What the agent reads."""
    return {name: value.reveal() for name, value in on_line.view.attributes}


def rotated(keys: KeySet, folder: Path) -> KeySet:
    """The set with a new key in front, as an operator rotates it: in its file."""
    file = folder / "rotated.keys"
    file.write_text(f"# rotated\n{KeySet.draw().to_text()}\n{keys.to_text()}")
    return KeySet.read(file)
