"""The supervisor of ``idbellen up`` over small parts: ``python -m tests.lab.supervised DIR BOUNDS PART …``.

Runs it in a process of its own, so that it can be interrupted and killed like the real one. BOUNDS is JSON;
PART is ``behaviour:name``, see `tests.lab.part`, or ``valkey:name``, the embedded store. Here as well: the
test's side of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import sys
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from idbellen import embedded
from idbellen.up import Bounds, Part, Supervisor
from tests.lab import guard
from tests.lab.asterisk_home import CHECKOUT

if TYPE_CHECKING:
    import signal
    from collections.abc import AsyncIterator

WAIT_SECONDS = 10.0
SCRIPT = Path(__file__).with_name("part.py")


class Supervised:
    """The process, and what it and its parts have told."""

    def __init__(self, process: asyncio.subprocess.Process, story: Path) -> None:
        self.process = process
        self.lines: list[str] = []
        self._story = story

    async def says(self, what: str) -> str:
        """Wait for a line with these words; it, without the time."""
        assert self.process.stdout is not None
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                while raw := await self.process.stdout.readline():
                    self.lines.append(raw.decode().rstrip().partition("] ")[2])
                    if what in self.lines[-1]:
                        return self.lines[-1]
        except TimeoutError:
            pass
        raise AssertionError(f"it did not say {what!r}, but {self.lines}")

    async def rest(self) -> list[str]:
        """Everything that it still says, to its end."""
        assert self.process.stdout is not None
        async with asyncio.timeout(WAIT_SECONDS):
            more = (await self.process.stdout.read()).decode().splitlines()
        self.lines += [line.partition("] ")[2] for line in more]
        return self.lines

    async def ends(self) -> int:
        """Wait for its end; its status."""
        await self.rest()
        async with asyncio.timeout(WAIT_SECONDS):
            return await self.process.wait()

    def told(self) -> list[str]:
        """What the parts have told, without process ids."""
        lines = self._story.read_text().splitlines() if self._story.exists() else []
        return [" ".join(line.split()[:2]) for line in lines]

    def pids(self, name: str) -> list[int]:
        """The processes that this part has been."""
        words = [line.split() for line in self._story.read_text().splitlines()]
        return [int(line[2]) for line in words if line[:2] == [name, "started"]]

    def signal_group(self, number: signal.Signals) -> None:
        """As a terminal does at Ctrl-C: to the whole foreground group."""
        os.killpg(self.process.pid, number)


@asynccontextmanager
async def supervised(folder: Path, *parts: str, **bounds: float) -> AsyncIterator[Supervised]:
    """Run parts; whatever is left of them in the end is killed."""
    argv = ("-m", "tests.lab.supervised", str(folder), json.dumps(bounds), *parts)
    process = await guard.spawn(
        *(sys.executable, *argv),
        stdout=asyncio.subprocess.PIPE,
        cwd=str(CHECKOUT),
        process_group=0,
    )
    try:
        yield Supervised(process, folder / "story")
    finally:
        await guard.end(process, at_once=process.returncode is None)
        await process.communicate()


async def gone(pid: int) -> None:
    """Wait until this process, which need not be a child of ours, has ended."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        ended, _, _ = await asyncio.to_thread(select.select, [watch], [], [], WAIT_SECONDS)
    finally:
        os.close(watch)
    assert ended, "it lives on"


def _part(folder: Path, what: str) -> Part:
    behaviour, _, name = what.partition(":")
    if behaviour == "valkey":
        path = folder / "valkey.sock"
        return Part(name, embedded.command(path), partial(embedded.answers, path))
    return Part(name, [sys.executable, "-I", str(SCRIPT), str(folder / "story"), behaviour, name])


def main() -> None:
    """Supervise."""
    folder, bounds = Path(sys.argv[1]), Bounds(**json.loads(sys.argv[2]))
    parts = [_part(folder, what) for what in sys.argv[3:]]
    asyncio.run(Supervisor(folder, partial(print, flush=True), bounds).run(parts))


if __name__ == "__main__":
    main()
