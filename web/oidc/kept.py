"""Something that is fetched when it is first asked for, and kept for a while. Knows not what.

Whoever asks while it is being fetched waits for that one fetch, and shares its failure: a provider that comes
back is not met by everybody who waited.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from ivr.errors import ProviderError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

KEEP_SECONDS: Final = 3600.0
AGAIN_SECONDS: Final = 2.0
"""After a failure, until it is tried again."""
RENEW_SECONDS: Final = 30.0
"""Between two fetches of something that is not old yet."""


class Kept(Generic[T]):
    """One such thing. ``fetch`` raises ProviderError when it cannot be had."""

    def __init__(
        self, fetch: Callable[[], Awaitable[T]], *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._now = now
        self._one = asyncio.Lock()
        self._value: T | None = None
        self._stale_at = self._again_at = self._renew_at = -1.0
        self._reason = ""

    async def get(self) -> T:
        """Return it, fetched within the last hour; raise ProviderError when it cannot be had."""
        async with self._one:
            if self._value is None or self._now() >= self._stale_at:
                return await self._refresh()
            return self._value

    async def newer(self, than: T) -> T:
        """Return a newer one if there can be: fetched since, or now, but not twice in half a minute."""
        async with self._one:
            if self._value is not None and (self._value is not than or self._now() < self._renew_at):
                return self._value
            self._renew_at = self._now() + RENEW_SECONDS
            return await self._refresh()

    async def _refresh(self) -> T:
        if self._now() < self._again_at:
            raise ProviderError("could not be had a moment ago", reason=self._reason)
        try:
            self._value = await self._fetch()
        except ProviderError as error:
            self._again_at, self._reason = self._now() + AGAIN_SECONDS, error.reason
            raise
        self._stale_at = self._now() + KEEP_SECONDS
        return self._value
