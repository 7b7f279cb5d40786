"""Asterisk's side of FastAGI dialogues: callers who key a code over the greeting, and hear what follows.

Knows AGI's lines. A dialogue that does not end with the caller identified is an error: what is measured has
then not been done.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

CONCURRENT = 50
DONE = b"200 result=1\n"
VALUE = b"200 result=1 (afval)\n"
PLAYED = b"200 result=0 endpos=8640\n"
IDENTIFIED = b'SET VARIABLE "IDB_RESULT" "identified"\n'


class Caller(asyncio.Protocol):
    """One call, from connect to close."""

    def __init__(self, headers: bytes, code: str) -> None:
        self.heard: list[bytes] = []
        """The commands that were given."""
        self.over = asyncio.get_running_loop().create_future()
        self._headers = headers
        self._keys = [f"200 result={ord(digit)}".encode() for digit in reversed(code)]

    def connection_made(self, transport: Any) -> None:
        """Say who calls."""
        self._transport = transport
        transport.write(self._headers)

    def data_received(self, data: bytes) -> None:
        """Answer the next command."""
        self.heard.append(data)
        if data.startswith(b"STREAM FILE"):
            self._transport.write(self._keys.pop() + b" endpos=4320\n" if self._keys else PLAYED)
        elif data.startswith(b"WAIT FOR DIGIT") and self._keys:
            self._transport.write(self._keys.pop() + b"\n")
        else:
            self._transport.write(VALUE if data.startswith(b"GET VARIABLE") else DONE)

    def connection_lost(self, _: Exception | None) -> None:
        """The dialogue must have come to its end."""
        if self._keys or IDENTIFIED not in self.heard:
            self.over.set_exception(RuntimeError(f"not identified after {self.heard}"))
        else:
            self.over.set_result(None)


async def hold(port: int, calls: Iterable[tuple[bytes, str]]) -> list[bytes]:
    """Hold these calls, each a header block and a code, so many at a time; the commands of the last one."""
    loop, rest, heard = asyncio.get_running_loop(), iter(calls), []

    async def caller() -> None:
        nonlocal heard
        for headers, code in rest:
            _, call = await loop.create_connection(lambda: Caller(headers, code), "127.0.0.1", port)  # noqa: B023 it is called before the next turn
            await call.over
            heard = call.heard

    async with asyncio.TaskGroup() as group:
        for _ in range(CONCURRENT):
            group.create_task(caller())
    return heard
