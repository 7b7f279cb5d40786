"""Whatever happens to the store, whoever uses it hears so in time and without anybody's data."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.errors import StoreError
from ivr.session.attributes import Secret
from ivr.session.model import Call
from ivr.store import client
from ivr.store.claims import Claimed
from ivr.store.client import ANSWER_SECONDS, Facts, Store
from ivr.store.keyspace import Keyspace
from ivr.store.lease import Lease
from tests.lab.rooms import CALL, NUMBER, OTHER_CALL, Rooms, rooms_on
from tests.lab.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from ivr.store.sealing import KeySet

CROWD = 20
SLOW_MACHINE = 4 * ANSWER_SECONDS
"""Within which a bound of `ANSWER_SECONDS` must have been kept."""


@pytest.fixture
async def own_rooms(own_valkey: Valkey, seal_keys: KeySet, code_keys: KeySet) -> AsyncIterator[Rooms]:
    """Rooms on a store that this test harms."""
    store = Store(own_valkey.url, Keyspace())
    yield await rooms_on(store, seal_keys, code_keys)
    await store.close()


def uses(rooms: Rooms) -> list[Callable[[], Awaitable[object]]]:
    """Everything that either process asks of the store."""
    return [
        rooms.store.ping,
        rooms.store.facts,
        rooms.calls.known,
        lambda: rooms.calls.alive([CALL.uniqueid]),
        lambda: rooms.calls.queued(CALL.uniqueid, "q"),
        lambda: rooms.claims.claim(CALL, Secret("12345678901"), None, NUMBER),
        lambda: rooms.sessions.find(Secret("ticket")),
        lambda: rooms.sessions.cancel("0" * 32),
    ]


async def test_every_use_of_a_store_that_is_away_is_a_store_error(
    own_rooms: Rooms, own_valkey: Valkey
) -> None:
    """At once, and the message says nothing of what was asked."""
    own_valkey.kill()
    for use in uses(own_rooms):
        with pytest.raises(StoreError) as caught:
            async with asyncio.timeout(SLOW_MACHINE):
                await use()
        assert "12345678901" not in str(caught.value)
        assert caught.value.__cause__ is None


@pytest.mark.req("P4", "O6")
async def test_a_frozen_store_holds_nobody_up(own_rooms: Rooms, own_valkey: Valkey) -> None:
    """Whoever waits hears so after a second, and all goes on when it thaws."""
    await own_rooms.store.ping()
    own_valkey.pause()
    async with asyncio.timeout(SLOW_MACHINE):
        answers = await asyncio.gather(*(use() for use in uses(own_rooms)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {StoreError}
    own_valkey.resume()
    await own_rooms.store.ping()
    citizen = await own_rooms.citizens.verified()
    assert isinstance(await own_rooms.claims.claim(OTHER_CALL, citizen.code, None, ""), Claimed)


@pytest.mark.req("P5", "O6")
async def test_a_claim_whose_answer_was_lost_is_not_made_twice(own_rooms: Rooms, own_valkey: Valkey) -> None:
    """It may have been done or not; it is never done again by itself."""
    citizen = await own_rooms.citizens.verified()
    await own_rooms.claims.claim(CALL, Secret("12345678901"), None, "")  # the script is known from here on
    await own_rooms.store.redis.config_resetstat()
    own_valkey.pause()
    with pytest.raises(StoreError):
        await own_rooms.claims.claim(CALL, citizen.code, None, NUMBER)
    own_valkey.resume()
    await own_rooms.store.ping()
    made = await own_rooms.store.redis.info("commandstats")
    assert made.get("cmdstat_evalsha", {"calls": 0})["calls"] <= 1
    assert (await own_rooms.sessions.find(citizen.ticket)).session.call in {Call.AWAITED, Call.CLAIMED}


@pytest.mark.req("P4", "O6")
@pytest.mark.parametrize("over", ["unix", "tcp"])
async def test_after_a_restart_of_the_store_nobody_meets_a_broken_connection(
    tmp_path: Path, unused_tcp_port: int, over: str
) -> None:
    """All that were open are replaced before they are used, and the scripts it forgot are sent again."""
    port = str(unused_tcp_port)
    with Valkey(tmp_path, "--bind", "127.0.0.1", "--port", port) as server:
        store = Store(server.url if over == "unix" else f"redis://127.0.0.1:{port}/0", Keyspace())
        lease = Lease(store, "pbx")
        await asyncio.gather(*(lease.hold() for _ in range(CROWD)))
        server.kill()
        server.start()
        async with asyncio.timeout(SLOW_MACHINE):  # until each is heard to have ended
            await asyncio.gather(
                *(one._reader.read(1) for one in store.redis.connection_pool._available_connections)
            )
        assert await asyncio.gather(*(lease.hold() for _ in range(CROWD))) == [True] * CROWD
        await store.redis.script_flush()
        assert await lease.hold()
        await store.close()


async def test_a_cancelled_use_stays_cancelled_and_harms_no_other(
    own_rooms: Rooms, own_valkey: Valkey
) -> None:
    """Nobody gets the answer to somebody else's question."""
    citizen = await own_rooms.citizens.verified()
    own_valkey.pause()
    waiting = [asyncio.create_task(own_rooms.store.ping()) for _ in range(5)]
    waiting.append(asyncio.create_task(own_rooms.sessions.cancel("0" * 32)))
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(end) for end in ended} == {asyncio.CancelledError}
    own_valkey.resume()
    for _ in range(10):
        assert (await own_rooms.sessions.find(citizen.ticket)).session.id == citizen.session


async def test_more_uses_than_connections_wait_for_each_other(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as are asked at once have a connection each, and a crowd gets through."""
    monkeypatch.setattr(client, "AT_ONCE", 2)
    store = Store(valkey.url, Keyspace())
    await asyncio.gather(*(store.ping() for _ in range(CROWD)))
    assert len(store.redis.connection_pool._available_connections) == 2
    await store.close()


@pytest.mark.req("S1")
async def test_an_error_of_a_script_says_nothing_of_its_arguments(rooms: Rooms) -> None:
    """A key of the wrong type is told by the kind of error only."""
    await rooms.store.redis.set("idb:budget:all", "x", px=10_000)
    with pytest.raises(StoreError) as caught:
        await rooms.claims.claim(CALL, Secret("12345678901"), None, NUMBER)
    assert str(caught.value) == "the store did not answer as it should (ResponseError)"


async def test_a_full_store_is_a_store_error(own_rooms: Rooms) -> None:
    """It refuses new keys instead of dropping old ones."""
    await own_rooms.store.redis.config_set("maxmemory", "1")
    with pytest.raises(StoreError, match="OutOfMemory"):
        await own_rooms.citizens.pending()


async def test_an_address_without_a_store_is_a_store_error(tmp_path: Path) -> None:
    """Nobody listens there."""
    store = Store(f"unix://{tmp_path}/nobody.sock", Keyspace())
    with pytest.raises(StoreError):
        await store.ping()
    await store.close()


async def test_without_replicas_every_write_counts(store: Store) -> None:
    """One store alone need not be confirmed by others."""
    answer, confirmed = await store.run_durably("release", ["idb:lease:x"], ["token"])
    assert (answer, confirmed) == (0, True)


async def test_a_store_that_keeps_its_settings_to_itself_counts_as_well_set(tmp_path: Path) -> None:
    """Managed stores do."""
    with Valkey(tmp_path, "--rename-command", "CONFIG", "") as server:
        store = Store(server.url, Keyspace())
        facts = await store.facts()
        assert (facts.keeps_on_disk, facts.evicts) == (False, False)
        await store.close()


@pytest.mark.req("O2")
async def test_a_store_tells_what_it_is(store: Store) -> None:
    """Its name and version, and that it keeps nothing on disk and drops nothing."""
    facts = await store.facts()
    assert facts == Facts("valkey", facts.version, keeps_on_disk=False, evicts=False)
    assert facts.version >= 7
