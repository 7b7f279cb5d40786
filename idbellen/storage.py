"""Opening the store as the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.store.client import Store
from ivr.store.keyspace import Keyspace

if TYPE_CHECKING:
    from ivr.settings import Settings


def open_store(settings: Settings) -> Store:
    """Make the store's client; it connects when first used."""
    return Store(settings.store_url, Keyspace(settings.redis.prefix), replicas=settings.redis.replicas)
