"""Which queue members have an agent at a desktop, and in which queues those belong.

The web says who is there; whoever watches the Asterisk reads it, and remembers whom it has added where. It
holds as long as a log-in does: a browser that crashed takes nobody's calls away. Knows nothing of what is
done with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ivr.errors import LeaseLostError
from ivr.store.keyspace import STAFF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.store.client import Store
    from ivr.store.keyspace import Member
    from ivr.store.lease import Lease


def staff_topic(asterisk: str) -> str:
    """The topic of the feed on which it is told that somebody came, went, or works elsewhere."""
    return f"staff:{asterisk}"


class Staff:
    """The agents at work."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys = store.keys

    async def attend(self, member: Member, queues: Iterable[str], login: str) -> None:
        """Say that this member's agent is at a desktop by this log-in, and belongs in these queues.

        It holds for as long as the log-in lasts without use. Of one that is over nothing is written: who has
        just logged out is not there, whatever their other window was about to say.
        """
        await self._store.run(
            "attend",
            [self._keys.staff(member.asterisk), self._keys.login(login)],
            [
                *(self._keys.prefix, member.asterisk, member.interface, _written(queues)),
                int(STAFF * 1000),
            ],
        )

    async def present(self, asterisk: str) -> dict[str, frozenset[str]]:
        """Return who is there now, by interface, and in which queues they belong."""
        said = [each.decode() for each in await self._store.run("staff", [self._keys.staff(asterisk)], [])]
        return {interface: _read(queues) for interface, queues in zip(said[::2], said[1::2], strict=True)}

    async def added(self, asterisk: str) -> dict[str, frozenset[str]]:
        """Return which members we have added, and to which queues."""
        async with self._store.asked() as redis:
            found = await redis.hgetall(self._keys.added(asterisk))
        fields = cast("dict[bytes, bytes]", found)
        return {interface.decode(): _read(queues.decode()) for interface, queues in fields.items()}

    async def keep(self, lease: Lease, interface: str, queues: Iterable[str]) -> None:
        """Remember to which queues we have added a member.

        Raises:
            LeaseLostError: another watcher has the lease; nothing was written.

        """
        keys = [self._keys.lease(lease.asterisk), self._keys.added(lease.asterisk)]
        life = int(STAFF * 1000)
        if await self._store.run("keep_added", keys, [lease.token, interface, _written(queues), life]) < 0:
            raise LeaseLostError("the lease went to another watcher")


def _written(queues: Iterable[str]) -> str:
    return ",".join(sorted(queues))


def _read(said: str) -> frozenset[str]:
    return frozenset(filter(None, said.split(",")))
