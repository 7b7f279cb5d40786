"""web.health: alive is one thing, ready another."""

from __future__ import annotations

import asyncio

import pytest

from ivr.errors import StoreError
from tests.lab.front import front
from web import health
from web.health import health_room


async def fine() -> None:
    """A part that works."""


async def broken() -> None:
    """A part that does not."""
    raise StoreError("the password is hunter2")


async def frozen() -> None:
    """A part that never answers."""
    await asyncio.get_running_loop().create_future()


@pytest.mark.req("O4")
async def test_a_process_that_answers_is_alive_whatever_else_is_down() -> None:
    """Restarting it would not help the store."""
    async with front(health_room({"store": broken})) as running, running.client.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})


@pytest.mark.req("O4")
async def test_it_is_ready_when_every_check_passes() -> None:
    """Each by its name."""
    room = health_room({"store": fine, "keys": fine})
    async with front(room) as running, running.client.get("/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"store": "ok", "keys": "ok"})


@pytest.mark.req("O4", "S7")
async def test_a_check_that_fails_or_never_ends_is_named_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """503, without the reason; the others are still told."""
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.01)
    room = health_room({"store": broken, "slow": frozen, "keys": fine})
    async with front(room) as running, running.client.get("/readyz") as answer:
        assert answer.status == 503
        assert await answer.json() == {"store": "failed", "slow": "failed", "keys": "ok"}
