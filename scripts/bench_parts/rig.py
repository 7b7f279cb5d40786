"""What the parts share: a server in a process of its own, what it costs, and the row that comes of it.

Knows processes, cores and clocks; not what is served. A part is a module with ``run(runs) -> [Row, …]``.

What a server costs is its CPU time, user and system, as the kernel accounts it. Unlike a rate it does not
move when something else takes the client's core. The server has a core of its own where there are two;
clients and the store share the rest.
"""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, contextmanager
from importlib import import_module
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypedDict

import uvloop

from tests.lab.guard import GUARD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
CORES = sorted(os.sched_getaffinity(0))
RUNS = 5
TURNS = 5
MANY = 100
"""From here on nobody wants to see what comes after the point."""


class Row(TypedDict):
    """One line of the table. ``ratio`` is ``value`` beside ``floor``, both measured in the same run."""

    name: str
    value: float
    unit: str
    floor: float
    ratio: float


def row(name: str, value: float, unit: str, floor: float) -> Row:
    """Make a row, with as many figures as mean something."""
    return Row(name=name, value=_shown(value), unit=unit, floor=_shown(floor), ratio=round(value / floor, 2))


def _shown(value: float) -> float:
    return round(value, 2) if value < MANY else round(value)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that so many percent do not exceed."""
    return sorted(values)[ceil(len(values) * percent / 100) - 1]


def say(what: str) -> None:
    """Tell how far we are."""
    print(f"bench: {what}", file=sys.stderr, flush=True)


Server = Callable[..., AbstractAsyncContextManager[int]]
"""Serves, by itself in its process, until left; gives its port."""


class Served(NamedTuple):
    """A server that runs."""

    pid: int
    port: int


@contextmanager
def served(server: Server, *arguments: str, loop: str = "uvloop") -> Iterator[Served]:
    """Serve in a process of its own until the block ends."""
    target = f"{server.__module__}:{server.__name__}"
    argv = [*GUARD, sys.executable, "-m", __name__, loop, target, *arguments]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=ROOT) as process:
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"{target} did not start")
            yield Served(process.pid, int(line))
        finally:
            process.kill()


def step_aside() -> None:
    """Leave the first core to servers; we, and whatever we start from now on, take the others."""
    os.sched_setaffinity(0, CORES[1:] or CORES)


def cpu_seconds(pid: int) -> float:
    """Return what a process has used so far (clock_getcpuclockid(3), which Python does not have)."""
    return time.clock_gettime(~pid << 3 | 2)


async def rates(
    servers: Mapping[str, Served], load: Callable[[str, int], Awaitable[int]], runs: int
) -> dict[str, float]:
    """Return what each server does in a second of its core: the median of the runs.

    ``load(name, turn)`` drives one and returns how much it did. A run is `TURNS` turns of each server, one
    after the other, so that they share the machine's slow moments; the first run is for warming up. Servers
    get the first core: `step_aside` before the store is started.
    """
    for server in servers.values():
        os.sched_setaffinity(server.pid, CORES[:1])
    found: dict[str, list[float]] = {name: [] for name in servers}
    for run in range(runs + 1):
        done, used = dict.fromkeys(servers, 0), dict.fromkeys(servers, 0.0)
        for turn in range(run * TURNS, (run + 1) * TURNS):
            for name, server in servers.items():
                began = cpu_seconds(server.pid)
                done[name] += await load(name, turn)
                used[name] += cpu_seconds(server.pid) - began
        for name, rate in found.items():
            rate.append(done[name] / used[name])
    return {name: statistics.median(each[1:]) for name, each in found.items()}


async def _serve(target: str, *arguments: str) -> None:
    module, _, function = target.partition(":")
    serve = getattr(import_module(module), function)
    gc.freeze()  # as our command does; for a floor as well
    async with serve(*arguments) as port:
        print(port, flush=True)
        await asyncio.Event().wait()  # until we are killed


if __name__ == "__main__":
    chosen, *rest = sys.argv[1:]
    (uvloop.run if chosen == "uvloop" else asyncio.run)(_serve(*rest))
