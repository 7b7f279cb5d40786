"""Facts about the surveyor: it tells what it saw, again and again, and nothing when it saw nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from ivr.ami import surveyor as surveyors
from ivr.ami.limits import AmiLimits
from ivr.ami.link import ManagerLink
from ivr.ami.surveyor import LONGEST_REST, Surveyor
from ivr.errors import LeaseLostError
from ivr.store.keyspace import QUEUE_FACTS
from ivr.store.lease import Lease
from ivr.store.places import Places
from ivr.store.queues import Queues
from tests.lab.ami_lists import REFUSED, show
from tests.lab.ami_server import SECRET, USER, AmiServer
from tests.lab.channels import entry, member
from tests.lab.logged import logged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.client import Store

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
        yield server


@asynccontextmanager
async def surveying(store: Store, lease: Lease, pbx: AmiServer) -> AsyncIterator[asyncio.Task[None]]:
    """A surveyor on a connection."""
    link = ManagerLink("127.0.0.1", pbx.port, USER, SECRET)
    async with link.once():
        task = asyncio.create_task(Surveyor(lease, Queues(store), Places(store), link).run())
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


def test_a_slow_asterisk_is_not_an_unknown_one() -> None:
    """The longest time from one word to the next is shorter than a word counts."""
    assert LONGEST_REST + AmiLimits().answer_seconds < QUEUE_FACTS
