"""``idbellen up`` as an operator runs it: a part that freezes is killed and started again, as it is there.

Knows which of its child processes is which part, so that a test can freeze or kill just that one.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab import guard
from tests.lab.asterisk_home import CHECKOUT
from tests.lab.stack import COMMAND, READY_SECONDS, Service

if TYPE_CHECKING:
    import signal
    from collections.abc import AsyncIterator

    from tests.lab.asterisk import Asterisk
    from tests.lab.stack import Stack


class Upkeep(Service):
    """The supervisor and its parts. The story is that of all parts together."""

    async def start(self) -> None:
        """Start it and wait until telephony follows and the pages are served."""
        pipe = asyncio.subprocess.PIPE
        argv = (*COMMAND, "--config", str(self._config), self.part)
        self._process = await guard.spawn(*argv, stdout=pipe, stderr=pipe, cwd=str(CHECKOUT))
        self._readers = [
            asyncio.create_task(self._read(stream)) for stream in (self._process.stderr, self._process.stdout)
        ]
        await self.story.wait(READY_SECONDS, event="watcher.following")
        await self.story.wait(READY_SECONDS, event="web.listening")

    def send(self, part: str, number: signal.Signals) -> None:
        """Send a part a signal: SIGSTOP freezes it, SIGKILL is a crash."""
        os.kill(self._child(part), number)

    def _child(self, part: str) -> int:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        for child in map(int, children):
            if Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[-2] == part.encode():
                return child
        raise LookupError(f"no {part} among {children}")


@asynccontextmanager
async def upkeep(stack: Stack, pbx: Asterisk) -> AsyncIterator[Upkeep]:
    """Everything of a stack but its store, kept up."""
    stack.write_settings(pbx, store=stack.valkey.url)
    await stack.command("keys")
    await stack.make_accounts(browsers=pbx.lab.browsers)
    up = Upkeep(stack.config, "up")
    try:
        await up.start()
        yield up
    finally:
        await up.stop()
