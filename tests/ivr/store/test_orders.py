"""An order is for the call that its agent has, and is taken once, by who watches, soon or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import IllegalMoveError, NotFoundError, StoreError
from ivr.session.upgrade import Mark, Step
from ivr.store import orders as store_orders
from ivr.store.feed import Feed
from ivr.store.keyspace import ANSWERS, ORDERS
from ivr.store.lease import Lease
from ivr.store.orders import Became, Change, Order, Orders, What, order_topic, orders_topic
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


@pytest.mark.req("A6")
async def test_an_order_about_a_member_is_taken_once_and_answered(rooms: Rooms, feed: Feed) -> None:
    """With or without a call; who ordered it is woken by the answer."""
    orders, lunch = Orders(rooms.store), Change("order-1", What.PAUSE, SANNE.interface, "lunch")
    with feed.watch(orders_topic("pbx")) as watch, feed.watch(order_topic("order-1")) as mine:
        await orders.change(SANNE, lunch)
        assert await watch.changed(WAKE_SECONDS)
        assert await orders.take(Lease(rooms.store, "pbx")) == []
        assert await orders.take(rooms.calls._lease) == [lunch]
        assert await orders.take(rooms.calls._lease) == []
        assert await orders.became("order-1") is None
        await orders.answer("order-1", Became.REFUSED)
        assert await mine.changed(WAKE_SECONDS)
        assert await orders.became("order-1") is Became.REFUSED


@pytest.mark.req("A6")
async def test_an_order_about_a_member_is_forgotten_like_any(rooms: Rooms) -> None:
    """And so is its answer."""
    orders = Orders(rooms.store)
    await orders.change(SANNE, Change("order-1", What.READY, SANNE.interface, ""))
    assert 0 < await rooms.store.redis.pttl(rooms.store.keys.orders("pbx")) <= ORDERS * 1000
    await orders.answer("order-1", Became.DONE)
    assert 0 < await rooms.store.redis.pttl(rooms.store.keys.answer("order-1")) <= ANSWERS * 1000


@pytest.mark.req("A6", "S7")
async def test_only_so_many_orders_wait(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    """One who presses without end fills nothing."""
    monkeypatch.setattr(store_orders, "MOST", 2)
    orders, ready = Orders(rooms.store), Change("order-1", What.READY, SANNE.interface, "")
    for _ in range(2):
        await orders.change(SANNE, ready)
    with pytest.raises(StoreError, match="too many"):
        await orders.change(SANNE, ready)


@pytest.mark.req("S7")
async def test_an_answer_that_is_none_of_ours_is_an_error(rooms: Rooms) -> None:
    """Rather than something that was done."""
    await rooms.store.redis.set(rooms.store.keys.answer("order-1"), "perhaps")
    with pytest.raises(StoreError):
        await Orders(rooms.store).became("order-1")


@pytest.mark.req("S7")
@pytest.mark.parametrize("text", ['{"what": "dance", "uniqueid": "%s", "interface": "%s"}'])
async def test_what_is_no_order_of_ours_is_an_error(rooms: Rooms, orders: Orders, text: str) -> None:
    """And is gone with that."""
    await rooms.store.redis.rpush(rooms.store.keys.orders("pbx"), text % (CALL.uniqueid, SANNE.interface))
    with pytest.raises(StoreError):
        await orders.take(rooms.calls._lease)
    assert await orders.take(rooms.calls._lease) == []
