"""The FastAGI server: many links, bounded, and one call flow for each.

Knows how many connections there may be and what becomes of them. Must not know AGI's bytes, nor what a call
flow does. Whatever a call flow does or the other side sends, the connection ends in bounded time, the caller
goes on in the dialplan, and other calls do not notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

import structlog

from ivr.agi.dialogue import Dialogue
from ivr.agi.limits import AgiLimits
from ivr.agi.link import Link
from ivr.errors import (
    AgiProtocolError,
    ChannelGoneError,
    ConnectionEndedError,
    IllegalMoveError,
    TooSlowError,
)

if TYPE_CHECKING:
    from types import TracebackType

    from ivr.agi.events import Request

Handler = Callable[[Dialogue], Coroutine[Any, Any, None]]

BACKLOG: Final = 1024
"""Connections that the kernel holds for us while the loop is busy."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class AgiTally:
    """What became of all connections. Each that is closed counts once, in one of these."""

    refused: int = 0
    """Over the cap."""
    finished: int = 0
    """The call flow came to its end."""
    gone: int = 0
    """The caller hung up, or the connection ended first."""
    slow: int = 0
    """A time limit passed."""
    malformed: int = 0
    """Not FastAGI."""
    failed: int = 0
    """The call flow raised something else: a fault of ours."""


class AgiServer:
    """Listens, and runs `handler` once a connection, in a task that it owns.

    Use it ``async with``: leaving closes all.
    """

    def __init__(self, handler: Handler, limits: AgiLimits | None = None) -> None:
        self.tally = AgiTally()
        self._handler = handler
        self._limits = limits or AgiLimits()
        self._links: set[Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, with the real port where 0 was asked for. `IllegalMoveError` when it does not."""
        sockets = self._server.sockets if self._server else ()
        if not sockets:
            raise IllegalMoveError("the FastAGI server is not listening")
        host, port = sockets[0].getsockname()[:2]
        return host, port

    @property
    def open(self) -> int:
        """Connections open now."""
        return len(self._links)

    async def start(self, host: str, port: int) -> None:
        """Listen. `OSError` when the address is taken or not ours."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Link(self, self._limits), host, port, backlog=BACKLOG, reuse_address=True
        )

    async def close(self, grace: float = 0.0) -> None:
        """Take no more calls, let those under way come to their end for `grace` seconds, then end them."""
        if self._server is None:
            return
        self._server.close()
        try:
            if self._tasks and grace > 0:
                await asyncio.wait(self._tasks, timeout=grace)
        finally:
            tasks = self._end_all()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _end_all(self) -> tuple[asyncio.Task[None], ...]:
        for link in self._links:
            link.end(ConnectionEndedError("the server closes"))
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        return tasks

    def admit(self, link: Link) -> bool:
        """Whether there is room for one more connection."""
        if len(self._links) >= self._limits.connections:
            self.tally.refused += 1
            return False
        self._links.add(link)
        return True

    def converse(self, link: Link, request: Request) -> asyncio.Task[None]:
        """Start the call flow of one connection."""
        task = asyncio.get_running_loop().create_task(self._handler(Dialogue(link, request, self._limits)))
        self._tasks.add(task)
        task.add_done_callback(partial(self._conversed, link))
        return task

    def forget(self, link: Link) -> None:
        """A socket is gone. Where a call flow ran, its end is what counts."""
        if link in self._links:
            self._links.remove(link)
            if not link.conversing:
                self._count(link.fault)

    def _conversed(self, link: Link, task: asyncio.Task[None]) -> None:
        """A call flow came to its end: so does its connection, and the caller goes on."""
        self._tasks.remove(task)
        error = link.fault if task.cancelled() else task.exception()
        link.finish()
        self._count(error)

    def _count(self, error: BaseException | None) -> None:
        match error:
            case None:
                self.tally.finished += 1
            case ChannelGoneError():
                self.tally.gone += 1
            case TooSlowError():
                self.tally.slow += 1
                log.warning("agi.slow", reason=str(error))
            case AgiProtocolError():
                self.tally.malformed += 1
                log.warning("agi.malformed", reason=str(error))
            case _:
                self.tally.failed += 1
                log.error("agi.failed", exc_info=error)
