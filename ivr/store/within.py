"""How long we wait for the store. Time in which this process itself stood still counts for little.

After a standstill, the garbage collector's or the machine's, timers go off before the first answer that came
meanwhile is read; by the clock alone everybody would then give up on a store that did answer. So the time is
counted in slices, one after the other, and a standstill of any length uses up one of them.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import TracebackType

SLICES: Final = 4


class Within:
    """``async with Within(1.0)``: as `asyncio.timeout`, TimeoutError included."""

    __slots__ = ("_left", "_limit", "_slice", "_timer")

    def __init__(self, seconds: float) -> None:
        self._slice = seconds / SLICES
        self._left = SLICES
        self._limit = asyncio.timeout(None)

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()
        self._count()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        await self._limit.__aexit__(kind, error, trace)

    def _count(self) -> None:
        loop = asyncio.get_running_loop()
        if self._left:
            self._left -= 1
            self._timer = loop.call_later(self._slice, self._count)
        else:
            self._limit.reschedule(loop.time())
