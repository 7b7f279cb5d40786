"""web.identity.irma.hints: a call is followed until the log-in is over, once, and not for ever."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from ivr.errors import StoreError
from web.identity.irma import hints
from web.identity.irma.hints import Hints

PAUSES = (0.0, 0.0, 0.0)
OVER, NOT_YET = True, False


class Looks:
    """What is looked at, and what is seen."""

    def __init__(self, *seen: bool | Exception) -> None:
        self.seen = list(seen)
        self.at: list[str] = []

    async def __call__(self, session: str) -> bool:
        """Look."""
        self.at.append(session)
        seen = self.seen.pop(0)
        if isinstance(seen, Exception):
            raise seen
        return seen


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "PAUSES", PAUSES)


async def followed(looks: Looks, *sessions: str) -> None:
    """Take hints, and wait until all are followed."""
    made = Hints(looks)
    async with made.running():
        for session in sessions:
            made.take(session)
        await asyncio.gather(*made._tasks.values())
        await asyncio.sleep(0)
        assert not made._tasks


async def test_it_is_looked_at_until_it_is_over() -> None:
    """The first look may come too early."""
    looks = Looks(NOT_YET, OVER, OVER)
    await followed(looks, "a")
    assert looks.at == ["a", "a"]


async def test_what_does_not_end_is_left_to_the_browser() -> None:
    """After the last look."""
    looks = Looks(NOT_YET, NOT_YET, NOT_YET, OVER)
    await followed(looks, "a")
    assert looks.at == ["a"] * len(PAUSES)


async def test_many_calls_about_one_session_are_one() -> None:
    """Whoever knows the address may call as often as they like."""
    looks = Looks(OVER)
    await followed(looks, *"aaaaa")
    assert looks.at == ["a"]


async def test_no_more_are_followed_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser asks as well."""
    monkeypatch.setattr(hints, "MAX_HINTS", 1)
    looks = Looks(OVER)
    await followed(looks, "a", "b")
    assert looks.at == ["a"]


async def test_a_store_that_is_away_is_asked_again() -> None:
    """And the log has it."""
    looks = Looks(StoreError("x"), OVER)
    with structlog.testing.capture_logs() as lines:
        await followed(looks, "a")
    assert looks.at == ["a", "a"]
    assert [line["event"] for line in lines] == ["irma.not_brought_home"]


async def test_what_is_under_way_ends_with_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left running."""
    monkeypatch.setattr(hints, "PAUSES", (3600.0,))
    made = Hints(Looks(OVER))
    async with made.running():
        made.take("a")
        (task,) = made._tasks.values()
    assert task.cancelled()
