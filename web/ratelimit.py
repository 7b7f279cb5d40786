"""How often something may be asked. Knows counts and keys that stand for clients, never their addresses.

A sliding window of two counters for each client and rule, so that memory stays the same however often
somebody asks. Kept in this process, or in Valkey for several.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.storage import storage_from_string

from ivr.errors import SettingsError, StoreError, TooOftenError
from web.client import client_group

if TYPE_CHECKING:
    from aiohttp import web

    from web.options import WebOptions

STORE_SECONDS = 1.0  # for one count


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is limited, for one client and for all together: "10/minute", "1000/minute"."""

    name: str
    per_client: str
    everyone: str = ""
    """Empty: nobody is held up by what others do."""


class RateLimits:
    """Counts, and refuses what is too much."""

    def __init__(self, options: WebOptions) -> None:
        self._key = options.key("ratelimit")
        try:
            storage = storage_from_string(options.limits_uri, implementation="redispy")
        except Exception as error:
            raise SettingsError(
                "web.limits_uri cannot be used; it looks like async+memory:// or async+redis://127.0.0.1:6379"
            ) from error
        if not isinstance(storage, Storage):
            raise SettingsError("web.limits_uri must begin with async+, for example async+memory://")
        self._storage = storage
        self._limiter = SlidingWindowCounterRateLimiter(storage)

    async def spend(self, request: web.Request, rule: Rule, *, whose: str = "") -> None:
        """Count one request under a rule: of ``whose`` (a session, say), or else of where it comes from.

        Raises:
            TooOftenError: this client, or all together, asked more often than the rule allows.
            StoreError: it cannot be counted, so it is not allowed.

        """
        client = hmac.digest(self._key, (whose or client_group(request)).encode(), hashlib.sha256).hex()
        for limit, counted in ((rule.per_client, client), (rule.everyone, "everyone")):
            if limit and not await self._hit(item := parse(limit), rule.name, counted):
                raise TooOftenError(f"more often than the rule {rule.name} allows", seconds=item.get_expiry())

    async def close(self) -> None:
        """Let go of the connection, if there is one."""
        bridge = getattr(self._storage, "bridge", None)
        if bridge is not None:
            await bridge.storage.aclose()

    async def _hit(self, item: RateLimitItem, name: str, whose: str) -> bool:
        try:
            async with asyncio.timeout(STORE_SECONDS):
                return await self._limiter.hit(item, name, whose)
        except (TimeoutError, OSError) as error:
            raise StoreError("a request could not be counted") from error
        except self._storage.base_exceptions as error:  # whatever the client of this kind of store raises
            raise StoreError("a request could not be counted") from error
