"""web.agent.board: a queue is read once for all, and told to those who show it when it changed."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from ivr.session.floor import Caller, Proof, QueueLine, State
from ivr.store.client import Store
from ivr.store.clock import Clock
from ivr.store.keyspace import Keyspace
from ivr.store.lines import Lines
from tests.lab.citizens import PURPOSES
from tests.lab.logged import logged
from web.agent import board as boards
from web.agent.board import GROUP, Board

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.feed import Feed
    from ivr.store.lease import Lease

pytestmark = pytest.mark.req("A6")

WAIT_SECONDS = 10.0
LINE = QueueLine(1, 17, (Caller(17, "verhuizing", Proof.VERIFIED),), {State.READY: 2})
EMPTY = QueueLine(0, 0, (), {})


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "PACE_SECONDS", 0.01)
    monkeypatch.setattr(boards, "LOOK_SECONDS", 0.05)


@asynccontextmanager
async def kept(store: Store, feed: Feed) -> AsyncIterator[Board]:
    """A board that is kept true."""
    board = Board(Lines(store), Clock(store), feed, PURPOSES)
    task = asyncio.create_task(board.run())
    try:
        yield board
    finally:
        task.cancel()
        await asyncio.wait([task])


def shown(board: Board, queue: str = "kcc", language: str = "nl") -> dict[str, Any]:
    """What the browser gets."""
    return json.loads(board.text(queue, language))


async def called(seat: boards.Seat) -> None:
    """Wait until it is called, for its queues."""
    assert not await seat.called(at_most=WAIT_SECONDS)


async def test_who_shows_a_queue_is_called_when_it_changes(store: Store, lease: Lease, feed: Feed) -> None:
    """And nobody else; the text is there before the call."""
    lines = Lines(store)
    await lines.put(lease, {"kcc": LINE, "afval": EMPTY})
    async with kept(store, feed) as board:
        with board.seat() as here, board.seat() as there:
            here.queues, there.queues = ("kcc",), ("afval",)
            await board.know(("kcc", "afval"))
            assert shown(board)["waiting"] == 1
            assert shown(board, language="en")["callers"] == [[17, "verhuizing in English", "verified"]]
            await lines.put(lease, {"kcc": EMPTY, "afval": EMPTY})
            await called(here)
            assert shown(board)["waiting"] == 0
            assert not there._called.is_set()


async def test_the_text_is_made_once_for_all(store: Store, lease: Lease, feed: Feed) -> None:
    """Of a queue in a language, until it changes."""
    await Lines(store).put(lease, {"kcc": LINE})
    board = Board(Lines(store), Clock(store), feed, PURPOSES)
    await board.know(("kcc",))
    assert board.text("kcc", "nl") is board.text("kcc", "nl")
    await board.know(("kcc",))
    assert len(board._texts) == 1


async def test_what_nobody_tells_any_more_is_not_known(store: Store, lease: Lease, feed: Feed) -> None:
    """Rather than as it was."""
    await Lines(store).put(lease, {"kcc": LINE})
    async with kept(store, feed) as board:
        with board.seat() as seat:
            seat.queues = ("kcc",)
            await board.know(("kcc",))
            assert shown(board)["known"]
            await store.redis.delete(store.keys.line("kcc"))
            await called(seat)
            assert not shown(board)["known"]


async def test_queues_that_nobody_shows_are_forgotten(store: Store, lease: Lease, feed: Feed) -> None:
    """And read again when somebody does."""
    await Lines(store).put(lease, {"kcc": LINE, "afval": LINE})
    board = Board(Lines(store), Clock(store), feed, PURPOSES)
    await board.know(("kcc",))
    await board.know(("afval",))
    assert set(board._said) == {"afval"}
    await board.know(("kcc",))
    assert shown(board)["known"]


@pytest.mark.req("O6")
async def test_a_store_that_is_away_is_told_once_and_found_again(
    store: Store, lease: Lease, feed: Feed
) -> None:
    """Meanwhile nothing is known; what is not one of ours is not known either."""
    await Lines(store).put(lease, {"kcc": LINE})
    gone = Store("unix:///nowhere/valkey.sock", Keyspace())
    with logged() as log:
        board = Board(Lines(gone), Clock(gone), feed, PURPOSES)
        for _ in range(2):
            await board.know(("kcc", "afval"))
            assert not shown(board)["known"]
            board._said.clear()
        board._lines, board._clock = Lines(store), Clock(store)
        await board.know(("kcc",))
        assert shown(board)["known"]
        await store.redis.hset(store.keys.line("kcc"), "pbx", f"{int(board.now())} nonsense")
        board._said.clear()
        await board.know(("kcc",))
        assert not shown(board)["known"]
    await gone.close()
    assert log.names()[:2] == ["board.lost", "board.back"]


async def test_many_screens_are_called_in_groups(
    store: Store, lease: Lease, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a breath after each, in which anything else can be done; nobody is left out."""
    breaths = []

    async def breathe(seconds: float) -> None:
        breaths.append(seconds)

    await Lines(store).put(lease, {"kcc": LINE})
    board = Board(Lines(store), Clock(store), feed, PURPOSES)
    seats = [boards.Seat() for _ in range(2 * GROUP + 1)]
    for seat in seats:
        seat.queues = ("kcc",)
    board._seats.update(seats)
    with monkeypatch.context() as slow:
        slow.setattr(boards.asyncio, "sleep", breathe)
        await board._call({"kcc"})
    assert len(breaths) == 3
    assert all(seat._called.is_set() for seat in seats)


async def test_a_seat_looks_for_its_own_when_told_or_after_a_while() -> None:
    """Not because a queue changed. A call that comes before the look is no other call."""
    seat = boards.Seat()
    seat.call()
    assert not await seat.called(at_most=WAIT_SECONDS)
    seat.call(own=True)
    seat.call()
    assert await seat.called(at_most=WAIT_SECONDS)
    seat.call()
    assert not await seat.called(at_most=WAIT_SECONDS)
    assert await seat.called(at_most=0)


def test_a_seat_is_given_back(store: Store, feed: Feed) -> None:
    """When its screen goes."""
    board = Board(Lines(store), Clock(store), feed, PURPOSES)
    with board.seat():
        assert len(board._seats) == 1
    assert not board._seats
