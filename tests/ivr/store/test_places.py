"""ivr.store.places: kept with the call, told when it changed, gone with the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import LeaseLostError, StoreError
from ivr.session.model import Call
from ivr.session.wait import Place
from ivr.store import places as store_places
from ivr.store.feed import session_topic
from ivr.store.lease import Lease
from ivr.store.places import Places
from tests.lab.rooms import CALL, OTHER_CALL, SANNE

if TYPE_CHECKING:
    from ivr.store.feed import Feed
    from tests.lab.citizens import Citizen
    from tests.lab.rooms import Rooms

pytestmark = pytest.mark.req("C6")

THIRD = Place(ahead=2, minutes=5)


async def place(rooms: Rooms, citizen: Citizen) -> Place | None:
    """What the citizen's page finds."""
    return (await rooms.sessions.find(citizen.ticket)).session.place


async def waiting(rooms: Rooms) -> Citizen:
    """A citizen who waits in the queue."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen)
    await rooms.calls.queued(CALL.uniqueid, "kcc")
    return citizen


@pytest.mark.parametrize("told", [THIRD, Place(0, None), Place(100, 90)])
async def test_a_place_is_read_with_the_session(rooms: Rooms, lease: Lease, told: Place) -> None:
    """Also when nobody can know how long; before it is known there is none."""
    citizen = await waiting(rooms)
    assert await place(rooms, citizen) is None
    await Places(rooms.store).put(lease, {CALL.uniqueid: told})
    assert await place(rooms, citizen) == told


async def test_only_a_change_wakes_a_page_and_makes_a_version(rooms: Rooms, lease: Lease, feed: Feed) -> None:
    """The same again is silent."""
    citizen, places = await waiting(rooms), Places(rooms.store)
    with feed.watch(session_topic(citizen.session)) as watch:
        await places.put(lease, {CALL.uniqueid: THIRD})
        assert await watch.changed(5)
        version = (await rooms.sessions.find(citizen.ticket)).session.version
        await places.put(lease, {CALL.uniqueid: THIRD})
        await places.put(lease, {CALL.uniqueid: Place(1, 5)})
        assert await watch.changed(5)
    assert (await rooms.sessions.find(citizen.ticket)).session.version == version + 1


async def test_a_place_is_of_one_stay_in_a_queue(rooms: Rooms, lease: Lease) -> None:
    """Answered, or in the queue again: not known until the next look, and none is written meanwhile."""
    citizen, places = await waiting(rooms), Places(rooms.store)
    await places.put(lease, {CALL.uniqueid: THIRD})
    await rooms.calls.connected(CALL.uniqueid, "kcc", SANNE.interface)
    await places.put(lease, {CALL.uniqueid: THIRD})
    assert await place(rooms, citizen) is None
    await rooms.calls.queued(CALL.uniqueid, "kcc")
    assert await place(rooms, citizen) is None
    await places.put(lease, {CALL.uniqueid: THIRD})
    assert await place(rooms, citizen) == THIRD


@pytest.mark.req("S2")
async def test_a_place_dies_with_its_call(rooms: Rooms, lease: Lease) -> None:
    """And telling one of a call that is gone, or of nobody's, makes no key."""
    citizen, places = await waiting(rooms), Places(rooms.store)
    await rooms.calls.ended(CALL.uniqueid)
    await rooms.calls.queued(OTHER_CALL.uniqueid, "kcc")
    before = set(await rooms.store.redis.keys("*"))
    await places.put(lease, {CALL.uniqueid: THIRD, OTHER_CALL.uniqueid: THIRD, "9.9": THIRD})
    assert set(await rooms.store.redis.keys("*")) == before
    assert not await rooms.store.redis.hexists(rooms.store.keys.call(OTHER_CALL), "ahead")
    assert (await rooms.sessions.find(citizen.ticket)).session.call is Call.ENDED


async def test_who_lost_the_lease_places_nobody(rooms: Rooms, lease: Lease) -> None:
    """Nothing is written."""
    citizen = await waiting(rooms)
    with pytest.raises(LeaseLostError):
        await Places(rooms.store).put(Lease(rooms.store, lease.asterisk), {CALL.uniqueid: THIRD})
    assert await place(rooms, citizen) is None


async def test_many_places_are_written_in_parts(
    rooms: Rooms, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is left out at the seams."""
    monkeypatch.setattr(store_places, "BATCH", 2)
    citizen = await waiting(rooms)
    await Places(rooms.store).put(lease, {"1": THIRD, "2": THIRD, CALL.uniqueid: THIRD, "3": THIRD})
    assert await place(rooms, citizen) == THIRD


@pytest.mark.req("S7")
async def test_what_is_not_ours_is_an_error(rooms: Rooms) -> None:
    """Rather than a place."""
    citizen = await waiting(rooms)
    await rooms.store.redis.hset(rooms.store.keys.call(CALL), mapping={"ahead": "x", "minutes": "5"})
    with pytest.raises(StoreError, match="not one of ours"):
        await place(rooms, citizen)
