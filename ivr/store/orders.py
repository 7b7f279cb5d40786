"""Orders of agents for an Asterisk: left in the store by the web, taken by whoever watches that Asterisk.

An order is about the call that its member has (the store looks when it is given, and again when it is taken),
or about how that member itself stands, and then it is answered. It lives for seconds, so what could not be
done then is not done by surprise later. Knows no manager actions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, cast

from ivr.errors import StoreError
from ivr.session.upgrade import Mark
from ivr.store.keyspace import ANSWERS, ORDERS, CallId
from ivr.store.upgrades import BUSY, check

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.keyspace import Member
    from ivr.store.lease import Lease


MOST: Final = 1000
"""Orders about members that may wait at one time: more than a whole floor gives in the seconds they live."""


class What(StrEnum):
    """What can be ordered."""

    KEYPAD = "keypad"
    """Have the caller asked for a code, in the conversation."""
    PAUSE = "pause"
    """Give this member no calls."""
    READY = "ready"
    """Give it calls again."""


class Became(StrEnum):
    """What became of an order about a member."""

    DONE = "done"
    REFUSED = "refused"
    """Asterisk would not: it is in no queue, for one."""
    FORBIDDEN = "forbidden"
    """Our manager user may not (`asterisk-config/manager.conf`)."""
    FAILED = "failed"
    """Asterisk did not answer, or is away."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order about a call."""

    what: What
    call: CallId


@dataclass(frozen=True, slots=True)
class Change:
    """An order about how a member stands."""

    id: str
    """Random, made by whoever orders: by it the answer is found."""
    what: What
    interface: str
    reason: str
    """Of a pause, as Asterisk is to know it."""


def orders_topic(asterisk: str) -> str:
    """The topic of the feed on which orders for an Asterisk are told."""
    return f"orders:{asterisk}"


def order_topic(order: str) -> str:
    """The topic of the feed on which it is told that there is an answer to an order."""
    return f"order:{order}"


class Orders:
    """The orders in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys = store.keys

    async def keypad(self, member: Member, call: CallId) -> None:
        """Order the keypad for this member's caller.

        Raise NotFoundError unless the member has this call now and it is not identified; IllegalMoveError
        while a step of it is under way: a second start would put its keys into the code.
        """
        order = {"what": What.KEYPAD, "uniqueid": call.uniqueid, "interface": member.interface}
        answer = await self._store.run(
            "order",
            [self._keys.member(member), self._keys.call(call), self._keys.orders(call.asterisk)],
            [
                *(self._keys.prefix, call.uniqueid, member.interface, call.asterisk, json.dumps(order)),
                *(int(ORDERS * 1000), Mark.OPENING.value, *BUSY),
            ],
        )
        check(answer)

    async def change(self, member: Member, change: Change) -> None:
        """Order something about this member itself. Raise StoreError when too much is ordered already."""
        order = {"what": change.what, "id": change.id, "interface": member.interface, "reason": change.reason}
        answer = await self._store.run(
            "ask_for",
            [self._keys.orders(member.asterisk)],
            [self._keys.prefix, member.asterisk, json.dumps(order), int(ORDERS * 1000), MOST],
        )
        if answer != b"done":
            raise StoreError("too many orders wait for this Asterisk")

    async def answer(self, order: str, became: Became) -> None:
        """Say what became of an order."""
        await self._store.run(
            "answer",
            [self._keys.answer(order)],
            [self._keys.prefix, order, became.value, int(ANSWERS * 1000)],
        )

    async def became(self, order: str) -> Became | None:
        """Return what became of an order; None: nobody has said yet."""
        async with self._store.asked() as redis:
            said = cast("bytes | None", await redis.get(self._keys.answer(order)))
        try:
            return Became(said.decode()) if said else None
        except ValueError:
            raise StoreError("an answer in the store is not one of ours") from None

    async def take(self, lease: Lease) -> list[Order | Change]:
        """Take what is ordered of the Asterisk of this lease; nothing without the lease."""
        asterisk = lease.asterisk
        answer = await self._store.run(
            "take",
            [self._keys.lease(asterisk), self._keys.orders(asterisk)],
            [lease.token, self._keys.prefix, asterisk],
        )
        try:
            return [_read(asterisk, json.loads(text)) for text in answer]
        except (KeyError, TypeError, ValueError):
            raise StoreError("an order in the store is not one of ours") from None


def _read(asterisk: str, order: dict[str, Any]) -> Order | Change:
    what = What(order["what"])
    if what is What.KEYPAD:
        return Order(what, CallId(asterisk, order["uniqueid"]))
    return Change(order["id"], what, order["interface"], order["reason"])
