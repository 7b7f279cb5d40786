"""Orders of agents for an Asterisk: left in the store by the web, taken by whoever watches that Asterisk.

An order is for the call that its member has: the store looks when it is given, and again when it is taken. It
lives for seconds, so what could not be done then is not done by surprise later. Knows no manager actions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ivr.errors import StoreError
from ivr.session.upgrade import Mark
from ivr.store.keyspace import ORDERS, CallId
from ivr.store.upgrades import BUSY, check

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.keyspace import Member
    from ivr.store.lease import Lease


class What(StrEnum):
    """What can be ordered."""

    KEYPAD = "keypad"
    """Have the caller asked for a code, in the conversation."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order."""

    what: What
    call: CallId


def orders_topic(asterisk: str) -> str:
    """The topic of the feed on which orders for an Asterisk are told."""
    return f"orders:{asterisk}"


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

    async def take(self, lease: Lease) -> list[Order]:
        """Take what is ordered of the Asterisk of this lease; nothing without the lease."""
        asterisk = lease.asterisk
        answer = await self._store.run(
            "take",
            [self._keys.lease(asterisk), self._keys.orders(asterisk)],
            [lease.token, self._keys.prefix, asterisk],
        )
        try:
            found = [json.loads(text) for text in answer]
            return [Order(What(each["what"]), CallId(asterisk, each["uniqueid"])) for each in found]
        except (KeyError, TypeError, ValueError):
            raise StoreError("an order in the store is not one of ours") from None
