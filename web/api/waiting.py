"""Waiting for news instead of asking again and again: how long, and how many at one time.

``Prefer: wait=20`` (RFC 7240, section 4.3) with the ETag of what one has. Knows no session.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import web

    from ivr.store.feed import Watch

LONGEST_SECONDS: Final = 25
"""Shorter than proxies are patient."""
MAX_WAITING: Final = 10_000
"""In this process; one more is answered at once."""
MAX_OF_ONE: Final = 4
"""For one session: a few tabs."""
_WAIT: Final = re.compile(r"(?:^|[,;])\s*wait\s*=\s*(\d{1,6})\s*(?:$|[,;])", re.IGNORECASE)


class Waiting:
    """Those who wait in this process."""

    def __init__(self) -> None:
        self._watches: set[Watch] = set()
        self._of = Counter[str]()
        self.closing = False

    @contextmanager
    def seat(self, session: str, watch: Watch) -> Iterator[bool]:
        """Take a seat for as long as the block runs; false when there is none."""
        if self.closing or len(self._watches) >= MAX_WAITING or self._of[session] >= MAX_OF_ONE:
            yield False
            return
        self._watches.add(watch)
        self._of[session] += 1
        try:
            yield True
        finally:
            self._watches.discard(watch)
            self._of[session] -= 1
            if not self._of[session]:
                del self._of[session]

    async def end(self, _app: web.Application | None = None) -> None:
        """Have everybody answered: we go away."""
        self.closing = True
        for watch in self._watches:
            watch.wake()

    @property
    def count(self) -> int:
        """How many wait now."""
        return len(self._watches)


def patience_of(request: web.Request) -> int:
    """Return for how many seconds a request may be kept waiting; a wish that we do not understand is none."""
    return patience_in(",".join(request.headers.getall("Prefer", [])))


def patience_in(wish: str) -> int:
    """Return the same for a Prefer header."""
    found = _WAIT.search(wish)
    return min(int(found[1]), LONGEST_SECONDS) if found else 0
