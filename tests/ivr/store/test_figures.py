"""ivr.store.figures: each caller is counted once, in one queue, at the moment when they came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from ivr.errors import LeaseLostError, StoreError
from ivr.session.figures import LAST, Figures, bucket_of, total
from ivr.store.figures import Counts, Days, Fared, ahead_of_utc
from ivr.store.keyspace import DAYS, CallId
from ivr.store.lease import Lease
from tests.lab.citizens import PERSON
from tests.lab.contents import holding
from tests.lab.floors import IN_TIME, ZONE
from tests.lab.rooms import CALL, NUMBER, SANNE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.lab.rooms import Rooms

pytestmark = pytest.mark.req("A6")

ONE = CALL.uniqueid
KCC, AFVAL = "kcc", "afval: 1"


@dataclass
class Counting:
    """A queue's callers, moved as the tracker does and then counted."""

    rooms: Rooms
    counts: Counts
    days: Days

    async def joins(self, uniqueid: str = ONE, queue: str = KCC) -> None:
        """The caller comes into a queue."""
        await self.rooms.calls.queued(uniqueid, queue, NUMBER)
        await self.counts.count(Fared.OFFERED, uniqueid, queue)

    async def answered(self, uniqueid: str = ONE, queue: str = KCC, held: int = 0) -> None:
        """An agent picks up."""
        await self.rooms.calls.connected(uniqueid, queue, SANNE.interface)
        await self.counts.count(Fared.SERVED, uniqueid, queue, held)

    async def gives_up(self, uniqueid: str = ONE, queue: str = KCC, held: int = 0) -> None:
        """The caller hangs up while waiting."""
        await self.counts.count(Fared.ABANDONED, uniqueid, queue, held)
        await self.rooms.calls.ended(uniqueid)

    async def waited(self, seconds: float, uniqueid: str = ONE) -> None:
        """The caller came so long ago."""
        key = self.rooms.store.keys.call(CallId("pbx", uniqueid))
        at = float(await self.rooms.store.redis.hget(key, "offered_at"))
        await self.rooms.store.redis.hset(key, "offered_at", f"{at - seconds:.3f}")

    async def quarters(self, queue: str = KCC) -> Mapping[int, Figures]:
        """What is known of a queue today."""
        return (await self.days.today([queue])).queues[queue]

    async def day(self, queue: str = KCC) -> Figures:
        """The day so far."""
        return total((await self.quarters(queue)).values())


@pytest.fixture
def counting(rooms: Rooms) -> Counting:
    """Nobody came yet."""
    counts = Counts(rooms.store, rooms.calls._lease, ZONE, in_time=IN_TIME)
    return Counting(rooms, counts, Days(rooms.store, ZONE))


async def test_who_comes_and_is_answered_is_counted_once(counting: Counting) -> None:
    """However often Asterisk says so."""
    for _ in range(2):
        await counting.joins()
    assert await counting.day() == Figures(offered=1)
    for _ in range(2):
        await counting.answered()
    assert await counting.day() == Figures(offered=1, served=1, in_time=1, waits={0: 1})


async def test_who_hangs_up_while_waiting_has_given_up(counting: Counting) -> None:
    """And is nothing else."""
    await counting.joins()
    await counting.gives_up()
    assert await counting.day() == Figures(offered=1, abandoned=1)


@pytest.mark.req("P12")
async def test_a_transfer_and_a_requeue_are_no_second_caller(counting: Counting) -> None:
    """Neither in the same queue nor in another; nor is it giving up to hang up there."""
    await counting.joins()
    await counting.answered()
    await counting.joins(queue=AFVAL)
    await counting.answered(queue=AFVAL)
    await counting.joins()
    await counting.gives_up()
    assert await counting.day(AFVAL) == Figures()
    assert (await counting.day()).served == 1


async def test_who_goes_on_to_another_queue_counts_there(counting: Counting) -> None:
    """Since nobody answered in the first; the wait is the whole wait."""
    await counting.joins(queue=AFVAL)
    await counting.waited(100)
    await counting.joins(queue=KCC)
    await counting.answered(queue=KCC, held=3)
    assert total((await counting.quarters(AFVAL)).values()) == Figures()
    assert await counting.day() == Figures(offered=1, served=1, waits={bucket_of(100): 1})


async def test_a_join_that_was_missed_is_made_up_for(counting: Counting) -> None:
    """By the pickup, which says how long they had waited; and by the giving up."""
    await counting.answered(held=100)
    await counting.rooms.calls.queued("1.2", KCC)
    await counting.gives_up("1.2", held=7)
    assert await counting.day() == Figures(offered=2, served=1, abandoned=1, waits={bucket_of(100): 1})


@pytest.mark.req("A3")
async def test_identified_is_who_had_proven_it_by_the_pickup(counting: Counting) -> None:
    """Not who is still logging in, nor who has no code."""
    verified, pending = (
        await counting.rooms.citizens.verified(),
        await counting.rooms.citizens.pending(),
    )
    await counting.rooms.claim(verified, CallId("pbx", "1.1"))
    await counting.rooms.claim(pending, CallId("pbx", "1.2"))
    for uniqueid in ("1.1", "1.2", "1.3"):
        await counting.joins(uniqueid)
        await counting.answered(uniqueid)
    day = await counting.day()
    assert (day.served, day.identified, day.share(day.identified)) == (3, 1, 1 / 3)


@pytest.mark.parametrize("seconds", [0, 1, 1.05, 2, IN_TIME - 2, IN_TIME + 1, 299, 3601, 10_000_000])
async def test_the_store_has_the_buckets_that_we_have(counting: Counting, seconds: float) -> None:
    """The same logarithm; and in time is up to what was promised."""
    await counting.joins()
    await counting.waited(seconds)
    await counting.answered()
    day = await counting.day()
    (bucket,) = day.waits
    assert bucket in {bucket_of(seconds + late) for late in (0, 0.2, 0.5, 1)}
    assert bucket <= LAST
    assert day.in_time == (seconds < IN_TIME)


async def test_a_caller_counts_in_the_quarter_in_which_they_came(counting: Counting) -> None:
    """Also when they are answered in a later one: so that the parts of a quarter are parts of it."""
    await counting.joins()
    quarter = (await counting.days.today([KCC])).quarter
    key = counting.rooms.store.keys.call(CALL)
    offer = (await counting.rooms.store.redis.hget(key, "offer")).decode()
    day, _, queue = offer.split(" ", 2)
    assert offer == f"{day} {quarter} {queue}"
    await counting.rooms.store.redis.hset(key, "offer", f"{day} 3 {KCC}")
    await counting.answered()
    assert (await counting.quarters())[3] == Figures(served=1, in_time=1, waits={0: 1})


async def test_a_day_begins_at_midnight_of_the_operators_clock(rooms: Rooms) -> None:
    """Wherever the store is; a quarter is one of 96."""
    now = int((await rooms.store.redis.time())[0])
    for hours in (-11, 0, 13):
        zone = timezone(timedelta(hours=hours))
        counts = Counts(rooms.store, rooms.calls._lease, zone, in_time=IN_TIME)
        await rooms.calls.queued(f"1.{hours}", KCC)
        await counts.count(Fared.OFFERED, f"1.{hours}", KCC)
        today = await Days(rooms.store, zone).today([KCC])
        assert today.queues[KCC][today.quarter].offered >= 1
        clock = (now + hours * 3600) % 86_400
        assert abs(today.quarter - clock // 900) in {0, 1, 95}


def test_the_clock_of_a_zone() -> None:
    """In seconds ahead of UTC; of one that does not say, none."""
    assert ahead_of_utc(timezone(timedelta(hours=-3, minutes=-30))) == -12_600
    assert ahead_of_utc(ZONE) in {3600, 7200}


async def test_the_figures_go_after_two_days(counting: Counting) -> None:
    """And hold nothing of anybody."""
    citizen = await counting.rooms.citizens.verified()
    await counting.rooms.claim(citizen)
    await counting.joins()
    await counting.answered()
    redis = counting.rooms.store.redis
    (key,) = await redis.keys(counting.rooms.store.keys.today(0, KCC).replace(":0:", ":*:"))
    assert DAYS * 1000 - 60_000 < await redis.pttl(key) <= DAYS * 1000
    secrets = (*PERSON.values(), NUMBER, ONE, citizen.session, SANNE.interface, citizen.code.reveal())
    assert key not in await holding(redis, secrets)


async def test_of_a_call_that_is_over_nothing_is_counted(counting: Counting) -> None:
    """An event that comes too late; and a day on which nobody came is empty."""
    await counting.joins()
    await counting.rooms.calls.ended(ONE)
    await counting.counts.count(Fared.ABANDONED, ONE, KCC, 3)
    assert await counting.day() == Figures(offered=1)
    assert await counting.day("nergens") == Figures()


async def test_who_lost_the_lease_counts_nothing(rooms: Rooms, counting: Counting) -> None:
    """Another counts already."""
    await rooms.calls.queued(ONE, KCC)
    other = Counts(rooms.store, Lease(rooms.store, "pbx"), ZONE, in_time=IN_TIME)
    with pytest.raises(LeaseLostError):
        await other.count(Fared.OFFERED, ONE, KCC)
    assert await counting.day() == Figures()


@pytest.mark.req("S7")
@pytest.mark.parametrize("field", ["x", "1", "1:x", "1:w", "1:wx", "x:o", "1:o:2"])
async def test_what_is_not_ours_is_an_error(counting: Counting, field: str) -> None:
    """Rather than a figure; the same for a figure that is none."""
    await counting.joins()
    (key,) = await counting.rooms.store.redis.keys("*today*")
    await counting.rooms.store.redis.hset(key, field, "1")
    with pytest.raises(StoreError, match="not one of ours"):
        await counting.days.today([KCC])
    await counting.rooms.store.redis.hdel(key, field)
    await counting.rooms.store.redis.hset(key, "1:o", "many")
    with pytest.raises(StoreError, match="not one of ours"):
        await counting.days.today([KCC])
