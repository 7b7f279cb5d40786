"""ivr.store.vigil: a call that ends without a word is noticed, and nobody else is woken."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from ivr.store import vigil as vigils
from ivr.store.client import Store
from ivr.store.keyspace import ALIVE, Keyspace
from ivr.store.vigil import VIGIL_SECONDS, Vigil
from tests.lab.rooms import CALL, OTHER_CALL, Rooms, rooms_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.sealing import KeySet
    from tests.lab.citizens import Citizen
    from tests.lab.valkey import Valkey

pytestmark = pytest.mark.req("S2", "C6")

BOUND_SECONDS = 10.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vigils, "VIGIL_SECONDS", 0.01)


@asynccontextmanager
async def keeping(store: Store) -> AsyncIterator[tuple[Vigil, asyncio.Queue[str]]]:
    """A vigil that is kept, and whom it wakes."""
    woken: asyncio.Queue[str] = asyncio.Queue()
    vigil = Vigil(store, woken.put_nowait)
    task = asyncio.create_task(vigil.keep())
    try:
        yield vigil, woken
    finally:
        task.cancel()
        await asyncio.wait([task])


async def next_of(woken: asyncio.Queue[str]) -> str:
    """Who is woken next."""
    async with asyncio.timeout(BOUND_SECONDS):
        return await woken.get()


async def called(rooms: Rooms, call: object = CALL) -> Citizen:
    """A citizen who is in a call."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen, call)
    return citizen


async def test_only_who_lost_their_call_is_woken(rooms: Rooms) -> None:
    """Not who talks, who has not called yet, whose call ended in order, or who is not watched over."""
    gone, talks = await called(rooms), await called(rooms, OTHER_CALL)
    waits = await rooms.citizens.verified()
    async with keeping(rooms.store) as (vigil, woken):
        with vigil.over(talks.session), vigil.over(waits.session), vigil.over("x"), vigil.over(gone.session):
            await rooms.store.redis.delete(rooms.store.keys.call(CALL))
            assert {await next_of(woken) for _ in range(3)} == {gone.session}
            await rooms.calls.ended(OTHER_CALL.uniqueid)
            assert {await next_of(woken) for _ in range(3)} == {gone.session}


@pytest.mark.req("P11")
async def test_who_logged_in_for_a_call_that_is_lost_is_woken_too(rooms: Rooms) -> None:
    """Though they keyed no code in it."""
    await rooms.answer()
    bound, free = await rooms.citizens.verified(bound=CALL), await rooms.citizens.verified()
    async with keeping(rooms.store) as (vigil, woken):
        with vigil.over(bound.session), vigil.over(free.session):
            await rooms.store.redis.delete(rooms.store.keys.call(CALL))
            assert {await next_of(woken) for _ in range(3)} == {bound.session}


async def test_a_session_is_watched_over_as_long_as_one_tab_is_open(rooms: Rooms) -> None:
    """Two tabs; then one; then none, and nothing is kept."""
    vigil = Vigil(rooms.store, lambda _: None)
    with vigil.over("a"):
        with vigil.over("a"):
            assert vigil._open == {"a": 2}
        assert vigil._open == {"a": 1}
    assert not vigil._open


async def test_many_are_asked_about_in_parts(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is left out at the seams."""
    monkeypatch.setattr(vigils, "BATCH", 1)
    one, other = await called(rooms), await called(rooms, OTHER_CALL)
    await rooms.store.redis.delete(rooms.store.keys.call(CALL), rooms.store.keys.call(OTHER_CALL))
    async with keeping(rooms.store) as (vigil, woken):
        with vigil.over(one.session), vigil.over(other.session):
            assert {await next_of(woken) for _ in range(4)} == {one.session, other.session}


async def test_a_store_that_was_away_is_asked_again(
    own_valkey: Valkey, seal_keys: KeySet, code_keys: KeySet
) -> None:
    """The vigil goes on by itself."""
    store = Store(own_valkey.url, Keyspace())
    async with keeping(store) as (vigil, woken):
        with vigil.over("someone"):
            own_valkey.kill()
            own_valkey.start()
            rooms = await rooms_on(store, seal_keys, code_keys)
            citizen = await called(rooms)
            await store.redis.delete(store.keys.call(CALL))
            with vigil.over(citizen.session):
                assert await next_of(woken) == citizen.session
    await store.close()


def test_a_silent_end_is_seen_within_seven_seconds() -> None:
    """A record's life after its last proof, and one round."""
    assert ALIVE + VIGIL_SECONDS < 7
