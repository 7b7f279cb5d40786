"""What happened, in order, and waiting for what has not happened yet. Knows no protocol."""

from __future__ import annotations

import asyncio
import time
from typing import Any

Event = dict[str, Any]


class NeverHappenedError(AssertionError):
    """What a test waited for did not come in time; says what came instead."""


class Story:
    """Events as they come in, each given out once to whoever waits for it."""

    def __init__(self, teller: str, name: str) -> None:
        """``teller`` says whose story it is, ``name`` is the field that names an event."""
        self._teller = teller
        self._name = name
        self.events: list[Event] = []
        self._began = time.monotonic()
        self._moments: list[float] = []
        self._given: set[int] = set()
        self._news = asyncio.Condition()
        self._over = False

    async def add(self, event: Event) -> None:
        """Something happened."""
        async with self._news:
            self.events.append(event)
            self._moments.append(time.monotonic() - self._began)
            self._news.notify_all()

    async def end(self) -> None:
        """Nothing more can happen, so nobody need wait."""
        async with self._news:
            self._over = True
            self._news.notify_all()

    async def wait(self, seconds: float, **fields: object) -> Event:
        """Give out the first event with these fields that is not given out yet, as soon as it is there."""
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(lambda: self._find(fields) is not None or self._over)
        except TimeoutError:
            raise NeverHappenedError(f"{self._teller}: no {fields} within {seconds} s; saw {self}") from None
        place = self._find(fields)
        if place is None:
            raise NeverHappenedError(f"{self._teller}: ended before {fields}; saw {self}")
        self._given.add(place)
        return self.events[place]

    def skip(self) -> None:
        """Give out all that happened up to now: whoever waits, waits for news."""
        self._given.update(range(len(self.events)))

    def saw(self, **fields: object) -> bool:
        """Whether it happened up to now, given out or not."""
        return any(fields.items() <= event.items() for event in self.events)

    def _find(self, fields: dict[str, object]) -> int | None:
        fresh = (place for place in range(len(self.events)) if place not in self._given)
        return next((place for place in fresh if fields.items() <= self.events[place].items()), None)

    def __str__(self) -> str:
        pairs = zip(self._moments, self.events, strict=True)
        return " ".join(f"{event.get(self._name, '-')}@{moment:.1f}" for moment, event in pairs) or "nothing"
