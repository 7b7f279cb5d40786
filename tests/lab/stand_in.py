"""FastAGI servers that misbehave on purpose, each by a script of a few lines.

They are written on bare sockets, so that they can be worse than any server that we would write.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType


class Link:
    """One call's connection, from the server's side."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, frozen: asyncio.Event
    ) -> None:
        self.reader = reader
        self.writer = writer
        self._frozen = frozen

    async def request(self) -> dict[str, str]:
        """Read the ``agi_…`` lines that open every dialogue."""
        head = (await self.reader.readuntil(b"\n\n")).decode()
        return dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)

    def send(self, command: str) -> None:
        """Send one command, and do not wait for its answer."""
        self.writer.write(f"{command}\n".encode())

    async def ask(self, command: str) -> str:
        """Send one command and return the next line from Asterisk, empty at its end."""
        self.send(command)
        return (await self.reader.readline()).decode().strip()

    async def freeze(self) -> None:
        """Do nothing for ever, with the connection open, as a stopped process does."""
        self._frozen.set()
        await asyncio.Event().wait()

    def die(self) -> None:
        """Reset the connection, as the kernel does for a killed process."""
        self.writer.transport.abort()


class StandIn:
    """A FastAGI server that plays ``script`` for every call, from ``async with`` to its end."""

    def __init__(self, script: Callable[[Link], Awaitable[None]]) -> None:
        self._script = script
        self._dialogues: set[asyncio.Task[None]] = set()
        self.called = asyncio.Event()
        self.frozen = asyncio.Event()
        self.done = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for dialogue in self._dialogues:
            dialogue.cancel()
        await asyncio.gather(*self._dialogues, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        dialogue = asyncio.current_task()
        self._dialogues.add(dialogue)
        self.called.set()
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._script(Link(reader, writer, self.frozen))
        finally:
            self._dialogues.discard(dialogue)
            self.done.set()
            writer.close()


async def closes_politely(link: Link) -> None:
    """Read the request and close."""
    await link.request()
