"""An order is for the call that its agent has, and is taken once, by who watches, soon or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import IllegalMoveError, NotFoundError, StoreError
from ivr.session.upgrade import Mark, Step
from ivr.store.feed import Feed
from ivr.store.keyspace import ORDERS
from ivr.store.lease import Lease
from ivr.store.orders import Order, Orders, What, orders_topic
from ivr.store.upgrades import Upgrades
from tests.lab.rooms import CALL, OTHER_CALL, SANNE, TOM

if TYPE_CHECKING:
    from tests.lab.rooms import Rooms

pytestmark = pytest.mark.req("P11", "A8")

WAKE_SECONDS = 5.0


@pytest.fixture
async def orders(rooms: Rooms) -> Orders:
    """Sanne talks with an ordinary caller."""
    await rooms.answer(SANNE, CALL)
    return Orders(rooms.store)


async def test_an_order_is_taken_once(rooms: Rooms, orders: Orders) -> None:
    """Whoever watches is woken, and the agent sees that it is on its way."""
    feed = Feed(rooms.store)
    async with feed.running():
        with feed.watch(orders_topic("pbx")) as watch:
            await orders.keypad(SANNE, CALL)
            assert await watch.changed(WAKE_SECONDS)
    assert await orders.take(rooms.calls._lease) == [Order(What.KEYPAD, CALL)]
    assert await orders.take(rooms.calls._lease) == []
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    assert on_line.view.upgrade is not None
    assert on_line.view.upgrade.step is Step.OPENING


@pytest.mark.req("S4")
async def test_who_does_not_watch_takes_nothing(rooms: Rooms, orders: Orders) -> None:
    """Nor takes it from who does."""
    await orders.keypad(SANNE, CALL)
    assert await orders.take(Lease(rooms.store, "pbx")) == []
    assert len(await orders.take(rooms.calls._lease)) == 1


@pytest.mark.req("P3", "S4")
async def test_only_who_has_the_call_orders(rooms: Rooms, orders: Orders) -> None:
    """A colleague's order, one for a call that waits again, one for a call that is identified."""
    with pytest.raises(NotFoundError):
        await orders.keypad(TOM, CALL)
    with pytest.raises(NotFoundError):
        await orders.keypad(SANNE, OTHER_CALL)
    citizen = await rooms.citizens.verified()
    await rooms.claims.join(CALL, citizen.code, None, "")
    with pytest.raises(NotFoundError):
        await orders.keypad(SANNE, CALL)
    assert await orders.take(rooms.calls._lease) == []


@pytest.mark.req("P3", "P12")
async def test_an_order_of_an_agent_who_has_the_call_no_longer_is_dropped(
    rooms: Rooms, orders: Orders
) -> None:
    """Looked at again when it is taken."""
    await orders.keypad(SANNE, CALL)
    await rooms.answer(TOM, CALL)
    assert await orders.take(rooms.calls._lease) == []


@pytest.mark.parametrize("mark", [Mark.OPENING, Mark.KEYING])
async def test_a_second_start_is_blocked(rooms: Rooms, orders: Orders, mark: Mark) -> None:
    """Its keys would land in the code; when the first is over, or was not heard of again, it may."""
    await Upgrades(rooms.store).mark(CALL, mark)
    with pytest.raises(IllegalMoveError):
        await orders.keypad(SANNE, CALL)
    assert await orders.take(rooms.calls._lease) == []
    await rooms.store.redis.hincrby(rooms.store.keys.call(CALL), "step_at", -8000)
    await orders.keypad(SANNE, CALL)
    await Upgrades(rooms.store).mark(CALL, Mark.FAILED)
    await orders.keypad(SANNE, CALL)


async def test_an_order_that_nobody_takes_is_forgotten(rooms: Rooms, orders: Orders) -> None:
    """Nobody is asked for a code out of the blue."""
    await orders.keypad(SANNE, CALL)
    assert 0 < await rooms.store.redis.pttl(rooms.store.keys.orders("pbx")) <= ORDERS * 1000


@pytest.mark.req("S7")
@pytest.mark.parametrize("text", ['{"what": "dance", "uniqueid": "%s", "interface": "%s"}'])
async def test_what_is_no_order_of_ours_is_an_error(rooms: Rooms, orders: Orders, text: str) -> None:
    """And is gone with that."""
    await rooms.store.redis.rpush(rooms.store.keys.orders("pbx"), text % (CALL.uniqueid, SANNE.interface))
    with pytest.raises(StoreError):
        await orders.take(rooms.calls._lease)
    assert await orders.take(rooms.calls._lease) == []
