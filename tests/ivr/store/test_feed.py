"""Wake-ups reach whoever watches, say nothing of what changed, and are never lost for good."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.session.model import Call
from ivr.store.client import Store
from ivr.store.feed import Feed, Watch, member_topic, session_topic
from ivr.store.keyspace import Keyspace
from tests.lab.citizens import PURPOSES, identity
from tests.lab.rooms import CALL, SANNE, TOM, Rooms, rooms_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.sealing import KeySet
    from tests.lab.valkey import Valkey

BOUND_SECONDS = 10.0


async def woken(watch: Watch) -> bool:
    """Whether a wake-up comes, with time enough for a slow machine."""
    return await watch.changed(BOUND_SECONDS)


def asleep(watch: Watch) -> bool:
    """Whether no wake-up waits to be seen."""
    return not watch._event.is_set()


async def test_a_change_wakes_who_watches_it(rooms: Rooms, feed: Feed) -> None:
    """Both viewers of the same session, and nobody of another."""
    citizen, other = await rooms.citizens.pending(), await rooms.citizens.pending()
    with (
        feed.watch(session_topic(citizen.session)) as one,
        feed.watch(session_topic(citizen.session)) as two,
        feed.watch(session_topic(other.session)) as three,
    ):
        await rooms.sessions.fail(citizen.session)
        assert await woken(one)
        assert await woken(two)
        assert asleep(three)


@pytest.mark.req("C6")
async def test_every_step_of_a_session_wakes_its_citizen(rooms: Rooms, feed: Feed) -> None:
    """New code, log-in, claim, queue, pickup, end: each is on the page at once."""
    citizen = await rooms.citizens.pending()
    with feed.watch(session_topic(citizen.session)) as watch:
        for step in (
            lambda: rooms.sessions.verify(citizen.session, PURPOSES.get("verhuizing"), identity()),
            lambda: rooms.claims.claim(CALL, citizen.code, None, ""),
            lambda: rooms.calls.queued(CALL.uniqueid, "q"),
            lambda: rooms.calls.connected(CALL.uniqueid, "q", SANNE.interface),
            lambda: rooms.calls.ended(CALL.uniqueid),
        ):
            await step()
            assert await woken(watch)
        started = await rooms.sessions.create(PURPOSES.get("afval"), "nl")
        with feed.watch(session_topic(started.id)) as stopped:
            await rooms.sessions.issue(started.id)
            assert await woken(stopped)
            await rooms.sessions.cancel(started.id)
            assert await woken(stopped)


@pytest.mark.req("A3", "A5", "P12")
async def test_every_change_on_a_line_wakes_its_agent(rooms: Rooms, feed: Feed) -> None:
    """Pickup, a log-in that comes late, the call that moves on to another, and its end."""
    citizen = await rooms.citizens.pending()
    await rooms.claims.claim(CALL, citizen.code, None, "")
    with feed.watch(member_topic(SANNE)) as sanne, feed.watch(member_topic(TOM)) as tom:
        await rooms.calls.connected(CALL.uniqueid, "q", SANNE.interface)
        assert await woken(sanne)
        await rooms.sessions.verify(citizen.session, PURPOSES.get("verhuizing"), identity())
        assert await woken(sanne)
        assert asleep(tom)
        await rooms.calls.connected(CALL.uniqueid, "q", TOM.interface)
        assert await woken(sanne)
        assert await woken(tom)
        await rooms.calls.ended(CALL.uniqueid)
        assert await woken(tom)
        assert asleep(sanne)


async def test_what_was_refused_wakes_nobody(rooms: Rooms, feed: Feed) -> None:
    """The next wake-up is of the next change."""
    citizen = await rooms.citizens.verified()
    with feed.watch("fence") as fence:
        await rooms.store.redis.publish("idb:changed", "fence")
        assert await woken(fence)
        with feed.watch(session_topic(citizen.session)) as watch:
            await rooms.calls.ended("1.404")
            await rooms.claims.claim(CALL, citizen.extra, None, "")
            await rooms.store.redis.publish("idb:changed", "fence")
            assert await woken(fence)
            assert asleep(watch)


async def test_many_wake_ups_before_a_look_are_one(rooms: Rooms, feed: Feed) -> None:
    """A viewer that is busy reads the newest picture once."""
    with feed.watch("many") as watch, feed.watch("fence") as fence:
        for topic in ("many", "many", "many", "fence"):
            await rooms.store.redis.publish("idb:changed", topic)
        assert await woken(fence)
        assert await woken(watch)
        assert asleep(watch)


async def test_a_wait_ends_after_its_time() -> None:
    """Without a wake-up it says so."""
    assert not await Watch().changed(0)


async def test_nobody_is_remembered_who_does_not_watch(feed: Feed) -> None:
    """A viewer that left leaves nothing behind."""
    with feed.watch("one"), feed.watch("one", "two"):
        pass
    assert not feed._sleepers


async def test_a_viewer_may_wait_on_several_topics(rooms: Rooms, feed: Feed) -> None:
    """Any of them wakes it."""
    with feed.watch("one", "two") as watch:
        for topic in ("two", "one"):
            await rooms.store.redis.publish(rooms.store.keys.changed(), topic)
            assert await watch.changed(at_most=10)


@pytest.mark.req("S7")
async def test_nonsense_on_the_channel_harms_nobody(rooms: Rooms, feed: Feed) -> None:
    """Whatever somebody publishes there, the next wake-up comes."""
    with feed.watch("after") as watch:
        for nonsense in (b"\xff\xfe", b"", b"x" * 100_000, b"after\x00", b"after"):
            await rooms.store.redis.publish("idb:changed", nonsense)
        assert await woken(watch)


@pytest.fixture
async def own_rooms(own_valkey: Valkey, seal_keys: KeySet, code_keys: KeySet) -> AsyncIterator[Rooms]:
    """Rooms on a store that this test harms."""
    store = Store(own_valkey.url, Keyspace())
    yield await rooms_on(store, seal_keys, code_keys)
    await store.close()


@pytest.mark.req("A5", "O6")
async def test_a_store_that_restarts_wakes_everybody(own_rooms: Rooms, own_valkey: Valkey) -> None:
    """Once when it is lost and again when it is back; then changes wake as before."""
    feed = Feed(own_rooms.store)
    async with feed.running():
        with feed.watch("any") as watch:
            own_valkey.kill()
            assert await woken(watch)
            own_valkey.start()
            async with asyncio.timeout(BOUND_SECONDS):
                while await own_rooms.store.redis.pubsub_numsub("idb:changed") != [(b"idb:changed", 1)]:
                    assert await woken(watch)
            citizen = await own_rooms.citizens.pending()
            with feed.watch(session_topic(citizen.session)) as session:
                await own_rooms.sessions.cancel(citizen.session)
                assert await woken(session)
            assert (await own_rooms.sessions.find(citizen.ticket)).session.call is Call.CANCELLED


@pytest.mark.req("A5", "O6")
async def test_a_store_that_froze_is_noticed(own_rooms: Rooms, own_valkey: Valkey) -> None:
    """Its connections stay open and silent; whoever watches is woken all the same."""
    feed = Feed(own_rooms.store)
    async with feed.running():
        with feed.watch("any") as watch:
            own_valkey.pause()
            assert await woken(watch)
            own_valkey.resume()


@pytest.mark.req("O6")
async def test_it_starts_without_a_store(own_rooms: Rooms, own_valkey: Valkey) -> None:
    """And wakes everybody when the store is there."""
    own_valkey.kill()
    feed = Feed(own_rooms.store)
    async with feed.running():
        with feed.watch("any") as watch:
            own_valkey.start()
            assert await woken(watch)


async def test_an_unexpected_fault_does_not_end_it(
    feed: Feed, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks a subscription, there is a next one."""

    def broken(_: str) -> None:
        raise RuntimeError("unforeseen")

    with feed.watch("any") as watch:
        monkeypatch.setattr(feed, "_wake", broken)
        await rooms.store.redis.publish("idb:changed", "any")
        assert await woken(watch)
        monkeypatch.undo()
        assert await woken(watch)


async def test_it_ends_at_once_whenever_it_is_told_to(store: Store) -> None:
    """No cancellation is lost in the subscription, also not right after its start."""
    async with asyncio.timeout(BOUND_SECONDS):
        for _ in range(100):
            async with Feed(store).running():
                pass
