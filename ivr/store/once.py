"""Things that may happen once: a ticket is used, a view is written down. Whoever comes first, in any process.

Knows identifiers and for how long they must be remembered; not what they stand for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.store.client import Store


class Once:
    """Remembers what was spent."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def spend(self, name: str, seconds: float) -> bool:
        """Return True the first time within so many seconds, False after; raise StoreError if not sure."""
        key = self._store.keys.once(name)
        async with self._store.asked() as redis:
            return bool(await redis.set(key, b"", nx=True, px=max(1, int(seconds * 1000))))
