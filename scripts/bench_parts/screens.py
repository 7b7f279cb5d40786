"""A page whose changes are told as they happen: when they came into the DOM, by a clock that is ours too.

Knows Chromium. Does not know what is shown.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Page

BOUND_SECONDS = 10.0
ROUNDS = 20
CLOCK = "performance.timeOrigin + performance.now()"
WATCH = f"""() => {{
  const screen = document.getElementById("screen");
  new MutationObserver(() => drawn({CLOCK}, screen.textContent)).observe(screen, {{ childList: true }});
}}"""


@dataclass
class Screen:
    """A page whose ``#screen`` is watched."""

    page: Page
    texts: list[str] = field(default_factory=list)
    """All that was ever on it since it is watched."""
    _drawn: asyncio.Queue[tuple[float, str]] = field(default_factory=asyncio.Queue)

    async def watch(self) -> None:
        """Be told of each change from now on."""
        await self.page.expose_function("drawn", self._draw)
        await self.page.evaluate(WATCH)
        await self._check_clock()

    async def shows(self, text: str) -> float:
        """Wait until this is in the DOM; when it came, in seconds since the epoch."""
        async with asyncio.timeout(BOUND_SECONDS):
            while True:
                moment, shown = await self._drawn.get()
                if text in shown:
                    return moment / 1000

    def _draw(self, moment: float, text: str) -> None:
        self.texts.append(text)
        self._drawn.put_nowait((moment, text))

    async def _check_clock(self) -> None:
        """The page's clock is ours, as far as can be told from here."""
        rounds = []
        for _ in range(ROUNDS):
            began = time.time()
            there = await self.page.evaluate(CLOCK) / 1000
            rounds.append((time.time() - began, there - began))
        took, ahead = min(rounds)
        if not 0 <= ahead <= took:
            raise RuntimeError(f"the browser's clock is off: {ahead * 1000:.2f} ms in {took * 1000:.2f} ms")
