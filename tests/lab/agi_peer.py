"""The Asterisk side of a FastAGI connection, on a real socket: it sends headers, reads commands, answers.

A test plays Asterisk with it line by line, and may do what Asterisk never would.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

BOUND_SECONDS = 10.0
"""For anything that must happen at once; only a broken server makes a test wait so long."""

HEADERS = {
    "agi_network": "yes",
    "agi_network_script": "idbellen",
    "agi_request": "agi://127.0.0.1:4573/idbellen",
    "agi_channel": "PJSIP/trunk-0000002a",
    "agi_language": "nl",
    "agi_type": "PJSIP",
    "agi_uniqueid": "pbx-1763776800.84",
    "agi_version": "22.10.1",
    "agi_callerid": "0201234567",
    "agi_calleridname": "J. de Vries",
    "agi_callingpres": "0",
    "agi_callingani2": "0",
    "agi_callington": "0",
    "agi_callingtns": "0",
    "agi_dnid": "14020",
    "agi_rdnis": "unknown",
    "agi_context": "idbellen-entry",
    "agi_extension": "14020",
    "agi_priority": "5",
    "agi_enhanced": "0.0",
    "agi_accountcode": "",
    "agi_threadid": "140234567890123",
    "agi_arg_1": "pbx",
}
"""In the order of Asterisk 22."""


def block(**changes: str) -> bytes:
    """The header block; ``block(agi_callerid="unknown")`` changes or adds a line."""
    lines = [f"{name}: {value}\n" for name, value in (HEADERS | changes).items()]
    return "".join([*lines, "\n"]).encode("utf-8", "surrogateescape")


async def until(condition: Callable[[], object]) -> None:
    """Let the loop turn until this holds, for what tells nobody when it does."""
    async with asyncio.timeout(BOUND_SECONDS):
        while not condition():  # noqa: ASYNC110  a count in the server under test sets no event
            await asyncio.sleep(0)


class AgiPeer:
    """One connection to the server under test."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def connect(cls, address: tuple[str, int], opening: bytes | None = None) -> AsyncIterator[AgiPeer]:
        """Connect and send the headers, or another opening; the socket is closed in the end."""
        async with asyncio.timeout(BOUND_SECONDS):
            reader, writer = await asyncio.open_connection(*address)
        try:
            peer = cls(reader, writer)
            peer.send(block() if opening is None else opening)
            yield peer
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)

    def reply(self, *lines: str) -> None:
        """Send lines in one segment."""
        self.send("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))

    def stop_reading(self) -> None:
        """Leave what comes in the kernel's buffers, until they are full."""
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]

    def end(self) -> None:
        """Send no more: the other side sees the end of the stream."""
        self._writer.write_eof()

    async def command(self) -> str:
        """The next command that the server sends."""
        async with asyncio.timeout(BOUND_SECONDS):
            line = await self._reader.readuntil(b"\n")
        return line[:-1].decode("utf-8", "surrogateescape")

    async def answer(self, *lines: str) -> str:
        """Wait for a command, then send these lines; the command."""
        command = await self.command()
        self.reply(*lines)
        return command

    async def closed(self) -> bytes:
        """Wait until the server has closed the connection; what it sent before that."""
        async with asyncio.timeout(BOUND_SECONDS):
            try:
                return await self._reader.read()
            except ConnectionResetError:  # it closed with bytes of ours unread
                return b""
