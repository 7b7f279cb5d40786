"""Wake-ups: "this changed, look again". Never what changed, so that nothing personal is published.

One subscription a process, shared by all who wait. A silent one is pinged, so that a store that froze, or a
network that swallows, is noticed. When the subscription breaks, everybody is woken, since a wake-up may have
been missed; viewers then read the whole picture, as always. A call that ends without a move is found by the
`Vigil`.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from ivr.errors import StoreError
from ivr.store.client import ANSWER_SECONDS, store_errors
from ivr.store.vigil import Vigil
from ivr.store.within import Within
from ivr.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from redis.asyncio.client import PubSub

    from ivr.store.client import Store
    from ivr.store.keyspace import Member

RETRY_SECONDS: Final = 0.5
IDLE_SECONDS: Final = 1.0
"""After how much silence the subscription is pinged; the answer may take `ANSWER_SECONDS`."""
log = structlog.get_logger()


def session_topic(session: str) -> str:
    """The topic of one session."""
    return f"session:{session}"


def member_topic(member: Member) -> str:
    """The topic of one queue member."""
    return f"member:{member}"


def standing_topic(member: Member) -> str:
    """The topic of how one queue member stands, apart from calls."""
    return f"standing:{member}"


def account_topic(account: str) -> str:
    """The topic of the log-ins of one account."""
    return f"account:{account}"


class Sleeper(Protocol):
    """Whoever is to be woken. Many wakes before a look count as one."""

    def wake(self) -> None:
        """Say that something changed. Does nothing else at once: the look comes later."""


class Watch:
    """One viewer's waiting place, for who has a task to wait in."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wake(self) -> None:
        """Say that something changed. Many wakes before a look count as one."""
        self._event.set()

    async def changed(self, at_most: float) -> bool:
        """Wait for a wake-up, at most so many seconds; tell whether there was one."""
        try:
            async with asyncio.timeout(at_most):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Feed:
    """Hands wake-ups from the store to this process's viewers. Use as ``async with feed.running():``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sleepers: defaultdict[str, set[Sleeper]] = defaultdict(set)
        self._lost = Trouble("feed.lost", "feed.back")
        self.vigil = Vigil(store, lambda session: self._wake(session_topic(session)))
        """Over the calls of open pages."""

    @contextmanager
    def watch(self, *topics: str, place: Watch | None = None) -> Iterator[Watch]:
        """Wait on topics for as long as the block runs. Watch first, then read: nothing falls between.

        ``place``: a waiting place that there is already, to be woken by these as well.
        """
        watch = place or Watch()
        for topic in topics:
            self.enter(topic, watch)
        try:
            yield watch
        finally:
            for topic in topics:
                self.leave(topic, watch)

    def enter(self, topic: str, sleeper: Sleeper) -> None:
        """Have it woken at each change of the topic, until it leaves. Enter first, then read."""
        self._sleepers[topic].add(sleeper)

    def leave(self, topic: str, sleeper: Sleeper) -> None:
        """Leave it alone."""
        self._sleepers[topic].discard(sleeper)
        if not self._sleepers[topic]:
            del self._sleepers[topic]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the subscription, and mend it when it breaks, until the block ends."""
        ready = asyncio.Event()
        tasks = [
            asyncio.create_task(self._run(ready), name="feed"),
            asyncio.create_task(self.vigil.keep(), name="vigil"),
        ]
        try:
            await ready.wait()
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _wake(self, topic: str) -> None:
        for sleeper in self._sleepers.get(topic, ()):
            sleeper.wake()

    def _wake_all(self) -> None:
        for sleepers in self._sleepers.values():
            for sleeper in sleepers:
                sleeper.wake()

    async def _run(self, ready: asyncio.Event) -> None:
        while True:
            try:
                await self._follow(ready)
            except StoreError as error:
                self._lost.tell(error)
            except Exception:
                # Whatever it was: without wake-ups every screen would stand still.
                log.exception("feed.failed")
            ready.set()
            self._wake_all()
            await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, ready: asyncio.Event) -> None:
        with store_errors():
            async with self._store.redis.pubsub(ignore_subscribe_messages=True) as subscription:
                async with Within(ANSWER_SECONDS):
                    await subscription.subscribe(self._store.keys.changed())
                ready.set()
                self._lost.over()
                self._wake_all()
                while True:
                    self._wake(await _next(subscription))


async def _next(subscription: PubSub) -> str:
    """Return the next topic, or nothing after an answered ping; raise TimeoutError if it is silent."""
    message = await subscription.get_message(timeout=IDLE_SECONDS)
    if message is None:
        async with Within(ANSWER_SECONDS):
            await subscription.ping()
            while message is None:
                message = await subscription.get_message(timeout=ANSWER_SECONDS)
    return bytes(message["data"]).decode("utf-8", "replace")
