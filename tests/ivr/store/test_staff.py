"""ivr.store.staff: an agent is at work from the first sign of a desktop to the log-out, or long silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import LeaseLostError
from ivr.store.keyspace import STAFF
from ivr.store.lease import Lease
from ivr.store.logins import Logins
from ivr.store.staff import Staff, staff_topic
from tests.lab.floors import all_heard
from tests.lab.rooms import SANNE, TOM

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.sealing import Macs

pytestmark = pytest.mark.req("A6", "A1")

WAKE_SECONDS = 5.0
IDLE = 60.0


async def test_who_is_at_a_desktop_is_there_with_their_queues(store: Store) -> None:
    """Perhaps with none: who stands in queues.conf needs none of ours."""
    staff = Staff(store)
    await staff.attend(SANNE, ["kcc", "afval"], IDLE)
    await staff.attend(TOM, [], IDLE)
    assert await staff.present("pbx") == {
        SANNE.interface: frozenset({"kcc", "afval"}),
        TOM.interface: frozenset(),
    }
    assert await staff.present("pbx2") == {}
    assert 0 < await store.redis.pttl(store.keys.staff("pbx")) <= STAFF * 1000


async def test_who_was_not_heard_of_for_too_long_is_gone(store: Store) -> None:
    """As their log-in is."""
    staff = Staff(store)
    await staff.attend(SANNE, ["kcc"], 0)
    await staff.attend(TOM, ["kcc"], IDLE)
    assert set(await staff.present("pbx")) == {TOM.interface}
    assert await store.redis.hkeys(store.keys.staff("pbx")) == [TOM.interface.encode()]


async def test_only_news_wakes_the_watcher(store: Store, feed: Feed) -> None:
    """Coming, working elsewhere, coming back: not the sign of life of each minute."""
    staff = Staff(store)
    with feed.watch(staff_topic("pbx")) as watch:
        await staff.attend(SANNE, ["kcc"], IDLE)
        assert await watch.changed(WAKE_SECONDS)
        await staff.attend(SANNE, ["kcc"], IDLE)
        await all_heard(store, feed)
        assert not await watch.changed(0)
        await staff.attend(SANNE, ["afval"], 0)
        assert await watch.changed(WAKE_SECONDS)
        await staff.attend(SANNE, ["afval"], IDLE)
        assert await watch.changed(WAKE_SECONDS)


async def test_who_logs_out_is_gone_at_once(store: Store, macs: Macs, feed: Feed) -> None:
    """In the same step; and whoever watches is woken."""
    staff, logins = Staff(store), Logins(store, macs, idle=IDLE)
    token = await logins.enter("sanne", "account", SANNE)
    await staff.attend(SANNE, ["kcc"], IDLE)
    await staff.attend(TOM, ["kcc"], IDLE)
    with feed.watch(staff_topic("pbx")) as watch:
        await logins.leave(token)
        assert await watch.changed(WAKE_SECONDS)
    assert set(await staff.present("pbx")) == {TOM.interface}


async def test_whom_we_added_is_remembered(store: Store, lease: Lease) -> None:
    """Until we removed them; by who watches alone."""
    staff = Staff(store)
    await staff.keep(lease, SANNE.interface, {"kcc", "afval"})
    await staff.keep(lease, TOM.interface, {"kcc"})
    await staff.keep(lease, TOM.interface, ())
    assert await staff.added("pbx") == {SANNE.interface: frozenset({"kcc", "afval"})}
    assert 0 < await store.redis.pttl(store.keys.added("pbx")) <= STAFF * 1000
    with pytest.raises(LeaseLostError):
        await staff.keep(Lease(store, "pbx"), SANNE.interface, ())
    assert await staff.added("pbx2") == {}
