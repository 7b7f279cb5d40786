"""ivr.store.notes: what one request leaves for another, and nobody else can find or read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.errors import NotFoundError, StoreError
from ivr.session.attributes import Secret
from ivr.store.client import Store
from ivr.store.keyspace import Keyspace
from ivr.store.notes import Notes
from ivr.store.sealing import KeySet, Macs, Sealer
from tests.lab.rooms import rotated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.valkey import Valkey

TEXT = "what nobody else may read"


def notes(store: Store, keys: KeySet, kind: str = "grant") -> Notes:
    """Notes of a kind."""
    return Notes(store, Sealer(keys), Macs(keys, "note"), kind=kind, seconds=60)


async def test_a_note_is_read_as_often_as_asked_and_taken_once(store: Store, code_keys: KeySet) -> None:
    """Of many who take it at one time, one gets it."""
    kept = notes(store, code_keys)
    name = await kept.leave(TEXT)
    assert [await kept.read(name), await kept.read(name)] == [TEXT, TEXT]
    taken = await asyncio.gather(*(kept.take(name) for _ in range(8)), return_exceptions=True)
    assert taken.count(TEXT) == 1
    assert sum(isinstance(one, NotFoundError) for one in taken) == 7
    with pytest.raises(NotFoundError):
        await kept.read(name)


@pytest.mark.req("S1")
async def test_the_store_learns_neither_name_nor_text(store: Store, code_keys: KeySet) -> None:
    """And keeps it no longer than told."""
    name = await notes(store, code_keys).leave(TEXT)
    (key,) = await store.redis.keys("*")
    held = key + await store.redis.get(key)
    assert name.reveal().encode() not in held
    assert TEXT.encode() not in held
    assert 0 < await store.redis.ttl(key) <= 60
    assert name.reveal() not in repr(name)


@pytest.mark.req("S7")
@pytest.mark.parametrize("name", ["", "x", "\ud800", "../other", "x" * 100_000])
async def test_a_made_up_name_finds_nothing(store: Store, code_keys: KeySet, name: str) -> None:
    """However odd."""
    for look in (notes(store, code_keys).read, notes(store, code_keys).take):
        with pytest.raises(NotFoundError):
            await look(Secret(name))


async def test_a_name_of_one_kind_opens_no_other(store: Store, code_keys: KeySet) -> None:
    """Nor does a note that was put in another's place."""
    name, other = await notes(store, code_keys).leave(TEXT), await notes(store, code_keys).leave("other")
    with pytest.raises(NotFoundError):
        await notes(store, code_keys, "hand-over").read(name)
    one, two = await store.redis.keys("*")
    await store.redis.copy(one, two, replace=True)
    found = await asyncio.gather(
        *(notes(store, code_keys).read(secret) for secret in (name, other)), return_exceptions=True
    )
    assert sum(isinstance(each, NotFoundError) for each in found) == 1


async def test_a_note_outlives_a_change_of_keys(store: Store, code_keys: KeySet, tmp_path: Path) -> None:
    """Left under the old key, found under the new set."""
    name = await notes(store, code_keys).leave(TEXT)
    assert await notes(store, rotated(code_keys, tmp_path)).take(name) == TEXT


async def test_a_store_that_is_away_says_so(own_valkey: Valkey, code_keys: KeySet) -> None:
    """For each step."""
    store = Store(own_valkey.url, Keyspace())
    kept = notes(store, code_keys)
    name = await kept.leave(TEXT)
    own_valkey.kill()
    for step in (kept.leave(TEXT), kept.read(name), kept.take(name)):
        with pytest.raises(StoreError):
            await step
    await store.close()
