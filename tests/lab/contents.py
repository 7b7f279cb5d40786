"""All that a store holds, laid open: to see that nothing changed, stays for ever, or leaks.

Knows redis' types and no key of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis.asyncio import Redis

FOREVER = -1


async def snapshot(redis: Redis) -> dict[bytes, tuple[bytes, int]]:
    """Every key's exact contents and the moment at which it expires, for comparing."""
    async with redis.pipeline(transaction=True) as pipe:
        keys = sorted(await redis.keys("*"))
        for key in keys:
            pipe.dump(key)
            pipe.pexpiretime(key)
        found = await pipe.execute()
    return dict(zip(keys, zip(found[::2], found[1::2], strict=True), strict=True))


async def immortal(redis: Redis) -> list[bytes]:
    """Keys that never expire."""
    return [key for key, (_, expires) in (await snapshot(redis)).items() if expires == FOREVER]


async def holding(redis: Redis, wanted: Iterable[str | bytes]) -> set[bytes]:
    """Keys that hold one of these, in their name, a field, a member or a value."""
    sought = [one.encode() if isinstance(one, str) else one for one in wanted]
    assert all(sought), "an empty string is in everything"
    found = set()
    for key in await redis.keys("*"):
        held = b"\0".join([key, *await _texts(redis, key)])
        if any(one in held for one in sought):
            found.add(key)
    return found


async def _texts(redis: Redis, key: bytes) -> list[bytes]:
    match await redis.type(key):
        case b"string":
            return [await redis.get(key)]
        case b"hash":
            return [part for pair in (await redis.hgetall(key)).items() for part in pair]
        case b"set":
            return list(await redis.smembers(key))
        case b"list":
            return list(await redis.lrange(key, 0, -1))
        case b"zset":
            return list(await redis.zrange(key, 0, -1))
        case other:
            raise AssertionError(f"{key!r} is a {other!r}, which none of our keys is")
