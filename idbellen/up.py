"""``idbellen up``: starts the store, telephony and the web, and keeps them going.

A supervisor of child processes and nothing more. A part that ends is started again; a part that is silent
for `SILENT_SECONDS` (its loop is stuck, or somebody stopped it) is killed first, since its open sockets would
hold callers. No part's end ends another.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import click

from idbellen import embedded
from idbellen.notify import VARIABLE
from ivr.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

READY_SECONDS: Final = 30.0
SILENT_SECONDS: Final = 5.0
STOP_SECONDS: Final = 8.0
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
STEADY_SECONDS: Final = 10.0
"""Having run this long, a part that ends is started again at once."""
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None)


@dataclass(slots=True)
class Part:
    """One child process."""

    name: str
    command: list[str]
    says_ready: Callable[[], bool] | None = None
    """How to see that it is ready, for one that does not speak sd_notify; such a part is not watched."""
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    heard: float = 0.0


def _die_with_parent() -> None:
    """In the child, before exec: end when the supervisor does, however that ends (prctl(2))."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Runs parts until told to stop."""

    def __init__(self, folder: Path, say: Callable[[str], None] = click.echo) -> None:
        self._folder = folder
        self._say = say
        self._started = time.monotonic()

    async def run(self, parts: list[Part]) -> None:
        """Run the parts in order, each once the one before is ready; stop all on SIGINT or SIGTERM."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        async with asyncio.TaskGroup() as group:
            keepers = []
            for part in parts:
                keepers.append(group.create_task(self._keep(part), name=part.name))
                await self._either(part.ready, stop)
            await stop.wait()
            self._tell("stopping; calls under way go on in Asterisk")
            for keeper in reversed(keepers):
                keeper.cancel()
                await asyncio.wait([keeper])

    async def _either(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(ready.wait()), asyncio.ensure_future(stop.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED, timeout=READY_SECONDS)
        for wait in waits:
            wait.cancel()

    async def _keep(self, part: Part) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            reason = await self._run_once(part)
            pause = (
                FIRST_PAUSE if time.monotonic() - began > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE)
            )
            self._tell(f"{part.name} {reason}; starting it again in {pause:.1f} s")
            await asyncio.sleep(pause)

    async def _run_once(self, part: Part) -> str:
        """Run a part to its end, and tell how it ended. Cancelled: stop it first."""
        with self._ear(part) as address:
            process = await asyncio.create_subprocess_exec(
                *part.command,
                stdin=asyncio.subprocess.DEVNULL,
                env={**os.environ, VARIABLE: address},
                preexec_fn=_die_with_parent,  # one thread here, and prctl is a bare system call
            )
            try:
                return await self._watch(part, process)
            except asyncio.CancelledError:
                await _end(process)
                raise

    async def _watch(self, part: Part, process: asyncio.subprocess.Process) -> str:
        part.heard = time.monotonic()
        ended = asyncio.ensure_future(process.wait())
        limit = READY_SECONDS
        try:
            while True:
                await asyncio.wait(
                    [ended], timeout=0.05 if part.says_ready and not part.ready.is_set() else 0.5
                )
                if ended.done():
                    return f"ended with status {ended.result()}"
                if part.says_ready:
                    if not part.ready.is_set() and part.says_ready():
                        self._ready(part)
                    continue
                limit = SILENT_SECONDS if part.ready.is_set() else READY_SECONDS
                if time.monotonic() - part.heard > limit:
                    process.kill()
                    await ended
                    return f"was silent for {limit:.0f} s and has been killed"
        finally:
            ended.cancel()

    @contextlib.contextmanager
    def _ear(self, part: Part):  # type: ignore[no-untyped-def] # noqa: ANN202 - a context manager of str
        """Listen to a part's signs of life on a socket of its own."""
        path = self._folder / f"{part.name}.notify"
        path.unlink(missing_ok=True)
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.settimeout(0)
            sock.bind(str(path))
            loop.add_reader(sock, self._hear, part, sock)
            try:
                yield str(path.absolute())
            finally:
                loop.remove_reader(sock)
                path.unlink(missing_ok=True)

    def _hear(self, part: Part, sock: socket.socket) -> None:
        part.heard = time.monotonic()
        if b"READY=1" in sock.recv(4096):
            self._ready(part)

    def _ready(self, part: Part) -> None:
        self._tell(f"{part.name} is ready")
        part.ready.set()

    def _tell(self, what: str) -> None:
        self._say(f"[{time.monotonic() - self._started:6.1f} s] {what}")


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask a process to stop, and after `STOP_SECONDS` see to it."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
        # A stopped process hears SIGTERM only once it goes on.
        process.send_signal(signal.SIGCONT)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def parts(config: Path | None, store_socket: Path | None) -> list[Part]:
    """Return the parts: the embedded store if its socket is given, telephony, the web."""
    ours = [sys.executable, "-m", "idbellen", *(["--config", str(config)] if config else [])]
    found = [Part("ivr", [*ours, "ivr"]), Part("web", [*ours, "web"])]
    if store_socket is None:
        return found
    socket_path = store_socket.absolute()
    if len(str(socket_path)) > embedded.SOCKET_LIMIT:
        raise SettingsError(f"data_dir: {socket_path} is too long for a unix socket; choose a shorter folder")
    socket_path.unlink(missing_ok=True)
    store = Part("store", embedded.command(socket_path), says_ready=socket_path.is_socket)
    return [store, *found]
