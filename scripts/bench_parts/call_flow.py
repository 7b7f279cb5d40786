"""The whole call flow: greeting, code, claim, hand-over, beside a floor.

* **ours**: `AgiServer`, `CallFlow` and `Claims` as `idbellen ivr` has them, logging included. Each caller
  keys a fresh code over the greeting, and the claim consumes it in a real Valkey.
* **floor**: bare asyncio streams on uvloop, the same commands (recorded from ours) in the same order, and in
  place of the claim one script by redis-py that reads, deletes and writes a key. No checks, no seal, no log.

Both serve the same callers, 50 at a time, and use the same Valkey. What counts is the CPU time that the
server takes for a call; the store's own time is on another core and counts in neither.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import ExitStack, asynccontextmanager, contextmanager, redirect_stderr
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop
from redis.asyncio import Redis

from ivr import logs
from ivr.agi import AgiServer
from ivr.agi.callflow import CallFlow
from ivr.store.claims import Claims
from ivr.store.client import Store
from ivr.store.keyspace import Keyspace
from ivr.store.sealing import KeySet, Macs, Sealer
from ivr.store.sessions import Sessions
from scripts.bench_parts.callers import CONCURRENT, hold
from scripts.bench_parts.rig import RUNS, TURNS, Row, rates, row, say, served, step_aside
from tests.lab.agi_peer import block
from tests.lab.citizens import PURPOSES, Citizens
from tests.lab.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

CALLS = 200  # a turn
ASTERISK = "pbx"
LENGTH = 11
LIFE_SECONDS = 1200.0
SCRIPT = """
redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return redis.call('HSET', KEYS[2], 'call', ARGV[1])
"""

Call = tuple[bytes, str]
"""A header block, and the code that this caller will key."""


@asynccontextmanager
async def ours(url: str, key_file: str) -> AsyncIterator[int]:
    """Serve as `idbellen ivr` does; the port."""
    keys = KeySet.read(Path(key_file))
    store = Store(url, Keyspace())
    claims = Claims(store, Macs(keys, "code"))
    # The clock stands still: on a slow machine the dead man's switch would be armed more often than recorded.
    flow = CallFlow(claims, PURPOSES, ASTERISK, LENGTH, clock=lambda: 0.0)
    with _log_to_nowhere():
        async with AgiServer(flow) as server:
            await server.start("127.0.0.1", 0)
            yield server.address[1]
    await store.close()


@contextmanager
def _log_to_nowhere() -> Iterator[None]:
    with Path(os.devnull).open("w") as nowhere:
        with redirect_stderr(nowhere):
            logs.set_up(human=False)
        yield


@asynccontextmanager
async def floor(url: str, commands: str) -> AsyncIterator[int]:
    """Give the same commands, bare; the port."""
    lines = commands.encode().splitlines(keepends=True)
    keyed = 1 + max(place for place, line in enumerate(lines) if line.startswith(b"WAIT FOR DIGIT"))
    redis, ids = Redis.from_url(url), count()
    sha = await redis.script_load(SCRIPT)

    async def flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\n\n")
        for line in lines[:keyed]:
            writer.write(line)
            await reader.readline()
        one = next(ids)
        await redis.evalsha(sha, 2, f"bench:code:{one}", f"bench:call:{one}", "claimed")
        for line in lines[keyed:]:
            writer.write(line)
            await reader.readline()
        writer.close()

    async with await asyncio.start_server(flow, "127.0.0.1", 0, backlog=1024) as server:
        yield server.sockets[0].getsockname()[1]
    await redis.aclose()


async def make_calls(url: str, keys: KeySet, many: int, numbers: count[int]) -> list[Call]:
    """Citizens who hold a code, on the phone."""
    store = Store(url, Keyspace())
    sealer = Sealer(keys)
    sessions = Sessions(store, sealer, sealer, Macs(keys, "code"), length=LENGTH, life=LIFE_SECONDS)
    citizens, rest = Citizens(sessions), iter(range(many))
    made: list[Call] = []

    async def make() -> None:
        for _ in rest:
            citizen = await citizens.pending()
            headers = block(agi_uniqueid=f"pbx-1763776800.{next(numbers)}", agi_callerid="0201234567")
            made.append((headers, citizen.code.reveal()))

    async with asyncio.TaskGroup() as group:
        for _ in range(CONCURRENT):
            group.create_task(make())
    await store.close()
    return made


def run(runs: int = RUNS) -> list[Row]:
    """Measure."""
    return uvloop.run(_run(runs))


async def _run(runs: int) -> list[Row]:
    step_aside()
    keys, numbers = KeySet.draw(), count(1)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="idb-bench-")))
        key_file = folder / "code.keys"
        key_file.write_text(keys.to_text())
        url = stack.enter_context(Valkey(folder)).url
        first, *calls = [
            await make_calls(url, keys, many, numbers) for many in (1, *[CALLS] * TURNS * (runs + 1))
        ]
        say("call flow: codes are issued")
        servers = {"ours": stack.enter_context(served(ours, url, str(key_file)))}
        commands = b"".join(await hold(servers["ours"].port, first)).decode()
        servers["floor"] = stack.enter_context(served(floor, url, commands))

        async def load(name: str, turn: int) -> int:
            await hold(servers[name].port, calls[turn])
            return CALLS

        per_core = await rates(servers, load, runs)
    return [row("call_flow_vs_floor", per_core["ours"], "calls/s a core", per_core["floor"])]
