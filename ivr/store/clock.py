"""The store's time, as this process reckons it from the last time that it asked. Knows nothing else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.store.client import Store


class Clock:
    """Tells seconds since the epoch, by the clock that all processes share."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ahead = 0.0

    async def set(self) -> float:
        """Ask the store; return what time it is."""
        async with self._store.asked() as redis:
            seconds, micros = await redis.time()
        self._ahead = seconds + micros / 1e6 - asyncio.get_running_loop().time()
        return self.now()

    def now(self) -> float:
        """Return what time it is, as far as is known. Only after `set`."""
        return self._ahead + asyncio.get_running_loop().time()
