"""``idbellen up``: starts the store, telephony and the web, and keeps them going.

A supervisor of child processes and nothing more. A part that ends is started again; one that is silent for
`Bounds.silent` seconds (its loop is stuck, or somebody stopped it) is killed first, since its open sockets
would hold callers. No part's end ends another.
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
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from idbellen import embedded
from idbellen.notify import VARIABLE
from ivr.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DATAGRAM: Final = 4096
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long what may take, in seconds."""

    ready: float = 30.0
    """From the start of a part to its first word; then the next part is started all the same."""
    silent: float = 5.0
    """Between two signs of life of a part that is ready."""
    stop: float = 8.0
    """From asking a part to stop to killing it: longer than telephony gives its last callers."""
    look: float = 0.05
    """Between two looks at a part that does not say that it is ready."""
    pause: float = 0.1
    """Before a part that ended is started again. It doubles with each part that did not last."""
    longest_pause: float = 5.0
    steady: float = 10.0
    """Having run this long, a part that ends is started again at once."""


@dataclass(slots=True)
class Part:
    """One child process."""

    name: str
    command: list[str]
    says_ready: Callable[[], bool] | None = None
    """How to see that it is ready, for one that does not speak sd_notify; such a part is not watched."""
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    heard: float = 0.0


class Supervisor:
    """Runs parts until told to stop. ``folder`` is for the sockets on which the parts are heard."""

    def __init__(
        self, folder: Path, say: Callable[[str], None] = click.echo, bounds: Bounds | None = None
    ) -> None:
        self._folder = folder
        self._say = say
        self._bounds = bounds or Bounds()
        self._started = time.monotonic()

    async def run(self, parts: list[Part]) -> None:
        """Run the parts in order, each once the one before is ready; stop all on SIGINT or SIGTERM."""
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with asyncio.TaskGroup() as group:
            keepers = []
            for part in parts:
                keepers.append(group.create_task(self._keep(part), name=part.name))
                await self._either(part.ready, stop)
                if stop.is_set():
                    break
            await stop.wait()
            self._tell("stopping; calls under way go on in Asterisk")
            for keeper in reversed(keepers):
                keeper.cancel()
                await asyncio.wait([keeper])

    async def _either(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(ready.wait()), asyncio.ensure_future(stop.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED, timeout=self._bounds.ready)
        for wait in waits:
            wait.cancel()

    async def _keep(self, part: Part) -> None:
        bounds = self._bounds
        pause = bounds.pause
        while True:
            began = time.monotonic()
            reason = await self._run_once(part)
            lasted = time.monotonic() - began > bounds.steady
            pause = bounds.pause if lasted else min(pause * 2, bounds.longest_pause)
            self._tell(f"{part.name} {reason}; starting it again in {pause:.1f} s")
            await asyncio.sleep(pause)

    async def _run_once(self, part: Part) -> str:
        """Run a part to its end, and tell how it ended. Cancelled: stop it first."""
        part.ready.clear()
        with self._ear(part) as address:
            process = await asyncio.create_subprocess_exec(
                *part.command,
                stdin=asyncio.subprocess.DEVNULL,
                env={**os.environ, VARIABLE: address},
                process_group=0,  # Ctrl-C is for us alone: we stop them, in order
                preexec_fn=partial(_die_with, os.getpid()),
            )
            try:
                return await self._watch(part, process)
            except asyncio.CancelledError:
                await self._end(process)
                raise

    async def _watch(self, part: Part, process: asyncio.subprocess.Process) -> str:
        part.heard = time.monotonic()
        ended = asyncio.ensure_future(process.wait())
        try:
            while True:
                await asyncio.wait([ended], timeout=self._patience(part))
                if ended.done():
                    return f"ended with status {ended.result()}"
                if part.says_ready is not None:
                    if part.says_ready():
                        self._ready(part)
                elif self._patience(part) == 0.0:
                    process.kill()
                    await ended
                    return f"was silent for {time.monotonic() - part.heard:.1f} s and has been killed"
        finally:
            ended.cancel()

    def _patience(self, part: Part) -> float | None:
        """Return the seconds until this part must be looked at; None when only its end counts."""
        silent = self._bounds.silent
        if part.says_ready is not None:
            return None if part.ready.is_set() else self._bounds.look
        limit = silent if part.ready.is_set() else self._bounds.ready
        # Never longer than `silent`: it may become ready meanwhile.
        return min(silent, max(0.0, part.heard + limit - time.monotonic()))

    @contextlib.contextmanager
    def _ear(self, part: Part) -> Iterator[str]:
        """Listen to a part's signs of life on a socket of its own; give its path."""
        path = ear(self._folder, part.name)
        path.unlink(missing_ok=True)
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.settimeout(0)
            sock.bind(str(path))
            loop.add_reader(sock, self._hear, part, sock)
            try:
                yield str(path)
            finally:
                loop.remove_reader(sock)
                path.unlink(missing_ok=True)

    def _hear(self, part: Part, sock: socket.socket) -> None:
        part.heard = time.monotonic()
        if b"READY=1" in sock.recv(DATAGRAM) and not part.ready.is_set():
            self._ready(part)

    def _ready(self, part: Part) -> None:
        self._tell(f"{part.name} is ready")
        part.ready.set()

    def _tell(self, what: str) -> None:
        self._say(f"[{time.monotonic() - self._started:6.1f} s] {what}")

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """Ask a process to stop, and in the end see to it."""
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            # A stopped process hears SIGTERM only once it goes on.
            process.send_signal(signal.SIGCONT)
        try:
            async with asyncio.timeout(self._bounds.stop):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _die_with(parent: int) -> None:
    """In the child, before exec: be killed when the supervisor ends, however that ends (prctl(2)).

    Killed and not asked: a child that is stuck, or stopped, hears no question, and its sockets hold callers.
    """
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def ear(folder: Path, name: str) -> Path:
    """Return the socket on which a part is heard."""
    return folder.absolute() / f"{name}.notify"


def parts(config: Path | None, folder: Path, store_socket: Path | None) -> list[Part]:
    """Return the parts: the embedded store if its socket is given, telephony, the web."""
    ours = [sys.executable, "-m", "idbellen", *(["--config", str(config)] if config else [])]
    found = [Part("ivr", [*ours, "ivr"]), Part("web", [*ours, "web"])]
    sockets = [ear(folder, part.name) for part in found]
    if store_socket is not None:
        path = store_socket.absolute()
        sockets += [path, ear(folder, "store")]
        found.insert(0, Part("store", embedded.command(path), partial(embedded.answers, path)))
    for path in sockets:
        if len(os.fsencode(path)) > embedded.SOCKET_LIMIT:
            raise SettingsError(
                f"data_dir: {path} is too long for a unix socket; choose a shorter folder. "
                'For example: data_dir = "/var/lib/idbellen"'
            )
    return found
