"""What several tests of this room need: calls that a tracker follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.tracked import World, tracked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.sealing import KeySet
    from tests.lab.valkey import Valkey


@pytest.fixture
async def world(valkey: Valkey, seal_keys: KeySet, code_keys: KeySet) -> AsyncIterator[World]:
    """An empty world."""
    async with tracked(valkey.url, seal_keys, code_keys) as world:
        yield world
