"""The operator's notice of this moment, for every process on every machine at once.

In the store, since what holds now must be told everywhere at the next page, without a restart and without a
file on each machine. It always has an end: what lasts belongs in the settings, and a forgotten notice goes by
itself. Knows notices; what is personal is never in one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ivr.errors import InputError, StoreError
from ivr.session.notice import Kind, Notice

if TYPE_CHECKING:
    from ivr.store.client import Store

MAX_HOURS: Final = 30 * 24
"""The longest that a notice is kept; what lasts longer is a setting."""
HOUR_SECONDS: Final = 3600


class Notices:
    """Puts up, reads and takes down the notice."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key = store.keys.notice()

    async def put(self, notice: Notice, hours: int) -> None:
        """Put up a notice in place of any other, for 1 to `MAX_HOURS`; else raise InputError."""
        if not 1 <= hours <= MAX_HOURS:
            raise InputError(f"a notice is up for 1 to {MAX_HOURS} hours")
        text = json.dumps({"kind": notice.kind.value, "text": dict(notice.text)}, ensure_ascii=False)
        async with self._store.asked() as redis:
            await redis.set(self._key, text.encode(), ex=hours * HOUR_SECONDS)

    async def clear(self) -> bool:
        """Take the notice down; tell whether there was one."""
        async with self._store.asked() as redis:
            return bool(await redis.delete(self._key))

    async def current(self) -> Notice | None:
        """Return the notice, if one is up; raise StoreError when that cannot be told."""
        async with self._store.asked() as redis:
            said = await redis.get(self._key)
        return None if said is None else _read(said)


def _read(said: bytes | str) -> Notice:
    try:
        given = json.loads(said)
        text = {str(language): str(words) for language, words in given["text"].items()}
        return Notice(Kind(given["kind"]), text)
    except (ValueError, KeyError, TypeError, AttributeError, InputError):
        raise StoreError("the notice in the store is not one of ours") from None
