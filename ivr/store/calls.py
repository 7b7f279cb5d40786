"""Calls, as the watcher of one Asterisk moves them; each write proves that it still holds the lease.

Knows queue members and calls. Cannot open attributes, and does not know AMI.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

from ivr.errors import StoreError
from ivr.session.model import Move, sources, target
from ivr.store.keyspace import ALIVE, CALLS, TOMBSTONE, CallId
from ivr.store.sessions import listed

if TYPE_CHECKING:
    from collections.abc import Collection

    from ivr.store.client import Store
    from ivr.store.lease import Lease
    from ivr.store.sealing import Sealer

BATCH: Final = 500
"""Calls renewed by one script, so that no script holds the store up for long."""


class Outcome(StrEnum):
    """What became of a move."""

    DONE = "done"
    ILLEGAL = "illegal"
    """The table does not list it; nothing was changed."""
    UNKNOWN = "unknown"
    """A call that is not known ended: not an error, most channels are none of ours."""
    FENCED = "fenced"
    """Another watcher holds the lease now; nothing was changed."""


class Calls:
    """The calls of the Asterisk that this lease is for."""

    def __init__(self, store: Store, lease: Lease, sealer: Sealer) -> None:
        self._store = store
        self._keys = store.keys
        self._lease = lease
        self._asterisk = lease.asterisk
        self._sealer = sealer
        self.illegal = 0
        """Moves refused so far."""

    async def queued(self, uniqueid: str, queue: str, number: str = "", reference: str = "") -> Outcome:
        """The caller waits in this queue, for the first time or again."""
        return await self._move(Move.QUEUE, uniqueid, queue=queue, number=number, reference=reference)

    async def connected(
        self, uniqueid: str, queue: str, interface: str, number: str = "", reference: str = ""
    ) -> Outcome:
        """The queue member behind this interface has answered the caller."""
        return await self._move(
            Move.CONNECT, uniqueid, queue=queue, interface=interface, number=number, reference=reference
        )

    async def ended(self, uniqueid: str) -> Outcome:
        """The caller's channel is gone: wipe all that belonged to the call."""
        return await self._move(Move.END, uniqueid)

    async def known(self) -> set[str]:
        """Return the Uniqueids of all calls that have, or lately had, a record."""
        async with self._store.asked() as redis:
            members = await redis.smembers(self._keys.calls(self._asterisk))
        return {member.decode() for member in cast("set[bytes]", members)}

    async def alive(self, uniqueids: Collection[str]) -> bool:
        """Prove that these calls' channels exist just now; tell whether the lease still holds."""
        todo = list(uniqueids)
        for start in range(0, max(len(todo), 1), BATCH):
            answer = await self._store.run(
                "alive",
                [self._keys.lease(self._asterisk), self._keys.calls(self._asterisk)],
                [
                    *(self._keys.prefix, self._lease.token, self._asterisk),
                    *(int(ALIVE * 1000), int(TOMBSTONE * 1000), int(CALLS)),
                    *todo[start : start + BATCH],
                ],
            )
            if answer < 0:
                return False
        return True

    async def _move(
        self,
        what: Move,
        uniqueid: str,
        *,
        queue: str = "",
        interface: str = "",
        number: str = "",
        reference: str = "",
    ) -> Outcome:
        call = CallId(self._asterisk, uniqueid)
        answer = await self._store.run(
            "move",
            [self._keys.lease(self._asterisk), self._keys.call(call), self._keys.calls(self._asterisk)],
            [
                *(self._keys.prefix, self._lease.token, self._asterisk, uniqueid),
                *(target(what).value, listed(sources(what)), queue, interface),
                self._sealer.seal(number.encode(), str(call), "number") if number else "",
                *(int(ALIVE * 1000), int(TOMBSTONE * 1000), int(CALLS), reference),
            ],
        )
        try:
            outcome = Outcome(answer.decode())
        except (AttributeError, ValueError):
            raise StoreError("a move was answered with nonsense") from None
        self.illegal += outcome is Outcome.ILLEGAL
        return outcome
