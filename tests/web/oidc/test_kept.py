"""web.oidc.kept: fetched once, kept for an hour, and not asked for again and again when it cannot be had."""

from __future__ import annotations

import asyncio

import pytest

from ivr.errors import ProviderError
from web.oidc.kept import AGAIN_SECONDS, KEEP_SECONDS, RENEW_SECONDS, Kept


class Source:
    """What is fetched, and a clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.fetched = 0
        self.away = False
        self.kept = Kept(self.fetch, now=lambda: self.now)

    async def fetch(self) -> list[int]:
        """Something new each time."""
        self.fetched += 1
        await asyncio.sleep(0)
        if self.away:
            raise ProviderError("away", reason="slow")
        return [self.fetched]


async def test_it_is_fetched_when_it_is_wanted_and_by_one_alone() -> None:
    """Whoever asks meanwhile waits for that one."""
    source = Source()
    assert source.fetched == 0
    found = await asyncio.gather(*(source.kept.get() for _ in range(10)))
    assert (source.fetched, found) == (1, [[1]] * 10)


async def test_it_is_kept_for_an_hour() -> None:
    """And fetched again after that."""
    source = Source()
    await source.kept.get()
    source.now += KEEP_SECONDS - 1
    assert await source.kept.get() == [1]
    source.now += 1
    assert await source.kept.get() == [2]


async def test_a_failure_is_shared_and_soon_forgotten() -> None:
    """Ten who wait make one attempt, with one reason; two seconds later the next one does."""
    source = Source()
    source.away = True
    found = await asyncio.gather(*(source.kept.get() for _ in range(10)), return_exceptions=True)
    assert [error.reason for error in found if isinstance(error, ProviderError)] == ["slow"] * 10
    assert source.fetched == 1
    source.away = False
    source.now += AGAIN_SECONDS
    assert await source.kept.get() == [2]


async def test_a_newer_one_is_fetched_at_most_twice_a_minute() -> None:
    """By the first who wants it; the others get that one, and who wants another still has to wait."""
    source = Source()
    old = await source.kept.get()
    found = await asyncio.gather(*(source.kept.newer(old) for _ in range(10)))
    assert (source.fetched, found) == (2, [[2]] * 10)
    assert await source.kept.newer(found[0]) is found[0]
    source.now += RENEW_SECONDS
    assert await source.kept.newer(found[0]) == [3]


async def test_who_stops_waiting_stops_nobody_else() -> None:
    """The one that fetches is cancelled: the next one fetches."""
    source = Source()
    first = asyncio.create_task(source.kept.get())
    second = asyncio.create_task(source.kept.get())
    await asyncio.sleep(0)
    first.cancel()
    assert await second == [2]
    with pytest.raises(asyncio.CancelledError):
        await first
