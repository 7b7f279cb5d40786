"""ivr.store.lines: who waits, told without anything by which a caller could be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import LeaseLostError, StoreError
from ivr.session.floor import Caller, Proof, QueueLine, State
from ivr.store import lines as store_lines
from ivr.store.keyspace import QUEUE_FACTS, CallId
from ivr.store.lease import Lease
from ivr.store.lines import LINES, Lines, read
from tests.lab.citizens import PERSON
from tests.lab.floors import all_heard
from tests.lab.rooms import CALL, NUMBER, OTHER_CALL

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from tests.lab.rooms import Rooms

pytestmark = pytest.mark.req("A6")

WAKE_SECONDS = 5.0
LINE = QueueLine(
    waiting=3,
    oldest=17,
    callers=(Caller(17, "verhuizing", Proof.VERIFIED), Caller(18, "", Proof.NONE)),
    members={State.READY: 2, State.WRAP_UP: 1},
)
EMPTY = QueueLine(0, 0, (), {})


async def test_what_was_written_is_read(store: Store, lease: Lease) -> None:
    """Whatever the queue is called; of one that nobody spoke of, nothing."""
    lines = Lines(store)
    await lines.put(lease, {"burger zaken: 1": LINE, "kcc": EMPTY})
    said = await lines.said(["burger zaken: 1", "afval", "kcc"])
    assert {queue: read(texts) for queue, texts in said.items()} == {
        "burger zaken: 1": LINE,
        "afval": None,
        "kcc": EMPTY,
    }
    assert await lines.said([]) == {}


@pytest.mark.req("S1")
async def test_of_a_caller_only_the_subject_is_known(rooms: Rooms, store: Store) -> None:
    """And whether they have proven who they are; one without a code, and one who is gone, have neither."""
    verified, pending = await rooms.citizens.verified(), await rooms.citizens.pending()
    await rooms.claim(verified, CALL)
    await rooms.claim(pending, OTHER_CALL)
    await rooms.calls.queued("1.3", "kcc", NUMBER)
    called = [CALL.uniqueid, OTHER_CALL.uniqueid, "1.3", "1.4"]
    found = await Lines(store).known("pbx", called)
    assert found == [
        ("verhuizing", Proof.VERIFIED),
        ("verhuizing", Proof.PENDING),
        ("", Proof.NONE),
        ("", Proof.NONE),
    ]
    await rooms.sessions.fail(pending.session)
    assert await Lines(store).known("pbx", [OTHER_CALL.uniqueid]) == [("verhuizing", Proof.FAILED)]
    text = repr(found)
    assert not any(value in text for value in (*PERSON.values(), NUMBER, *called, verified.code.reveal()))


async def test_many_callers_are_asked_for_in_parts(
    rooms: Rooms, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In their order."""
    monkeypatch.setattr(store_lines, "BATCH", 2)
    await rooms.claim(await rooms.citizens.verified(), CallId("pbx", "1.3"))
    found = await Lines(store).known("pbx", [f"1.{number}" for number in range(5)])
    assert [proof for _, proof in found] == [*[Proof.NONE] * 3, Proof.VERIFIED, Proof.NONE]
    assert await Lines(store).known("pbx", []) == []


async def test_who_looks_on_is_woken_only_by_a_change(store: Store, lease: Lease, feed: Feed) -> None:
    """Not by time that passes."""
    lines = Lines(store)
    await lines.put(lease, {"kcc": LINE})
    await all_heard(store, feed)
    with feed.watch(LINES) as watch:
        await lines.put(lease, {"kcc": LINE})
        await all_heard(store, feed)
        assert not await watch.changed(0)
        await lines.put(lease, {"kcc": EMPTY})
        assert await watch.changed(WAKE_SECONDS)


async def test_several_asterisks_are_one_queue(store: Store, lease: Lease) -> None:
    """A caller may come out on any; written alike, in whatever order they wrote."""
    lines, other = Lines(store), Lease(store, "pbx2")
    assert await other.hold()
    await lines.put(lease, {"kcc": LINE})
    await lines.put(other, {"kcc": EMPTY})
    first = await lines.said(["kcc"])
    both = read(first["kcc"])
    assert both is not None
    assert (both.waiting, both.oldest, len(both.callers)) == (3, 17, 2)
    await store.redis.delete(store.keys.line("kcc"))
    await lines.put(other, {"kcc": EMPTY})
    await lines.put(lease, {"kcc": LINE})
    assert await lines.said(["kcc"]) == first


async def test_an_asterisk_that_went_silent_counts_no_more(store: Store, lease: Lease) -> None:
    """Even while another one keeps the key alive; and alone, its key goes by itself."""
    lines, key = Lines(store), store.keys.line("kcc")
    await lines.put(lease, {"kcc": LINE})
    assert 0 < await store.redis.pttl(key) <= QUEUE_FACTS * 1000
    old = int((await store.redis.time())[0]) - int(QUEUE_FACTS) - 1
    await store.redis.hset(key, "pbx2", f"{old} [9,9,[],{{}}]")
    assert read((await lines.said(["kcc"]))["kcc"]) == LINE


async def test_who_lost_the_lease_writes_nothing(store: Store, lease: Lease) -> None:
    """What it saw may be of long ago."""
    with pytest.raises(LeaseLostError):
        await Lines(store).put(Lease(store, lease.asterisk), {"kcc": LINE})
    assert not await store.redis.exists(store.keys.line("kcc"))


async def test_many_queues_are_written_in_parts(
    store: Store, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is left out at the seams."""
    monkeypatch.setattr(store_lines, "BATCH", 3)
    await Lines(store).put(lease, dict.fromkeys(map(str, range(7)), LINE))
    assert len(await store.redis.keys(store.keys.line("*"))) == 7


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "said",
    [
        *("", "[", "7", "[1,2,[],[]]", "[1,2,[[1]],{}]", '[1,2,[[1,"a","b"]],{}]', '[1,2,[],{"x":1}]'),
        '["x",2,[],{}]',
    ],
)
def test_what_is_not_ours_is_an_error(said: str) -> None:
    """Rather than a caller."""
    with pytest.raises(StoreError, match="not one of ours"):
        read([said.encode()])
