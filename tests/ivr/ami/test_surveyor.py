"""Facts about the surveyor: it tells what it saw, again and again, and nothing when it saw nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.ami import surveyor as surveyors
from ivr.ami.limits import AmiLimits
from ivr.ami.link import ManagerLink
from ivr.ami.surveyor import LONGEST_REST
from ivr.errors import LeaseLostError
from ivr.session.floor import LINE, Proof, State
from ivr.store.feed import Feed
from ivr.store.keyspace import QUEUE_FACTS, CallId
from ivr.store.lease import Lease
from ivr.store.lines import LINES, Lines, read
from ivr.store.queues import Queues
from ivr.store.standings import FLOOR
from tests.lab.ami_lists import REFUSED, show
from tests.lab.ami_server import SECRET, USER, AmiServer
from tests.lab.channels import NUMBER, entry, member
from tests.lab.contents import holding
from tests.lab.floors import all_heard, allow, parts_of, running
from tests.lab.logged import logged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.client import Store
    from tests.lab.rooms import Rooms

pytestmark = pytest.mark.req("P8", "C6")

MEMBERS = (member("PJSIP/sanne"), member("PJSIP/tom"))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveyors, "PACE", 0.01)


@pytest.fixture
async def pbx() -> AsyncIterator[AmiServer]:
    """An Asterisk with two members and a caller."""
    async with AmiServer() as server:
        show(server, (), [entry("1.1")], MEMBERS)
        allow(server)
        yield server


@asynccontextmanager
async def surveying(store: Store, lease: Lease, pbx: AmiServer) -> AsyncIterator[asyncio.Task[None]]:
    """A surveyor on a connection."""
    link = ManagerLink("127.0.0.1", pbx.port, USER, SECRET)
    async with link.once():
        surveyor = parts_of(store, lease, link, Feed(store)).surveyor
        task = asyncio.create_task(surveyor.run())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait([task])


async def looks(pbx: AmiServer, more: int = 2) -> None:
    """Wait until it looked so many times more."""
    until = pbx.asked("QueueStatus") + more
    await pbx.until(lambda: pbx.asked("QueueStatus") >= until)


async def test_it_tells_what_it_sees_as_long_as_it_sees_it(
    store: Store, lease: Lease, pbx: AmiServer
) -> None:
    """Members who come and callers who go, at the next look."""
    queues = Queues(store)
    async with surveying(store, lease, pbx):
        await looks(pbx)
        before = await queues.facts("kcc")
        show(pbx, (), (), [*MEMBERS, member("PJSIP/els")])
        await looks(pbx)
        after = await queues.facts("kcc")
    assert before is not None
    assert after is not None
    assert (before.logged_in, before.waiting, before.talk_seconds) == (2, 1, 120)
    assert (after.logged_in, after.waiting) == (3, 0)


async def test_what_it_cannot_see_it_does_not_tell(store: Store, lease: Lease, pbx: AmiServer) -> None:
    """What it told before runs out by itself; the log says so once, and once that it sees again."""
    with logged() as log:
        async with surveying(store, lease, pbx):
            await looks(pbx)
            pbx.script["QueueStatus"] = REFUSED
            await log.has("watcher.no_queues")
            await store.redis.delete(store.keys.queue("kcc"))
            await looks(pbx, 3)
            assert await Queues(store).facts("kcc") is None
            show(pbx, (), (), MEMBERS)
            await log.has("watcher.queues_back")
    assert log.names() == ["watcher.no_queues", "watcher.queues_back"]


async def test_who_lost_the_lease_looks_no_more(store: Store, lease: Lease, pbx: AmiServer) -> None:
    """The watcher ends with it."""
    other = Lease(store, lease.asterisk)
    async with surveying(store, other, pbx) as task:
        with pytest.raises(LeaseLostError):
            await task


@pytest.mark.req("A6", "S1")
async def test_it_tells_who_waits_by_subject_and_moment_alone(
    store: Store, lease: Lease, rooms: Rooms, pbx: AmiServer
) -> None:
    """In Asterisk's order, those in front one by one; and what the members do."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen, CallId("pbx", "1.7"))
    queue = [replace(entry(f"1.{number}"), position=number, wait=number) for number in range(1, LINE + 3)]
    show(pbx, (), reversed(queue), [*MEMBERS, replace(member("PJSIP/els"), status=2)])
    async with surveying(store, lease, pbx):
        await looks(pbx)
        line = read((await Lines(store).said(["kcc"]))["kcc"])
    assert line is not None
    assert (line.waiting, len(line.callers)) == (LINE + 2, LINE)
    assert line.members == {State.READY: 2, State.CALL: 1}
    assert [each.purpose for each in line.callers].index("verhuizing") == 6
    assert [each.proof for each in line.callers].count(Proof.VERIFIED) == 1
    moments = [each.since for each in line.callers]
    assert moments == sorted(moments, reverse=True)
    assert line.oldest == min(moments) - 2
    assert not await holding(store.redis, [NUMBER]) & set(await store.redis.keys("*line*"))


@pytest.mark.req("A6")
async def test_time_that_passes_is_no_news(store: Store, lease: Lease, pbx: AmiServer, feed: Feed) -> None:
    """Asterisk counts on; who looks on is not woken by that."""
    async with surveying(store, lease, pbx):
        await looks(pbx)
        await all_heard(store, feed)
        with feed.watch(FLOOR) as floor, feed.watch(LINES) as lines:
            show(pbx, (), [replace(entry("1.1"), wait=13)], MEMBERS)
            await looks(pbx, 3)
            await all_heard(store, feed)
            assert not await floor.changed(0)
            assert not await lines.changed(0)


@pytest.mark.req("A6")
async def test_what_was_done_is_looked_at_at_once(
    store: Store, lease: Lease, pbx: AmiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without waiting for the next look."""
    monkeypatch.setattr(surveyors, "PACE", 3600.0)
    link = ManagerLink("127.0.0.1", pbx.port, USER, SECRET)
    async with link.once():
        parts = parts_of(store, lease, link, Feed(store))
        async with running(parts.surveyor.run):
            await looks(pbx, 1)
            await parts.members.add("PJSIP/els", "kcc")
            await looks(pbx, 1)


def test_a_slow_asterisk_is_not_an_unknown_one() -> None:
    """The longest time from one word to the next is shorter than a word counts."""
    assert LONGEST_REST + AmiLimits().answer_seconds < QUEUE_FACTS
