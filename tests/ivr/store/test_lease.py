"""One watcher an Asterisk: held by renewing, lost by silence, taken over at once when given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.store.keyspace import LEASE, LEASE_RENEWAL
from ivr.store.lease import Lease

if TYPE_CHECKING:
    from ivr.store.client import Store


@pytest.fixture
def first(store: Store) -> Lease:
    """One process."""
    return Lease(store, "pbx")


@pytest.fixture
def second(store: Store) -> Lease:
    """Another process, for the same Asterisk."""
    return Lease(store, "pbx")


@pytest.mark.req("O3")
async def test_one_holds_it_at_a_time(first: Lease, second: Lease) -> None:
    """Whoever comes second does not get it, however often they ask; the first renews."""
    assert await first.hold()
    assert not await second.hold()
    assert await first.hold()
    assert not await second.hold()


@pytest.mark.req("O6")
async def test_silence_loses_it(store: Store, first: Lease, second: Lease) -> None:
    """After its time another takes over, and the first does not get it back."""
    await first.hold()
    assert 0 < await store.redis.pttl("idb:lease:pbx") <= LEASE * 1000
    await store.redis.delete("idb:lease:pbx")  # as its time does
    assert await second.hold()
    assert not await first.hold()


async def test_renewing_starts_its_time_again(store: Store, first: Lease) -> None:
    """Each hold is for the whole time."""
    await first.hold()
    await store.redis.pexpire("idb:lease:pbx", 100)
    assert await first.hold()
    assert await store.redis.pttl("idb:lease:pbx") > LEASE_RENEWAL * 1000


async def test_giving_it_back_lets_another_take_over(first: Lease, second: Lease) -> None:
    """At once, without waiting for its time."""
    await first.hold()
    await first.release()
    assert await second.hold()


async def test_only_the_holder_can_give_it_back(first: Lease, second: Lease) -> None:
    """One who lost it, or never had it, releases nothing."""
    await first.hold()
    await second.release()
    assert not await second.hold()
    assert await first.hold()


async def test_each_asterisk_has_its_own(store: Store, first: Lease) -> None:
    """Two PBXs on one store are watched apart."""
    assert await first.hold()
    assert await Lease(store, "other").hold()


def test_tokens_are_not_to_be_guessed(first: Lease, second: Lease) -> None:
    """Every process has its own."""
    assert first.token != second.token
    assert len(first.token) >= 32


def test_two_renewals_may_be_missed() -> None:
    """The times fit each other."""
    assert LEASE > 3 * LEASE_RENEWAL
