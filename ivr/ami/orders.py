"""Doing what agents order: having a caller asked for a code in the conversation, pausing, being ready again.

Knows manager actions and orders. Whether an order is allowed the store has seen to, twice. Every ``idbellen
ivr`` runs this; only the one that holds the lease is given orders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from ivr.errors import LeaseLostError, ManagerError, ManagerGoneError, StoreError, TooSlowError
from ivr.session.upgrade import Mark
from ivr.store.orders import Became, Change, Order, What, orders_topic
from ivr.trouble import Trouble

if TYPE_CHECKING:
    from ivr.ami.link import ManagerLink
    from ivr.ami.members import Members
    from ivr.store.feed import Feed
    from ivr.store.keyspace import CallId
    from ivr.store.lease import Lease
    from ivr.store.orders import Orders
    from ivr.store.upgrades import Upgrades

LOOK_SECONDS: Final = 1.0
"""Between two looks without being woken: less than an order lives."""

log = structlog.get_logger()


class Executor:
    """Takes orders and does them. ``keys`` are what a caller keys to be asked for a code."""

    def __init__(
        self,
        lease: Lease,
        orders: Orders,
        upgrades: Upgrades,
        feed: Feed,
        link: ManagerLink,
        *,
        members: Members,
        keys: str,
    ) -> None:
        self._lease = lease
        self._orders = orders
        self._upgrades = upgrades
        self._feed = feed
        self._link = link
        self._members = members
        self._keys = keys
        self._no_store = Trouble("orders.store_lost", "orders.store_back")

    async def run(self) -> None:
        """Do what is ordered, one after another, until cancelled."""
        with self._feed.watch(orders_topic(self._lease.asterisk)) as watch:
            while True:
                for order in await self._take():
                    await (self._change(order) if isinstance(order, Change) else self._do(order))
                await watch.changed(LOOK_SECONDS)

    async def _take(self) -> list[Order | Change]:
        try:
            orders = await self._orders.take(self._lease)
        except StoreError as error:
            self._no_store.tell(error)
            return []
        self._no_store.over()
        return orders

    async def _do(self, order: Order) -> None:
        """Have a caller asked for a code; when that cannot be, say so to the agent who ordered it."""
        try:
            await self._key(order.call)
            log.info("orders.done", action=order.what.value)
        except (ManagerError, TooSlowError) as error:
            log.warning("orders.failed", action=order.what.value, reason=str(error))
            await self._say_failed(order.call)

    async def _change(self, change: Change) -> None:
        """Change how a member stands, and say what became of it."""
        became, why = await self._changed(change)
        log.info("orders.answered", action=change.what.value, result=became.value, reason=why)
        try:
            await self._orders.answer(change.id, became)
        except StoreError as error:
            self._no_store.tell(error)

    async def _changed(self, change: Change) -> tuple[Became, str]:
        try:
            if change.what is What.PAUSE:
                await self._members.pause(change.interface, change.reason)
            else:
                await self._members.ready(change.interface)
        except (LeaseLostError, ManagerGoneError, StoreError, TooSlowError) as error:
            return Became.FAILED, str(error)
        except ManagerError as error:
            denied = "Permission denied" in str(error)
            return Became.FORBIDDEN if denied else Became.REFUSED, str(error)
        return Became.DONE, ""

    async def _key(self, call: CallId) -> None:
        """Key on the caller's own channel, as if the caller had (PlayDTMF with Receive, Asterisk 16 to 22).

        Asterisk finds a channel by its Uniqueid as by its name.
        """
        for key in self._keys:
            await self._link.action("PlayDTMF", Channel=call.uniqueid, Digit=key, Receive="true")

    async def _say_failed(self, call: CallId) -> None:
        try:
            await self._upgrades.mark(call, Mark.FAILED)
        except StoreError as error:
            self._no_store.tell(error)
