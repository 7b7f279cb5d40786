"""The queues on all agents' screens: read once a change for the whole process, told to each who works there.

Knows queues and seats. A queue's text is made once for all its agents in a language. Screens are called in
small groups with a breath between, so that whatever else the process does, a call that pops up above all,
comes between.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ivr.errors import StoreError
from ivr.store.lines import LINES, read
from ivr.trouble import Trouble
from web.agent.waiting import Waiting, waiting_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

    from aiohttp import web

    from ivr.session.purpose import Purposes
    from ivr.store.clock import Clock
    from ivr.store.feed import Feed
    from ivr.store.lines import Lines, Said

LOOK_SECONDS: Final = 5.0
"""Between two looks without being woken: what an Asterisk said grows old without a word."""
PACE_SECONDS: Final = 1.0
"""Between two looks at least, however many Asterisks there are."""
PACE_EACH: Final = 0.0025
"""Per screen between two looks: two thousand are told every five seconds, and still take little of a core."""
GROUP: Final = 10
BREATH_SECONDS: Final = 0.005
"""Screens called at once, and how long the others wait then: two thousand have theirs in a second."""


class Seat:
    """One screen: the queues that it shows, and its waiting place."""

    __slots__ = ("_called", "_own", "queues")

    def __init__(self) -> None:
        self.queues: tuple[str, ...] = ()
        self._called = asyncio.Event()
        self._own = False

    def call(self, *, own: bool = False) -> None:
        """Say that there may be something to tell: of its queues, or of this agent's ``own`` as well."""
        self._own |= own
        self._called.set()

    def wake(self) -> None:
        """Say that how this agent stands changed."""
        self.call(own=True)

    async def called(self, at_most: float) -> bool:
        """Wait for that; tell whether to look for their own. Many calls before a look count as one."""
        try:
            async with asyncio.timeout(at_most):
                await self._called.wait()
        except TimeoutError:
            return True
        own, self._own = self._own, False
        self._called.clear()
        return own


class Board:
    """All queues that anybody looks at."""

    def __init__(self, lines: Lines, clock: Clock, feed: Feed, purposes: Purposes) -> None:
        self._lines = lines
        self._clock = clock
        self._feed = feed
        self._purposes = purposes
        self._said: dict[str, Said] = {}
        self._texts: dict[tuple[str, str], str] = {}
        """Of a queue in a language; gone when the queue changed."""
        self._seats: set[Seat] = set()
        self._turn = asyncio.Lock()
        """One look at a time, so that none forgets what another has just read."""
        self._trouble = Trouble("board.lost", "board.back")

    @contextmanager
    def seat(self) -> Iterator[Seat]:
        """Have a seat for as long as the block runs."""
        seat = Seat()
        self._seats.add(seat)
        try:
            yield seat
        finally:
            self._seats.discard(seat)

    def now(self) -> float:
        """Return the store's time, by which all moments are told."""
        return self._clock.now()

    async def run(self) -> None:
        """Keep it true, until cancelled."""
        with self._feed.watch(LINES) as watch:
            while True:
                await self._call(await self._look(()))
                await asyncio.sleep(max(PACE_SECONDS, PACE_EACH * len(self._seats)))
                await watch.changed(LOOK_SECONDS)

    async def lifetime(self, _app: web.Application) -> AsyncIterator[None]:
        """Keep it true for as long as the server runs."""
        task = asyncio.create_task(self.run(), name="board")
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def know(self, queues: Iterable[str]) -> None:
        """Read those of these queues that nobody has looked at before."""
        if any(queue not in self._said for queue in queues):
            await self._look(queues)

    def queue(self, name: str, language: str) -> Waiting:
        """Return a queue as it was read last."""
        subjects = {
            each.name: each.title.get(language) or next(iter(each.title.values())) for each in self._purposes
        }
        try:
            return waiting_of(name, read(self._said.get(name, ())), subjects)
        except StoreError as error:
            self._trouble.tell(error)
            return waiting_of(name, None, subjects)

    def text(self, name: str, language: str) -> str:
        """Return the same as the browser gets it."""
        if (name, language) not in self._texts:
            self._texts[name, language] = json.dumps(self.queue(name, language).to_json())
        return self._texts[name, language]

    async def _look(self, others: Iterable[str]) -> set[str]:
        """Read all queues that seats show, and others; return which of them are otherwise than before."""
        async with self._turn:
            return await self._read({*others, *(queue for seat in self._seats for queue in seat.queues)})

    async def _read(self, queues: set[str]) -> set[str]:
        said: Mapping[str, Said] = {}
        try:
            await self._clock.set()
            said = await self._lines.said(sorted(queues))
            self._trouble.over()
        except StoreError as error:
            self._trouble.tell(error)
        changed = {queue for queue in queues if said.get(queue, ()) != self._said.get(queue)}
        self._said = {queue: said.get(queue, ()) for queue in queues}
        self._texts = {
            key: text for key, text in self._texts.items() if key[0] in queues and key[0] not in changed
        }
        return changed

    async def _call(self, changed: set[str]) -> None:
        """Call whoever shows one of these queues, some at a time."""
        seats = [seat for seat in self._seats if changed.intersection(seat.queues)]
        for start in range(0, len(seats), GROUP):
            for seat in seats[start : start + GROUP]:
                seat.call()
            await asyncio.sleep(BREATH_SECONDS)
