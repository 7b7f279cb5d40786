"""Where a citizen's data could be left behind, and whether they are.

Knows every place that the programs write to: the store, logs, Asterisk's files, browsers, settings' folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis.asyncio import Redis

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PERSON: Final = {"fullname": "Kanarie Vogelzang", "bsn": "999990421"}
"""Somebody whose name and number occur nowhere else."""


async def store_dump(url: str) -> bytes:
    """Return every key of the store, with its type, its lifetime and all that it holds."""
    redis = Redis.from_url(url)
    parts: list[bytes] = []
    async with redis:
        async for key in redis.scan_iter():
            kind = await redis.type(key)
            match kind:
                case b"hash":
                    value = repr(await redis.hgetall(key)).encode()
                case b"set":
                    value = repr(await redis.smembers(key)).encode()
                case b"zset":
                    value = repr(await redis.zrange(key, 0, -1)).encode()
                case _:
                    value = await redis.get(key) or b""
            parts.append(b" ".join((key, kind, str(await redis.pttl(key)).encode(), value)))
    return b"\n".join(parts)


def files_below(folder: Path) -> bytes:
    """Return the contents of every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return b"\n".join(path.read_bytes() for path in files)


def found(secrets: Iterable[str], places: dict[str, bytes | str]) -> list[str]:
    """Return the places that hold one of the secrets; never which or what."""
    texts = {name: place.encode() if isinstance(place, str) else place for name, place in places.items()}
    needles = [secret.encode() for secret in secrets]
    return [name for name, text in texts.items() if any(needle in text for needle in needles)]
