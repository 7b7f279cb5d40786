"""Where waiting callers stand in their queue: kept with the call, dies with it, told to the citizen's page.

Knows calls and places, not who is calling. A write proves that its watcher still holds the lease.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import LeaseLostError, StoreError
from ivr.session.wait import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.store.client import Store
    from ivr.store.lease import Lease

BATCH = 500
"""Callers written by one script, so that no script holds the store up for long."""


class Places:
    """The places of all callers."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys = store.keys

    async def put(self, lease: Lease, places: Mapping[str, Place]) -> None:
        """Write where the callers of this lease's Asterisk stand, by Uniqueid; wake whose place changed.

        Raises:
            LeaseLostError: another watcher has the lease; nothing more was written.

        """
        todo = list(places.items())
        for start in range(0, len(todo), BATCH):
            args: list[str | bytes | int | float] = [self._keys.prefix, lease.token, lease.asterisk]
            for uniqueid, place in todo[start : start + BATCH]:
                args += [uniqueid, place.ahead, "" if place.minutes is None else place.minutes]
            if await self._store.run("put_places", [self._keys.lease(lease.asterisk)], args) < 0:
                raise LeaseLostError("the lease went to another watcher")


def read(ahead: bytes, minutes: bytes) -> Place | None:
    """Return the place that a call's record has, if any; raise StoreError when it is none of ours."""
    try:
        return Place(int(ahead), int(minutes) if minutes else None) if ahead else None
    except ValueError:
        raise StoreError("a place in the store is not one of ours") from None
