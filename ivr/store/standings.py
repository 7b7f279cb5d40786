"""How queue members stand: written by whoever watches their Asterisk, read by pages, gone when it is old.

Knows states and interfaces; no caller. A write proves that its watcher still holds the lease.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from ivr.errors import LeaseLostError, StoreError
from ivr.session.floor import Phone, Standing
from ivr.store.keyspace import QUEUE_FACTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.store.client import Store
    from ivr.store.keyspace import Member
    from ivr.store.lease import Lease

BATCH: Final = 500
"""Members written by one script, so that no script holds the store up for long."""
FLOOR: Final = "floor"
"""The topic of the feed on which it is told that any member of any queue stands otherwise."""
MAY: Final = b"may"
"""The one field that is no interface: none is without a slash."""
NOBODY: Final = ""


@dataclass(frozen=True, slots=True)
class Roll:
    """All members of one Asterisk."""

    standings: Mapping[str, Standing]
    """By interface."""
    may: bool
    """Whether Asterisk lets us pause members and add them to queues."""


class Standings:
    """The members of all Asterisks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys = store.keys

    async def put(
        self, lease: Lease, standings: Mapping[str, Standing], gone: set[str], *, may: bool
    ) -> None:
        """Write how all members of this lease's Asterisk stand, and that some are none any more.

        Raises:
            LeaseLostError: another watcher has the lease; nothing more was written.

        """
        said = {interface: _written(each) for interface, each in standings.items()}
        todo = [*said.items(), *((interface, NOBODY) for interface in gone)]
        for start in range(0, max(len(todo), 1), BATCH):
            life = str(int(QUEUE_FACTS * 1000))
            await self._write(lease, life, "yes" if may else "no", todo[start : start + BATCH])

    async def clear(self, asterisk: str) -> None:
        """Forget what is written of an Asterisk, before all is written anew."""
        async with self._store.asked() as redis:
            await redis.delete(self._keys.members(asterisk))

    async def change(self, lease: Lease, interface: str, standing: Standing) -> None:
        """Write how one member stands now. That does not make what is known of others any newer."""
        await self._write(lease, "", "", [(interface, _written(standing))])

    async def _write(self, lease: Lease, life: str, may: str, said: list[tuple[str, str]]) -> None:
        keys = [self._keys.lease(lease.asterisk), self._keys.members(lease.asterisk)]
        head = (self._keys.prefix, lease.token, lease.asterisk, life, may)
        pairs = (text for pair in said for text in pair)
        if await self._store.run("put_members", keys, [*head, *pairs]) < 0:
            raise LeaseLostError("the lease went to another watcher")

    async def of(self, member: Member) -> tuple[Standing | None, bool | None]:
        """Return how this member stands, or None: it is in no queue; and whether that can be changed.

        The second is None when nothing is known of its Asterisk now.
        """
        async with self._store.asked() as redis:
            said, may = await redis.hmget(self._keys.members(member.asterisk), [member.interface, MAY])
        return _read(cast("bytes", said)) if said else None, may == b"yes" if may else None

    async def all(self, asterisk: str) -> Roll | None:
        """Return all members of an Asterisk, or None when nothing is known of it now."""
        async with self._store.asked() as redis:
            found = await redis.hgetall(self._keys.members(asterisk))
        fields = cast("dict[bytes, bytes]", found)
        may = fields.pop(MAY, None)
        if may is None:
            return None
        return Roll({interface.decode(): _read(said) for interface, said in fields.items()}, may == b"yes")


def _written(standing: Standing) -> str:
    fields: list[Any] = [list(standing.queues), standing.phone.value, int(standing.paused), standing.reason]
    return json.dumps([*fields, standing.since, standing.until], separators=(",", ":"))


def _read(said: bytes) -> Standing:
    try:
        queues, phone, paused, reason, since, until = json.loads(said)
        names, times = tuple(map(str, queues)), (int(since), int(until))
        return Standing(names, Phone(phone), bool(paused), str(reason), *times)
    except (TypeError, ValueError):
        raise StoreError("a member in the store is not one of ours") from None
