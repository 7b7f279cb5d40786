"""The connection to Valkey or Redis, and the scripts that run there.

Knows redis-py. Every call is bounded in time, and every failure becomes a `StoreError` that holds no value.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from redis.asyncio import ConnectionPool, Redis
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.maint_notifications import MaintNotificationsConfig

from ivr.errors import StoreError
from ivr.store.within import Within

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from ivr.store.keyspace import Keyspace

ANSWER_SECONDS: Final = 1.0
"""The longest that one command may take: a caller waits for it."""
AT_ONCE: Final = 64
"""Questions under way at one time, each on a connection of its own; who comes then waits for a place."""
SUBSCRIPTIONS: Final = 8
"""Connections besides those, which only listen."""
REPLICA_MILLISECONDS: Final = 100
"""The longest that a write waits for its replicas."""


@cache
def _source(name: str) -> str:
    return files("ivr.store").joinpath("lua", f"{name}.lua").read_text("utf-8")


@cache
def _sha(name: str) -> str:
    """Return the name by which the store knows a script that it has seen: what EVALSHA asks for."""
    return sha1(_source(name).encode(), usedforsecurity=False).hexdigest()


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn whatever goes wrong between us and the store into a StoreError without details of the data."""
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise StoreError(f"the store did not answer as it should ({type(error).__name__})") from None


@dataclass(frozen=True, slots=True)
class Facts:
    """What `idbellen doctor` wants to know of a store."""

    name: str
    version: int
    keeps_on_disk: bool
    """It writes snapshots or a log: what is wiped from memory stays there for a while."""
    evicts: bool
    """It drops keys when it is full, instead of refusing new ones."""


class Store:
    """One pool of connections, and the key names in use."""

    def __init__(self, url: str, keys: Keyspace, *, replicas: int = 0) -> None:
        # Not the blocking pool, whose waiting costs more than a script does: `asked` bounds how many come.
        pool = ConnectionPool.from_url(
            url,
            max_connections=AT_ONCE + SUBSCRIPTIONS,
            # Every use has a limit of ours; theirs (wait_for) swallows cancellations on 3.11.
            socket_timeout=None,
            socket_connect_timeout=ANSWER_SECONDS,
            # One vendor's own; where it is on, a broken connection is noticed by whoever uses it next.
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
        self.redis: Redis = Redis.from_pool(pool)
        self.keys = keys
        self._replicas = replicas
        self._places = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def asked(self) -> AsyncIterator[Redis]:
        """Ask the store anything; raise StoreError unless all of it is over in `ANSWER_SECONDS`."""
        with store_errors():
            async with Within(ANSWER_SECONDS), self._places:
                yield self.redis

    async def run(self, name: str, keys: list[str], args: list[str | bytes | int | float]) -> Any:
        """Run ``lua/<name>.lua`` as one atomic step and return its answer as bytes."""
        async with self.asked() as redis:
            try:
                return await redis.evalsha(_sha(name), len(keys), *keys, *args)
            except NoScriptError:
                return await redis.eval(_source(name), len(keys), *keys, *args)

    async def run_durably(
        self, name: str, keys: list[str], args: list[str | bytes | int | float]
    ) -> tuple[Any, bool]:
        """Run a script; tell with its answer whether enough replicas have it to outlive a failover.

        WAIT speaks for its own connection only, hence script and WAIT go down one pipeline.
        """
        if not self._replicas:
            return await self.run(name, keys, args), True
        async with self.asked() as redis, redis.pipeline(transaction=False) as pipe:
            pipe.eval(_source(name), len(keys), *keys, *args)
            pipe.wait(self._replicas, REPLICA_MILLISECONDS)
            answer, confirmed = await pipe.execute()
        return answer, confirmed >= self._replicas

    async def ping(self) -> None:
        """Raise StoreError unless the store answers."""
        async with self.asked() as redis:
            await redis.ping()

    async def facts(self) -> Facts:
        """Ask what kind of store it is and how it is set; what it will not tell counts as well set."""
        async with self.asked() as redis:
            info = await redis.info("server")
            try:
                told = await redis.config_get("save", "appendonly", "maxmemory-policy")
            except ResponseError:  # a managed store may keep CONFIG to itself
                told = {}
        version = str(info.get("valkey_version") or info.get("redis_version", "0"))
        keeps = bool(told.get("save")) or told.get("appendonly") == "yes"
        evicts = told.get("maxmemory-policy", "noeviction") != "noeviction"
        name = str(info.get("server_name", "redis"))
        return Facts(name, int(version.partition(".")[0]), keeps_on_disk=keeps, evicts=evicts)

    async def close(self) -> None:
        """Close every connection."""
        await self.redis.aclose()
