"""What many tests need: one real Valkey for the whole run, empty for each test, and the rooms upon it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from ivr.store.calls import Calls
from ivr.store.claims import Claims
from ivr.store.client import Store
from ivr.store.feed import Feed
from ivr.store.keyspace import Keyspace
from ivr.store.lease import Lease
from ivr.store.sealing import KeySet, Macs, Sealer
from ivr.store.sessions import Sessions
from tests.lab.citizens import PURPOSES, Citizens
from tests.lab.rooms import OpenDesk, Rooms
from tests.lab.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from ivr.session.purpose import Purposes

ASTERISK = "pbx"
CODE_LENGTH = 11
CODE_SECONDS = 1200.0
LEASE_SECONDS = 600

settings.register_profile("house", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("house")


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """One server for all tests; a test that harms its store asks for ``own_valkey``."""
    with Valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A server that this test may kill, freeze and start again."""
    with Valkey(tmp_path) as server:
        yield server


@pytest.fixture
async def store(valkey: Valkey) -> AsyncIterator[Store]:
    """The store, empty."""
    opened = Store(valkey.url, Keyspace())
    await opened.redis.flushall()
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def seal_keys() -> KeySet:
    """The keys that guard attributes: the web's."""
    return KeySet.draw()


@pytest.fixture(scope="session")
def code_keys() -> KeySet:
    """The keys that guard codes, tickets and numbers: the web's and telephony's."""
    return KeySet.draw()


@pytest.fixture
def macs(code_keys: KeySet) -> Macs:
    """Macs as both processes make them."""
    return Macs(code_keys, "code")


@pytest.fixture
def purposes() -> Purposes:
    """Two purposes: ``verhuizing`` (fullname and bsn, substantial) and ``afval`` (postcode, low)."""
    return PURPOSES


@pytest.fixture
def sessions(store: Store, seal_keys: KeySet, code_keys: KeySet, macs: Macs) -> Sessions:
    """The web's side of sessions."""
    return Sessions(store, Sealer(seal_keys), Sealer(code_keys), macs, length=CODE_LENGTH, life=CODE_SECONDS)


@pytest.fixture
def citizens(sessions: Sessions) -> Citizens:
    """Makes citizens who hold a code: ``await citizens.verified()``, ``await citizens.pending()``."""
    return Citizens(sessions)


@pytest.fixture
def claims(store: Store, code_keys: KeySet, macs: Macs) -> Claims:
    """Telephony's side of codes."""
    return Claims(store, macs)


@pytest.fixture
async def lease(store: Store) -> Lease:
    """The lease on the Asterisk ``pbx``, held for ten minutes: tests may run on a slow machine."""
    lease = Lease(store, ASTERISK)
    assert await lease.hold()
    await store.redis.expire(store.keys.lease(ASTERISK), LEASE_SECONDS)
    return lease


@pytest.fixture
def calls(store: Store, lease: Lease, code_keys: KeySet) -> Calls:
    """The calls of `ASTERISK`, as its watcher moves them."""
    return Calls(store, lease, Sealer(code_keys))


@pytest.fixture
def desk(store: Store, seal_keys: KeySet, code_keys: KeySet) -> OpenDesk:
    """What agents' screens are read from."""
    return OpenDesk(store, Sealer(seal_keys), Sealer(code_keys))


@pytest.fixture
def rooms(
    store: Store,
    sessions: Sessions,
    citizens: Citizens,
    claims: Claims,
    calls: Calls,
    desk: OpenDesk,
) -> Rooms:
    """All of them at once."""
    return Rooms(store, sessions, citizens, claims, calls, desk)


@pytest.fixture
async def feed(store: Store) -> AsyncIterator[Feed]:
    """Wake-ups, running."""
    feed = Feed(store)
    async with feed.running():
        yield feed
