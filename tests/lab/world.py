"""What the store should say: the two tables applied in memory, beside the real thing.

Each step is taken in both; `World.agrees` compares what citizens and agents are shown. Wrong codes are not in
it: a claim that the tables refuse is not made, since it would be charged to the guess budgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.errors import IllegalMoveError
from ivr.session.model import MOVES, OVER, PROOFS, Call, Identification, Move, Proof
from ivr.store.calls import Outcome
from ivr.store.claims import Claimed
from tests.lab.citizens import PERSON, PURPOSES, identity
from tests.lab.rooms import SANNE, TOM, shown

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from ivr.store.keyspace import CallId, Member
    from tests.lab.citizens import Citizen
    from tests.lab.rooms import Rooms

MEMBERS = (SANNE, TOM)
VERHUIZING = PURPOSES.get("verhuizing")
PROVEN = {name: PERSON[name] for name in VERHUIZING.attribute_names}


@dataclass
class Wish:
    """What a citizen's session should be."""

    citizen: Citizen
    identification: Identification = Identification.PENDING
    call: Call = Call.AWAITED


@dataclass
class Phone:
    """What a call should be."""

    state: Call
    wish: Wish | None = None
    member: Member | None = None


class World:
    """Two citizens and their calls. Every step tells whether it changed anything."""

    def __init__(self, rooms: Rooms, citizens: list[Citizen]) -> None:
        self._rooms = rooms
        self._wishes = [Wish(citizen) for citizen in citizens]
        self._phones: dict[CallId, Phone] = {}
        self._versions: dict[object, int] = {}

    async def claim(self, who: int, call: CallId) -> bool:
        """The citizen keys the code in this call."""
        wish, phone = self._wishes[who], self._phones.get(call)
        if (wish.call, Move.CLAIM) not in MOVES or (phone and phone.wish):
            return False
        answer = await self._rooms.claims.claim(call, wish.citizen.code, None, "")
        assert isinstance(answer, Claimed)
        wish.call = Call.CLAIMED
        self._phones[call] = Phone(Call.CLAIMED, wish)
        return True

    async def queue(self, call: CallId) -> bool:
        """The caller waits."""
        expected = self._move(call, Move.QUEUE)
        assert await self._rooms.calls.queued(call.uniqueid, "q") is expected
        return expected is Outcome.DONE

    async def connect(self, call: CallId, member: Member) -> bool:
        """The member answers."""
        expected = self._move(call, Move.CONNECT, member)
        assert await self._rooms.calls.connected(call.uniqueid, "q", member.interface) is expected
        return expected is Outcome.DONE

    async def end(self, call: CallId) -> bool:
        """The caller hangs up."""
        expected = self._move(call, Move.END) if call in self._phones else Outcome.UNKNOWN
        assert await self._rooms.calls.ended(call.uniqueid) is expected
        return expected is Outcome.DONE

    async def verify(self, who: int) -> bool:
        """The log-in succeeds."""
        wish = self._wishes[who]
        step = self._rooms.sessions.verify(wish.citizen.session, VERHUIZING, identity())
        return await self._prove(wish, Proof.VERIFY, step)

    async def fail(self, who: int) -> bool:
        """The log-in fails."""
        wish = self._wishes[who]
        return await self._prove(wish, Proof.FAIL, self._rooms.sessions.fail(wish.citizen.session))

    async def cancel(self, who: int) -> bool:
        """The citizen stops."""
        wish = self._wishes[who]
        legal = (wish.call, Move.CANCEL) in MOVES
        assert await _allowed(self._rooms.sessions.cancel(wish.citizen.session)) == legal
        if legal:
            wish.call = Call.CANCELLED
        return legal

    async def agrees(self) -> None:
        """Compare everything that anybody is shown."""
        for wish in self._wishes:
            found = (await self._rooms.sessions.find(wish.citizen.ticket)).session
            assert (found.call, found.identification) == (wish.call, wish.identification)
            self._not_older(wish.citizen, found.version)
        for member in MEMBERS:
            on_line = await self._rooms.desk.sees(member)
            has = [call for call, phone in self._phones.items() if phone.member == member]
            call = has[0] if len(has) == 1 else None
            assert (on_line and on_line.call) == call
            if on_line and call:
                wish = self._phones[call].wish
                proven = wish and wish.identification is Identification.VERIFIED
                assert on_line.session == (wish.citizen.session if wish else "")
                assert shown(on_line) == (PROVEN if proven else {})
                self._not_older(call, on_line.view.version)

    async def _prove(self, wish: Wish, proof: Proof, step: Coroutine[None, None, None]) -> bool:
        legal = (wish.identification, proof) in PROOFS and wish.call not in OVER
        assert await _allowed(step) == legal
        if legal:
            wish.identification = PROOFS[wish.identification, proof]
        return legal

    def _move(self, call: CallId, what: Move, member: Member | None = None) -> Outcome:
        """Apply a call's move; what the store knows of a call begins with any move but its end."""
        phone = self._phones.get(call)
        if phone and (phone.state, what) not in MOVES:
            return Outcome.ILLEGAL
        phone = self._phones.setdefault(call, Phone(Call.QUEUED))
        phone.state, phone.member = MOVES[Call.CONNECTED, what], member
        if phone.wish:
            phone.wish.call = phone.state
        if phone.state is Call.ENDED:
            del self._phones[call]
            self._versions.pop(call, None)
        return Outcome.DONE

    def _not_older(self, what: object, version: int) -> None:
        """A viewer who keeps the newest of two pictures keeps the right one."""
        assert version >= self._versions.get(what, 0)
        self._versions[what] = version


async def _allowed(step: Coroutine[None, None, None]) -> bool:
    """Take a step; tell whether the store let it happen."""
    try:
        await step
    except IllegalMoveError:
        return False
    return True
