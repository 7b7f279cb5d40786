"""ivr.store.queues: who may write, how long it counts, and that several Asterisks are one queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import LeaseLostError, StoreError
from ivr.session.queue import QueueFacts
from ivr.store import queues as store_queues
from ivr.store.keyspace import QUEUE_FACTS
from ivr.store.lease import Lease
from ivr.store.queues import Queues

if TYPE_CHECKING:
    from ivr.store.client import Store

pytestmark = pytest.mark.req("P8", "C6")

FACTS = QueueFacts(logged_in=3, serving=2.25, available=1, waiting=4, hold_seconds=60, talk_seconds=None)


async def test_what_was_written_is_read(store: Store, lease: Lease) -> None:
    """Whatever the queue is called; what is not known stays so. No other queue is known."""
    queues = Queues(store)
    await queues.put(lease, {"burger zaken: 1": FACTS})
    assert await queues.facts("burger zaken: 1") == FACTS
    assert await queues.facts("afval") is None


async def test_several_asterisks_are_one_queue(store: Store, lease: Lease) -> None:
    """A caller may come out on any."""
    queues, other = Queues(store), Lease(store, "pbx2")
    assert await other.hold()
    await queues.put(lease, {"kcc": FACTS})
    await queues.put(other, {"kcc": FACTS})
    both = await queues.facts("kcc")
    assert both is not None
    assert (both.logged_in, both.serving, both.waiting, both.hold_seconds) == (6, 4.5, 8, 60)


async def test_an_asterisk_that_went_silent_counts_no_more(store: Store, lease: Lease) -> None:
    """Even while another one keeps the key alive; and alone, its key goes by itself."""
    queues, key = Queues(store), store.keys.queue("kcc")
    await queues.put(lease, {"kcc": FACTS})
    assert 0 < await store.redis.pttl(key) <= QUEUE_FACTS * 1000
    old = int((await store.redis.time())[0]) - int(QUEUE_FACTS) - 1
    await store.redis.hset(key, "pbx2", f"{old} 9 9.00 9 9 9 9")
    assert await queues.facts("kcc") == FACTS


async def test_who_lost_the_lease_writes_nothing(store: Store, lease: Lease) -> None:
    """Its figures may be of long ago."""
    with pytest.raises(LeaseLostError):
        await Queues(store).put(Lease(store, lease.asterisk), {"kcc": FACTS})
    assert not await store.redis.exists(store.keys.queue("kcc"))


async def test_many_queues_are_written_in_parts(
    store: Store, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is left out at the seams."""
    monkeypatch.setattr(store_queues, "BATCH", 3)
    await Queues(store).put(lease, dict.fromkeys(map(str, range(7)), FACTS))
    assert len(await store.redis.keys(store.keys.queue("*"))) == 7


@pytest.mark.req("S7")
@pytest.mark.parametrize("said", ["", "1 2 3", "1 2 3 4 5 x", "x 2 3 4 5 6", "1 2 3 4 5 6 7"])
async def test_what_is_not_ours_is_an_error(store: Store, said: str) -> None:
    """Rather than a figure."""
    now = (await store.redis.time())[0]
    await store.redis.hset(store.keys.queue("kcc"), "pbx", f"{now} {said}")
    with pytest.raises(StoreError, match="not one of ours"):
        await Queues(store).facts("kcc")
