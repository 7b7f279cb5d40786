"""The right to watch one Asterisk: one process has it at a time, and loses it by going silent.

Knows a key with a lifetime. The token fences writes: whoever lost the lease without noticing changes nothing.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from ivr.store.keyspace import LEASE

if TYPE_CHECKING:
    from ivr.store.client import Store


class Lease:
    """One process's claim on one Asterisk."""

    def __init__(self, store: Store, asterisk: str) -> None:
        self._store = store
        self.asterisk = asterisk
        self.token = secrets.token_hex(16)

    async def hold(self) -> bool:
        """Take or renew the lease for `LEASE` seconds; tell whether it is ours now."""
        key = self._store.keys.lease(self.asterisk)
        return bool(await self._store.run("lease", [key], [self.token, int(LEASE * 1000)]))

    async def release(self) -> None:
        """Give it back, so that another takes over at once."""
        await self._store.run("release", [self._store.keys.lease(self.asterisk)], [self.token])
