"""What many tests need: one real Valkey for the whole run, empty for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.store.client import Store
from ivr.store.keyspace import Keyspace
from tests.lab.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """One server for all tests; a test that kills its store starts one of its own (`tests.lab.valkey`)."""
    with Valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
async def store(valkey: Valkey) -> AsyncIterator[Store]:
    """The store, empty."""
    opened = Store(valkey.url, Keyspace())
    await opened.redis.flushall()
    yield opened
    await opened.close()
