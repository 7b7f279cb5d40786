"""A session's log-in that goes on elsewhere: what is needed to fetch its result, by whichever process lives.

One errand for each session and method, sealed to that session. Knows nothing of what an errand holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ivr.errors import SealError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.client import Store
    from ivr.store.sealing import Sealer

PAGE: Final = 1000
"""Keys that the store looks through for one answer, when all errands are asked for."""


class Errands:
    """The errands of one method. ``seconds`` is how long each is kept."""

    def __init__(self, store: Store, sealer: Sealer, *, method: str, seconds: int) -> None:
        self._store = store
        self._sealer = sealer
        self._method = method
        self._context = f"errand/{method}"
        self.seconds = seconds

    async def begin(self, session: str, text: str) -> None:
        """Keep a session's errand, in place of the one that it had."""
        sealed = self._sealer.seal(text.encode(), session, self._context)
        async with self._store.asked() as redis:
            await redis.set(self._key(session), sealed, ex=self.seconds)

    async def find(self, session: str) -> str | None:
        """Return a session's errand, if it has one."""
        async with self._store.asked() as redis:
            sealed: Any = await redis.get(self._key(session))
        try:
            return self._sealer.open(sealed, session, self._context).decode() if sealed else None
        except SealError:
            return None

    async def end(self, session: str) -> None:
        """Forget a session's errand."""
        async with self._store.asked() as redis:
            await redis.delete(self._key(session))

    async def sessions(self) -> AsyncIterator[str]:
        """Give every session that has an errand; for once at start, since it walks through all keys."""
        prefix, cursor = self._key(""), 0
        pattern = f"{_literal(prefix)}*"
        while True:
            async with self._store.asked() as redis:
                found: Any = await redis.scan(cursor, match=pattern, count=PAGE)
            cursor, keys = found
            for key in keys:
                yield key.decode().removeprefix(prefix)
            if not cursor:
                return

    def _key(self, session: str) -> str:
        return self._store.keys.errand(self._method, session)


def _literal(text: str) -> str:
    """Take their meaning from the signs that mean something in a pattern of the store."""
    return "".join(f"\\{sign}" if sign in "*?[]\\^-" else sign for sign in text)
