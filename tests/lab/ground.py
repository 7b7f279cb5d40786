"""Telephony's part of the work floor, without telephony: how members stand, who waits, orders that are done.

Writes what the watcher of an Asterisk writes, again and again as it does, and does what agents order of their
own phones, unless a test has it answer otherwise.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from ivr.session.floor import WRAP_UP, Phone, QueueLine, Standing
from ivr.store.clock import Clock
from ivr.store.keyspace import QUEUE_FACTS
from ivr.store.lines import Lines
from ivr.store.orders import Became, Change, Orders, What, orders_topic
from ivr.store.standings import Standings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.lease import Lease

WATCH_SECONDS: Final = QUEUE_FACTS / 4


class Ground:
    """The floor of one Asterisk. Use as ``async with Ground(…).running() as ground``."""

    def __init__(self, store: Store, lease: Lease, feed: Feed) -> None:
        self.members: dict[str, Standing] = {}
        self.lines: dict[str, QueueLine] = {}
        self.may = True
        self.became: Became | None = None
        """What becomes of orders, instead of being done."""
        self._store = store
        self._lease = lease
        self._feed = feed
        self._clock = Clock(store)
        self._gone: set[str] = set()

    async def now(self) -> int:
        """The store's time."""
        return int(await self._clock.set())

    async def stands(self, interface: str, *queues: str, phone: Phone = Phone.FREE) -> None:
        """This member works in these queues, and gets calls; in none: it is no member."""
        if queues:
            self.members[interface] = Standing(queues, phone, paused=False, reason="", since=await self.now())
        else:
            self.members.pop(interface, None)
            self._gone.add(interface)
        await self.tell()

    async def pauses(self, interface: str, reason: str, seconds: int = 0) -> None:
        """It gets none; by wrap-up, for so long."""
        now = await self.now()
        until = now + seconds if reason == WRAP_UP else 0
        self.members[interface] = replace(
            self.members[interface], paused=True, reason=reason, since=now, until=until
        )
        await self.tell()

    async def waits(self, queue: str, line: QueueLine) -> None:
        """It is so in a queue."""
        self.lines[queue] = line
        await self.tell()

    async def tell(self) -> None:
        """Write all, as a look does."""
        await Standings(self._store).put(self._lease, self.members, self._gone, may=self.may)
        await Lines(self._store).put(self._lease, self.lines)

    async def is_silent(self) -> None:
        """Telephony died, so long ago that nothing it said counts."""
        self.members, self.lines = {}, {}
        keys = self._store.keys
        for pattern in (keys.line("*"), keys.members("*")):
            for key in await self._store.redis.keys(pattern):
                await self._store.redis.delete(key)
        await self._store.redis.publish(keys.changed(), "lines")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Keep it so, and do what is ordered, until the block ends."""
        task = asyncio.create_task(self._watch())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _watch(self) -> None:
        orders = Orders(self._store)
        with self._feed.watch(orders_topic(self._lease.asterisk)) as watch:
            while True:
                for order in await orders.take(self._lease):
                    if isinstance(order, Change):
                        await orders.answer(order.id, self.became or await self._do(order))
                if not await watch.changed(WATCH_SECONDS) and self.members:
                    await self.tell()

    async def _do(self, order: Change) -> Became:
        if order.interface not in self.members:
            return Became.REFUSED
        if order.what is What.PAUSE:
            await self.pauses(order.interface, order.reason)
        else:
            await self.stands(order.interface, *self.members[order.interface].queues)
        return Became.DONE
