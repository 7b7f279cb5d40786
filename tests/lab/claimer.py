"""A telephony process that races for codes: ``python -m tests.lab.claimer URL KEYFILE NAME``.

Reads codes, a line each, up to an empty line, and says ``ready``. Each number that is then published on the
channel NAME is the code to claim at once; after the last it prints which sessions it got, in the order of the
codes: an empty line for a wrong one.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from ivr.session.attributes import Secret
from ivr.store.budget import Budget
from ivr.store.claims import Claimed, Claims
from ivr.store.client import Store
from ivr.store.keyspace import CallId, Keyspace
from ivr.store.sealing import KeySet, Macs

AT_ONCE = 32
UNLIMITED = Budget(everybody=1_000_000)


async def race(url: str, key_file: str, name: str, codes: list[str]) -> list[str]:
    """Claim every code as its number is called; return whose each was."""
    keys, store, gate = KeySet.read(Path(key_file)), Store(url, Keyspace()), asyncio.Semaphore(AT_ONCE)
    claims = Claims(store, Macs(keys, "code"), UNLIMITED)
    got = [""] * len(codes)

    async def claim(number: int) -> None:
        async with gate:
            answer = await claims.claim(CallId("pbx", f"{name}.{number}"), Secret(codes[number]), None, "")
        got[number] = answer.session if isinstance(answer, Claimed) else ""

    async with store.redis.pubsub(ignore_subscribe_messages=True) as starts, asyncio.TaskGroup() as group:
        await starts.subscribe(name)
        print("ready", flush=True)
        called = 0
        while called < len(codes):
            message = await starts.get_message(timeout=1.0)
            if message:
                group.create_task(claim(int(message["data"])))
                called += 1
    await store.close()
    return got


def main() -> None:
    """Read the codes, race, tell."""
    codes = [line.strip() for line in iter(sys.stdin.readline, "\n")]
    url, key_file, name = sys.argv[1:]
    print("\n".join(asyncio.run(race(url, key_file, name, codes))))


if __name__ == "__main__":
    main()
