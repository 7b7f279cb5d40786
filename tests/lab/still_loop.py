"""An event loop whose clock stands still until a test moves it: deadlines without waiting for them.

Sockets are real, and so is all else. A test that hangs is cancelled by the real clock.
"""

from __future__ import annotations

import asyncio
from threading import Timer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

REAL_SECONDS = 20.0


class StillLoop(asyncio.SelectorEventLoop):
    """``loop.now += 5`` lets five seconds pass."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self._timers: list[tuple[object, asyncio.TimerHandle]] = []

    def time(self) -> float:
        """What everything on this loop takes for the time."""
        return self.now

    def call_at(self, when: float, callback: Any, *args: Any, **kwargs: Any) -> asyncio.TimerHandle:
        """As asyncio's own, and remembered."""
        handle = super().call_at(when, callback, *args, **kwargs)
        self._timers.append((getattr(callback, "__self__", None), handle))
        return handle

    async def turn(self, seconds: int) -> None:
        """Let so many seconds pass, one by one, and what is due in each of them happen."""
        for _ in range(seconds):
            self.now += 1
            await asyncio.sleep(0)

    def timers(self, owner: type) -> list[asyncio.TimerHandle]:
        """Every timer that objects of this type ever set."""
        return [handle for setter, handle in self._timers if isinstance(setter, owner)]

    def pending(self, owner: type) -> int:
        """How many of them have yet to go off."""
        return sum(not handle.cancelled() and handle.when() > self.now for handle in self.timers(owner))


def run(test: Callable[[StillLoop], Coroutine[Any, Any, None]]) -> None:
    """Run an async test on such a loop."""
    with asyncio.Runner(loop_factory=StillLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, StillLoop)

        async def bounded() -> None:
            task = asyncio.current_task()
            assert task is not None
            guard = Timer(REAL_SECONDS, loop.call_soon_threadsafe, [task.cancel, "the test hangs"])
            guard.start()
            try:
                await test(loop)
            finally:
                guard.cancel()

        runner.run(bounded())
