"""ivr.store.errands: where log-ins go on elsewhere, and nobody who reads the store learns where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import StoreError
from ivr.store import errands as module
from ivr.store.client import Store
from ivr.store.errands import Errands
from ivr.store.keyspace import Keyspace
from ivr.store.sealing import Sealer
from tests.lab.rooms import rotated

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.sealing import KeySet
    from tests.lab.valkey import Valkey

TEXT = "what opens the result"
SESSION, OTHER = "a" * 32, "b" * 32


def errands(store: Store, keys: KeySet, method: str = "irma") -> Errands:
    """The errands of a method."""
    return Errands(store, Sealer(keys), method=method, seconds=60)


async def test_a_session_has_one_errand_for_each_method_until_it_ends(
    store: Store, seal_keys: KeySet
) -> None:
    """The latest; another method's is its own."""
    ours, theirs = errands(store, seal_keys), errands(store, seal_keys, "other")
    assert await ours.find(SESSION) is None
    await theirs.begin(SESSION, "theirs")
    await ours.begin(SESSION, "earlier")
    await ours.begin(SESSION, TEXT)
    assert [await ours.find(SESSION), await theirs.find(SESSION)] == [TEXT, "theirs"]
    await ours.end(SESSION)
    await ours.end(SESSION)
    assert [await ours.find(SESSION), await theirs.find(SESSION)] == [None, "theirs"]


@pytest.mark.req("S1")
async def test_the_store_learns_nothing_of_it_and_keeps_it_no_longer_than_told(
    store: Store, seal_keys: KeySet
) -> None:
    """And one that is put under another session, or another method, opens for nobody."""
    ours = errands(store, seal_keys)
    await ours.begin(SESSION, TEXT)
    key = store.keys.errand("irma", SESSION)
    sealed = await store.redis.get(key)
    assert TEXT.encode() not in sealed
    assert 0 < await store.redis.pttl(key) <= 60_000
    await store.redis.set(store.keys.errand("irma", OTHER), sealed)
    await store.redis.set(store.keys.errand("other", SESSION), sealed)
    assert await ours.find(OTHER) is None
    assert await errands(store, seal_keys, "other").find(SESSION) is None


async def test_errands_outlive_a_change_of_keys(store: Store, seal_keys: KeySet, tmp_path: Path) -> None:
    """As long as the old key is in the file."""
    await errands(store, seal_keys).begin(SESSION, TEXT)
    assert await errands(store, rotated(seal_keys, tmp_path)).find(SESSION) == TEXT


async def test_every_session_with_an_errand_is_found_once(
    store: Store, seal_keys: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the store gives them in parts; another method's are not among them."""
    monkeypatch.setattr(module, "PAGE", 3)
    ours = errands(store, seal_keys)
    sessions = [f"{number:032}" for number in range(20)]
    for session in sessions:
        await ours.begin(session, TEXT)
    await errands(store, seal_keys, "other").begin(OTHER, TEXT)
    assert sorted({session async for session in ours.sessions()}) == sessions


async def test_a_prefix_is_a_prefix_and_no_pattern(valkey: Valkey, store: Store, seal_keys: KeySet) -> None:
    """Whatever signs an operator puts in it."""
    odd = Store(valkey.url, Keyspace("{i*[db]}:"))
    ours = errands(odd, seal_keys)
    await ours.begin(SESSION, TEXT)
    await store.redis.set("{iid}:errand:irma:x", "not ours")
    assert [session async for session in ours.sessions()] == [SESSION]
    await odd.close()


async def test_without_a_store_that_is_what_it_says(tmp_path: Path, seal_keys: KeySet) -> None:
    """For each of the four."""
    nowhere = Store(f"unix://{tmp_path}/none", Keyspace())
    ours = errands(nowhere, seal_keys)
    for ask in (ours.begin(SESSION, TEXT), ours.find(SESSION), ours.end(SESSION)):
        with pytest.raises(StoreError):
            await ask
    with pytest.raises(StoreError):
        _ = [session async for session in ours.sessions()]
    await nowhere.close()
