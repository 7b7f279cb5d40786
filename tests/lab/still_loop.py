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
    """``loop.now += 5`` lets five seconds pass. ``armed`` has every timer that was ever set, by its owner."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.armed: list[object] = []

    def time(self) -> float:
        """What everything on this loop takes for the time."""
        return self.now

    def call_at(self, when: float, callback: Any, *args: Any, **kwargs: Any) -> asyncio.TimerHandle:
        """As asyncio's own, and remembered."""
        self.armed.append(getattr(callback, "__self__", None))
        return super().call_at(when, callback, *args, **kwargs)


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
