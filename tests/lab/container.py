"""The container image, built and run for real by buildah: no daemon, no registry. See ``scripts/image``.

Knows buildah and processes. Does not know what runs inside. Containers here share this machine's network.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tests.lab import guard
from tests.lab.asterisk_home import CHECKOUT
from tests.lab.story import Story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

IMAGE = "idbellen"
PYTHON = "3.13"
"""Of the Debian that the image is made from."""
SCRIPT = str(CHECKOUT / "scripts/image")
STORE = CHECKOUT / "var/container"
"""Where that script keeps all it makes, and removes it."""
INSTALL_SECONDS = 600.0
BUILD_SECONDS = 1800.0
COMMAND_SECONDS = 180.0
"""For one buildah command, on a machine that has more to do: a container is a copy of the whole image."""
STOP_SECONDS = 30.0
TOOLS = ("setpriv", "bash", "/bin/bash", "buildah")
"""What a command in a container runs under."""
_TOLD = re.compile(r"\[ *[\d.]+ s\] (.*)")


class CommandFailedError(AssertionError):
    """A command ended with another status than 0; holds what it said."""


async def _script(*argv: str, seconds: float) -> str:
    """Run ``scripts/image`` to its end and return what it printed."""
    process = await guard.spawn(SCRIPT, *argv, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(seconds):
            said, complained = await process.communicate()
    except BaseException:
        await guard.end(process)
        raise
    if process.returncode:
        raise CommandFailedError(f"{' '.join(argv)}: {said.decode()}{complained.decode()}")
    return said.decode()


async def build() -> None:
    """Build the image, unless it is there and nothing changed. Minutes, the first time."""
    await _script(seconds=BUILD_SECONDS)


async def buildah(*argv: str, seconds: float = COMMAND_SECONDS) -> str:
    """Run one buildah command to its end and return what it printed."""
    return await _script("buildah", *argv, seconds=seconds)


async def config() -> dict[str, Any]:
    """What the image says of itself: user, command, health check, history."""
    return json.loads(await buildah("inspect", "--type", "image", IMAGE))["Docker"]["config"]


@dataclass(frozen=True, slots=True)
class Process:
    """One process in a container, as this machine sees it."""

    pid: int
    command: str
    users: frozenset[int]
    """The user ids that it has, and may take."""


class Container:
    """A container of the image, with what was written in it, until the end of its ``async with``."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = [f"--env={name}={value}" for name, value in env.items()]

    async def __aenter__(self) -> Self:
        self._name = (await buildah("from", IMAGE)).strip()
        self.folder = Path((await buildah("mount", self._name)).strip())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await buildah("rm", self._name)

    def _run(self, argv: tuple[str, ...], *options: str) -> tuple[str, ...]:
        return ("run", "--isolation", "chroot", *self._env, *options, self._name, "--", *argv)

    async def do(self, *argv: str, options: tuple[str, ...] = (), seconds: float = COMMAND_SECONDS) -> str:
        """Run a command inside, as the image's user, to its end; return what it printed."""
        return await buildah(*self._run(argv, *options), seconds=seconds)

    def start(self, *argv: str) -> Running:
        """A command inside that goes on: use it in an ``async with``."""
        return Running((SCRIPT, "buildah", *self._run(argv)))


class Running:
    """A command that runs in a container. Each line that it says is an event ``{"said": …}`` of its story."""

    def __init__(self, argv: tuple[str, ...]) -> None:
        self._argv = argv
        self.story = Story(" ".join(argv[-2:]), "said")

    async def __aenter__(self) -> Self:
        self._process = await guard.spawn(
            *self._argv, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _read(self) -> None:
        while line := await self._process.stdout.readline():
            text = line.decode(errors="replace").strip()
            told = _TOLD.fullmatch(text)
            await self.story.add({"said": told[1] if told else text})
        await self.story.end()

    async def stop(self) -> int:
        """Ask the command itself to stop, as a container's platform does; return its status."""
        for process in self.processes():
            if not process.command.startswith(TOOLS):
                os.kill(process.pid, signal.SIGTERM)
                break
        async with asyncio.timeout(STOP_SECONDS):
            await asyncio.gather(self._process.wait(), self._reader)
        return self._process.returncode

    def processes(self) -> Iterator[Process]:
        """What runs now, parents first: what holds the container, then the command and its children."""
        parents = [self._process.pid] if self._process.returncode is None else []
        while parents:
            pid = parents.pop()
            for children in Path(f"/proc/{pid}/task").glob("*/children"):  # any thread may be the parent
                parents += map(int, children.read_text().split())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            ids = re.search(r"^Uid:(.*)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
            yield Process(pid, command, frozenset(map(int, ids[1].split())))
