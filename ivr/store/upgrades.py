"""Calls under way that are to be identified: asked for by an agent, found by a short address, then keyed.

Knows the store's record of a call, where all of it is kept, so that nothing of it outlives the call. What a
code does is a claim (``ivr.store.claims``). Knows no telephony.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ivr.errors import IllegalMoveError, NotFoundError, StoreError
from ivr.session import code as codes
from ivr.session.upgrade import KEYING_SECONDS, NUMBER_LENGTH, OPENING_SECONDS, Mark
from ivr.store.keyspace import LINK, CallId

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.keyspace import Member

DRAWS: Final = 8
"""How often a number that is in use already is drawn again."""
BUSY: Final = (
    *(Mark.OPENING.value, int(OPENING_SECONDS * 1000)),
    *(Mark.KEYING.value, int(KEYING_SECONDS * 1000)),
)
"""Marks under which nothing else may begin, each with for how many milliseconds it counts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a short address is for."""

    call: CallId
    purpose: str


class Upgrades:
    """What is known of identifying calls under way."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys = store.keys

    async def ask(self, member: Member, call: CallId, purpose: str) -> str:
        """Have this member's caller asked to log in for a purpose; return the number of the short address.

        An address of before leads nowhere then. Raise NotFoundError unless the member has this call now and
        it is not identified; IllegalMoveError while the caller is keying.
        """
        for _ in range(DRAWS):
            number = codes.draw(NUMBER_LENGTH, secrets.randbelow)
            answer = await self._store.run(
                "ask",
                [self._keys.member(member), self._keys.call(call), self._keys.link(number)],
                [
                    *(self._keys.prefix, call.uniqueid, member.interface, str(call), purpose, number),
                    *(int(LINK * 1000), *BUSY),
                ],
            )
            if answer != b"taken":
                check(answer)
                return number
        raise StoreError("no free number was found for a short address")

    async def find(self, number: str) -> Asked:
        """Return what a short address is for; raise NotFoundError when it leads nowhere (any more)."""
        answer = await self._store.run("asked", [self._keys.link(number)], [self._keys.prefix, number])
        if not answer:
            raise NotFoundError("this short address leads nowhere")
        asterisk, _, uniqueid = answer[0].decode().rpartition(":")
        return Asked(CallId(asterisk, uniqueid), answer[1].decode())

    async def mark(self, call: CallId, mark: Mark) -> bool:
        """Say how far it is; tell whether there is such a call, and it is not identified yet."""
        key = self._keys.call(call)
        return bool(await self._store.run("step", [key], [self._keys.prefix, call.asterisk, mark.value]))


def check(answer: object) -> None:
    """Raise what a script's answer means, unless it is done."""
    if answer == b"busy":
        raise IllegalMoveError("a step of this call is under way")
    if answer != b"done":
        raise NotFoundError("this member has no such call now")
