"""What our program logs, as a test reads it: line by line, waiting for the one that must come."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

WAIT_SECONDS = 10.0


class Logged:
    """The lines up to now, as a processor of structlog keeps them."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self._news = asyncio.Event()

    def __call__(self, _logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Keep a line, and let nobody print it."""
        self.lines.append({**line, "level": method})
        self._news.set()
        raise structlog.DropEvent

    def names(self) -> list[str]:
        """The names of all lines."""
        return [line["event"] for line in self.lines]

    async def has(self, name: str, times: int = 1) -> None:
        """Wait until this was logged so often."""
        async with asyncio.timeout(WAIT_SECONDS):
            while self.names().count(name) < times:
                self._news.clear()
                await self._news.wait()


@contextmanager
def logged() -> Iterator[Logged]:
    """Read the log of what runs in this block. As `structlog.testing.capture_logs`, which cannot wait."""
    log = Logged()
    processors = structlog.get_config()["processors"]
    before = processors.copy()
    processors[:] = [log]
    structlog.configure(processors=processors)
    try:
        yield log
    finally:
        processors[:] = before
        structlog.configure(processors=processors)
