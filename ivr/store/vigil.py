"""Watches over the calls of open pages, and wakes a page whose call nobody follows any more.

Every move wakes its viewers by itself; but a call whose watcher died makes no move, its record just runs out.
So all open pages together ask for that, a few hundred in one step: alone, each would have to look for itself
every few seconds. Knows sessions by their ids only.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ivr.errors import StoreError
from ivr.session.model import LIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.store.client import Store

VIGIL_SECONDS: Final = 2.0
"""Between two rounds: with `keyspace.ALIVE` the longest that a call's silent end stays unseen."""
BATCH: Final = 500
"""Sessions asked about by one script, so that no script holds the store up for long."""


class Vigil:
    """The sessions whose call must not end unseen. ``wake`` is told the id of each that did."""

    def __init__(self, store: Store, wake: Callable[[str], None]) -> None:
        self._store = store
        self._wake = wake
        self._open: Counter[str] = Counter()

    @contextmanager
    def over(self, session: str) -> Iterator[None]:
        """Watch over this session's call for as long as the block runs; in any number of tabs."""
        self.begin(session)
        try:
            yield
        finally:
            self.end(session)

    def begin(self, session: str) -> None:
        """Watch over this session's call, until as many ends as beginnings."""
        self._open[session] += 1

    def end(self, session: str) -> None:
        """Watch over it no longer."""
        self._open[session] -= 1
        if not self._open[session]:
            del self._open[session]

    async def keep(self) -> None:
        """Make round after round, until cancelled. While the store is away, nothing is known."""
        while True:
            await asyncio.sleep(VIGIL_SECONDS)
            try:
                await self._round()
            except StoreError:
                continue

    async def _round(self) -> None:
        todo = list(self._open)
        live = ",".join(state.value for state in LIVE)
        for start in range(0, len(todo), BATCH):
            some = todo[start : start + BATCH]
            here = [
                self._store.keys.session(some[0])
            ]  # for a cluster, which runs a script where its keys are
            for lost in await self._store.run("lost", here, [self._store.keys.prefix, live, *some]):
                self._wake(lost.decode())
