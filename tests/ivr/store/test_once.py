"""ivr.store.once: whoever comes first spends it, in whichever process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.errors import StoreError
from ivr.store.client import Store
from ivr.store.keyspace import Keyspace
from ivr.store.once import Once

if TYPE_CHECKING:
    from pathlib import Path

RACERS = 200


@pytest.mark.req("S5")
async def test_the_first_spends_it(store: Store) -> None:
    """True the first time, False ever after."""
    once = Once(store)
    assert [await once.spend("ticket", 30) for _ in range(3)] == [True, False, False]


async def test_each_name_is_its_own(store: Store) -> None:
    """One spent name says nothing of another."""
    once = Once(store)
    assert await once.spend("a", 30)
    assert await once.spend("b", 30)


async def test_in_a_race_one_wins(store: Store) -> None:
    """However many at one time: one."""
    once = Once(store)
    async with asyncio.TaskGroup() as group:
        racers = [group.create_task(once.spend("ticket", 30)) for _ in range(RACERS)]
    assert sum(racer.result() for racer in racers) == 1


async def test_it_is_remembered_for_as_long_as_was_said(store: Store) -> None:
    """And no longer: the key has a lifetime."""
    await Once(store).spend("ticket", 30)
    assert 0 < await store.redis.pttl(store.keys.once("ticket")) <= 30_000


async def test_without_a_store_nothing_is_sure(tmp_path: Path) -> None:
    """Neither True nor False: an error."""
    store = Store(f"unix://{tmp_path}/nothing.sock", Keyspace())
    with pytest.raises(StoreError):
        await Once(store).spend("ticket", 30)
    await store.close()
