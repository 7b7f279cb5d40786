"""Sessions that the IRMA server called about: looked at a moment after its call, since it calls too early.

It waits for our answer before it says anywhere else that the session has ended (irmago 1.3, ``setStatus``);
so it is answered first. Knows sessions by their ids; a lost hint costs nothing, since the browser asks as
well.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import structlog

from ivr.errors import IdBellenError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

PAUSES: Final = (0.1, 0.5, 2.0)
"""Seconds before each look; after the last it is left to the browser."""
MAX_HINTS: Final = 1_000
"""Under way at one time; a call beyond it is not followed."""

log = structlog.get_logger("web.identity.irma")


class Hints:
    """``look`` looks at a session, and tells whether its log-in is over. Use inside ``running()``."""

    def __init__(self, look: Callable[[str], Awaitable[bool]]) -> None:
        self._look = look
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def take(self, session: str) -> None:
        """Look at this session soon, unless that is so already."""
        if session in self._tasks or len(self._tasks) >= MAX_HINTS:
            return
        task = asyncio.create_task(self._follow(session), name="irma-hint")
        self._tasks[session] = task
        task.add_done_callback(lambda _: self._tasks.pop(session, None))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold what is under way; end it at the end."""
        try:
            yield
        finally:
            tasks = list(self._tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, session: str) -> None:
        for pause in PAUSES:
            await asyncio.sleep(pause)
            try:
                if await self._look(session):
                    return
            except IdBellenError as error:
                log.warning("irma.not_brought_home", error=type(error).__name__)
