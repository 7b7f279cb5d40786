"""ivr.store.clock: between two questions the store's time goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import StoreError
from ivr.store.client import Store
from ivr.store.clock import Clock
from ivr.store.keyspace import Keyspace

if TYPE_CHECKING:
    from tests.lab.valkey import Valkey


async def test_it_tells_the_stores_time(store: Store) -> None:
    """Between what the store says before and after; and later it is later."""
    clock = Clock(store)
    before, now, after = (await store.redis.time())[0], await clock.set(), (await store.redis.time())[0]
    assert before <= now <= after + 1
    assert clock.now() >= now


async def test_a_store_that_is_away_is_an_error(own_valkey: Valkey) -> None:
    """What was known goes on being told."""
    store = Store(own_valkey.url, Keyspace())
    clock = Clock(store)
    now = await clock.set()
    own_valkey.kill()
    with pytest.raises(StoreError):
        await clock.set()
    assert clock.now() >= now
    await store.close()
