"""Things that may happen once: a ticket is used, a view is written down. Whoever comes first, in any process.

Knows identifiers and for how long they must be remembered; not what they stand for.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ivr.store.client import ANSWER_SECONDS, store_errors

if TYPE_CHECKING:
    from ivr.store.client import Store


class Once:
    """Remembers what was spent."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def spend(self, name: str, seconds: float) -> bool:
        """Return True the first time within so many seconds, False after; raise StoreError if not sure."""
        key = self._store.keys.once(name)
        with store_errors():
            async with asyncio.timeout(ANSWER_SECONDS):
                return bool(await self._store.redis.set(key, b"", nx=True, px=max(1, int(seconds * 1000))))
