"""ivr.store.standings: who may write, who is woken, and how long it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import LeaseLostError, StoreError
from ivr.session.floor import Phone, Standing
from ivr.store import standings as store_standings
from ivr.store.feed import Feed, standing_topic
from ivr.store.keyspace import QUEUE_FACTS, Member
from ivr.store.lease import Lease
from ivr.store.standings import FLOOR, Roll, Standings
from tests.lab.floors import all_heard
from tests.lab.rooms import SANNE, TOM

if TYPE_CHECKING:
    from ivr.store.client import Store

pytestmark = pytest.mark.req("A6")

LUNCH = Standing(("afval", "kcc"), Phone.FREE, paused=True, reason='lunch "12:00"\\', since=17, until=0)
CALL = Standing(("kcc",), Phone.BUSY, paused=False, reason="", since=17, until=0)
ALL = {SANNE.interface: LUNCH, TOM.interface: CALL}
WAKE_SECONDS = 5.0


async def test_what_was_written_is_read(store: Store, lease: Lease) -> None:
    """One, and all; of who is no member, and of an Asterisk that is not known, nothing."""
    standings = Standings(store)
    await standings.put(lease, ALL, set(), may=True)
    assert await standings.of(SANNE) == (LUNCH, True)
    assert await standings.of(Member("pbx", "PJSIP/els")) == (None, True)
    assert await standings.of(Member("pbx2", SANNE.interface)) == (None, None)
    assert await standings.all("pbx") == Roll(ALL, may=True)
    assert await standings.all("pbx2") is None


async def test_who_is_no_member_any_more_is_gone(store: Store, lease: Lease) -> None:
    """And what may be done can change."""
    standings = Standings(store)
    await standings.put(lease, ALL, set(), may=True)
    await standings.put(lease, {TOM.interface: CALL}, {SANNE.interface}, may=False)
    assert await standings.all("pbx") == Roll({TOM.interface: CALL}, may=False)
    assert await standings.of(SANNE) == (None, False)


async def test_an_asterisk_without_members_is_known_all_the_same(store: Store, lease: Lease) -> None:
    """That there is nobody is something to know."""
    await Standings(store).put(lease, {}, set(), may=True)
    assert await Standings(store).all("pbx") == Roll({}, may=True)


async def test_only_who_changed_is_woken(store: Store, lease: Lease, feed: Feed) -> None:
    """And who looks on; nobody, when all is as it was."""
    standings = Standings(store)
    await standings.put(lease, ALL, set(), may=True)
    await all_heard(store, feed)
    with feed.watch(standing_topic(SANNE)) as sanne, feed.watch(FLOOR) as floor:
        await standings.put(lease, ALL, set(), may=True)
        await all_heard(store, feed)
        assert not await floor.changed(0)
        await standings.put(lease, ALL | {TOM.interface: LUNCH}, set(), may=True)
        await all_heard(store, feed)
        assert await floor.changed(WAKE_SECONDS)
        assert not await sanne.changed(0)
        await standings.change(lease, SANNE.interface, CALL)
        assert await sanne.changed(WAKE_SECONDS)
        assert await floor.changed(WAKE_SECONDS)
    assert await standings.of(SANNE) == (CALL, True)


async def test_it_lives_as_long_as_a_look_counts(store: Store, lease: Lease) -> None:
    """One change makes what is known of others no newer; and alone it is not all that there is to know."""
    standings, key = Standings(store), store.keys.members("pbx")
    await standings.change(lease, SANNE.interface, LUNCH)
    assert await standings.all("pbx") is None
    await standings.put(lease, ALL, set(), may=True)
    assert 0 < await store.redis.pttl(key) <= QUEUE_FACTS * 1000
    await store.redis.pexpire(key, 500)
    await standings.change(lease, SANNE.interface, CALL)
    assert await store.redis.pttl(key) <= 500


async def test_what_is_cleared_is_gone(store: Store, lease: Lease) -> None:
    """Before all is written anew."""
    await Standings(store).put(lease, ALL, set(), may=True)
    await Standings(store).clear("pbx")
    assert await Standings(store).all("pbx") is None


async def test_who_lost_the_lease_writes_nothing(store: Store, lease: Lease) -> None:
    """Neither all nor one."""
    standings, other = Standings(store), Lease(store, lease.asterisk)
    with pytest.raises(LeaseLostError):
        await standings.put(other, ALL, set(), may=True)
    await standings.put(lease, ALL, set(), may=True)
    with pytest.raises(LeaseLostError):
        await standings.change(other, SANNE.interface, CALL)
    assert await standings.of(SANNE) == (LUNCH, True)


async def test_many_are_written_in_parts(store: Store, lease: Lease, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is left out at the seams."""
    monkeypatch.setattr(store_standings, "BATCH", 3)
    many = {f"PJSIP/agent{number}": CALL for number in range(7)}
    await Standings(store).put(lease, ALL | many, set(), may=True)
    await Standings(store).put(lease, many, set(ALL), may=True)
    assert await Standings(store).all("pbx") == Roll(many, may=True)


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "said",
    [
        "",
        "[",
        "{}",
        "7",
        "null",
        '[["kcc"],"free",0,"",1]',
        '[["kcc"],"asleep",0,"",1,2]',
        '["kcc",1,0,"",1,"x"]',
    ],
)
async def test_what_is_not_ours_is_an_error(store: Store, said: str) -> None:
    """Rather than a state."""
    await store.redis.hset(store.keys.members("pbx"), mapping={"may": "yes", SANNE.interface: said or "x"})
    with pytest.raises(StoreError, match="not one of ours"):
        await Standings(store).of(SANNE)
    with pytest.raises(StoreError, match="not one of ours"):
        await Standings(store).all("pbx")
