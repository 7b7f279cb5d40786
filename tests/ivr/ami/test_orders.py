"""Facts about orders: done at once by the one who watches, on the caller's own channel; a failure is told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from ivr.ami.limits import AmiLimits
from ivr.ami.link import ManagerLink
from ivr.ami.orders import Executor
from ivr.session.upgrade import Step
from ivr.store.client import Store
from ivr.store.feed import Feed, member_topic
from ivr.store.keyspace import Keyspace
from ivr.store.lease import Lease
from ivr.store.orders import Became, Change, Orders, What, order_topic
from ivr.store.upgrades import Upgrades
from tests.lab.ami_server import SECRET, USER, AmiServer
from tests.lab.floors import allow, parts_of
from tests.lab.logged import logged
from tests.lab.rooms import CALL, SANNE, rooms_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.sealing import KeySet
    from tests.lab.rooms import Rooms
    from tests.lab.valkey import Valkey

pytestmark = pytest.mark.req("P11", "A8")

LIMITS = AmiLimits(answer_seconds=0.2)
WAIT_SECONDS = 10.0
PLAY = "PlayDTMF"
QUEUED = ("Response: Success\nMessage: DTMF successfully queued",)
REFUSED = ("Response: Error\nMessage: Permission denied",)


@pytest.fixture
async def pbx() -> AsyncIterator[AmiServer]:
    """An Asterisk that does as it is asked."""
    async with AmiServer() as server:
        server.script[PLAY] = QUEUED
        allow(server)
        yield server


@asynccontextmanager
async def executing(
    rooms: Rooms, pbx: AmiServer, lease: Lease | None = None, *, store: Store | None = None
) -> AsyncIterator[Feed]:
    """An executor with a manager connection; the feed that it listens to."""
    store = store or rooms.store
    feed = Feed(rooms.store)
    link = ManagerLink("127.0.0.1", pbx.port, USER, SECRET, limits=LIMITS)
    lease = lease or rooms.calls._lease
    async with feed.running(), link.once():
        members = parts_of(rooms.store, lease, link, feed).members
        orders, upgrades = Orders(store), Upgrades(rooms.store)
        executor = Executor(lease, orders, upgrades, feed, link, members=members, keys="*5")
        task = asyncio.create_task(executor.run())
        try:
            yield feed
        finally:
            task.cancel()
            await asyncio.wait([task])


async def step(rooms: Rooms, feed: Feed, wanted: Step) -> None:
    """Wait until Sanne is told this."""
    async with asyncio.timeout(WAIT_SECONDS):
        with feed.watch(member_topic(SANNE)) as watch:
            while True:
                on_line = await rooms.desk.look(SANNE)
                if on_line and on_line.view.upgrade and on_line.view.upgrade.step is wanted:
                    return
                await watch.changed(WAIT_SECONDS)


def played(pbx: AmiServer) -> list[tuple[str, str, str]]:
    """Channel, key and whose key it is, of every key that was asked for."""
    asked = [action for action in pbx.actions if action["Action"] == PLAY]
    return [(action["Channel"], action["Digit"], action["Receive"]) for action in asked]


async def test_the_keys_are_keyed_on_the_callers_channel(rooms: Rooms, pbx: AmiServer) -> None:
    """One after the other, as if the caller had keyed them; once for each order."""
    await rooms.answer(SANNE, CALL)
    with logged() as log:
        async with executing(rooms, pbx):
            await Orders(rooms.store).keypad(SANNE, CALL)
            await log.has("orders.done")
    assert played(pbx) == [(CALL.uniqueid, "*", "true"), (CALL.uniqueid, "5", "true")]


async def test_an_order_of_before_is_found(rooms: Rooms, pbx: AmiServer) -> None:
    """Given while nobody listened, and still young."""
    await rooms.answer(SANNE, CALL)
    await Orders(rooms.store).keypad(SANNE, CALL)
    async with executing(rooms, pbx):
        await pbx.until(lambda: pbx.asked(PLAY) == 2)


async def test_who_does_not_hold_the_lease_does_nothing(rooms: Rooms, pbx: AmiServer) -> None:
    """Two of us never key twice."""
    await rooms.answer(SANNE, CALL)
    async with AmiServer() as idle, executing(rooms, idle, Lease(rooms.store, "pbx")), executing(rooms, pbx):
        await Orders(rooms.store).keypad(SANNE, CALL)
        await pbx.until(lambda: pbx.asked(PLAY) == 2)
        assert played(idle) == []


@pytest.mark.req("O6")
@pytest.mark.parametrize("answer", [REFUSED, ()], ids=["refused", "silent"])
async def test_the_agent_is_told_when_it_cannot_be(
    rooms: Rooms, pbx: AmiServer, answer: tuple[str, ...]
) -> None:
    """By an Asterisk that refuses or does not answer; the next order is done all the same."""
    await rooms.answer(SANNE, CALL)
    pbx.script[PLAY] = answer
    async with executing(rooms, pbx) as feed:
        await Orders(rooms.store).keypad(SANNE, CALL)
        await step(rooms, feed, Step.FAILED)
        pbx.script[PLAY] = QUEUED
        before = pbx.asked(PLAY)
        await Orders(rooms.store).keypad(SANNE, CALL)
        await pbx.until(lambda: pbx.asked(PLAY) == before + 2)


@pytest.mark.req("O6")
async def test_without_a_manager_connection_the_agent_is_told(rooms: Rooms) -> None:
    """At once: nothing is kept to be done later."""
    await rooms.answer(SANNE, CALL)
    feed, link = Feed(rooms.store), ManagerLink("127.0.0.1", 1, USER, SECRET)
    lease, orders, upgrades = rooms.calls._lease, Orders(rooms.store), Upgrades(rooms.store)
    members = parts_of(rooms.store, lease, link, feed).members
    executor = Executor(lease, orders, upgrades, feed, link, members=members, keys="*5")
    async with feed.running():
        task = asyncio.create_task(executor.run())
        await Orders(rooms.store).keypad(SANNE, CALL)
        await step(rooms, feed, Step.FAILED)
        task.cancel()
        await asyncio.wait([task])


async def became(rooms: Rooms, feed: Feed, what: What, reason: str = "") -> Became | None:
    """Order something about Sanne; what became of it."""
    order = Change(f"order-{what}-{reason}", what, SANNE.interface, reason)
    with feed.watch(order_topic(order.id)) as watch:
        await Orders(rooms.store).change(SANNE, order)
        assert await watch.changed(WAIT_SECONDS)
    return await Orders(rooms.store).became(order.id)


@pytest.mark.req("A6")
async def test_a_member_is_paused_and_ready_again_as_its_agent_orders(rooms: Rooms, pbx: AmiServer) -> None:
    """In all queues, by the name of the reason; and the agent is told."""
    async with executing(rooms, pbx) as feed:
        assert await became(rooms, feed, What.PAUSE, "lunch") is Became.DONE
        assert await became(rooms, feed, What.READY) is Became.DONE
    pauses = [action for action in pbx.actions if action["Action"] == "QueuePause"]
    assert [(each["Interface"], each["Paused"], each.get("Reason")) for each in pauses] == [
        (SANNE.interface, "true", "lunch"),
        (SANNE.interface, "false", None),
    ]
    assert not any("Queue" in each for each in pauses)


@pytest.mark.req("A6", "O6", "S4")
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (("Response: Error\nMessage: Interface not found",), Became.REFUSED),
        (REFUSED, Became.FORBIDDEN),
        ((), Became.FAILED),
    ],
    ids=["in no queue", "no right", "silent"],
)
async def test_an_agent_is_told_what_did_not_work(
    rooms: Rooms, pbx: AmiServer, answer: tuple[str, ...], told: Became
) -> None:
    """And the next order is done."""
    pbx.script["QueuePause"] = answer
    async with executing(rooms, pbx) as feed:
        assert await became(rooms, feed, What.PAUSE, "lunch") is told
        allow(pbx)
        assert await became(rooms, feed, What.READY) is Became.DONE


@pytest.mark.req("O6")
async def test_a_store_that_is_away_is_said_once_and_found_again(
    valkey: Valkey, seal_keys: KeySet, code_keys: KeySet, pbx: AmiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And then orders are done as before."""
    store = Store(valkey.url, Keyspace("orders:"))
    rooms = await rooms_on(store, seal_keys, code_keys)
    await rooms.answer(SANNE, CALL)
    gone = Store("unix:///nowhere/valkey.sock", Keyspace())
    monkeypatch.setattr("ivr.ami.orders.LOOK_SECONDS", 0.01)
    orders = Orders(store)
    with logged() as log:
        async with executing(rooms, pbx, store=gone):
            await log.has("orders.store_lost")
        async with executing(rooms, pbx):
            await orders.keypad(SANNE, CALL)
            await pbx.until(lambda: pbx.asked(PLAY) == 2)
    await gone.close()
    await store.close()
