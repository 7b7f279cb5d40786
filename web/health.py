"""Whether this process lives, and whether it can serve. Knows the checks by name, never their details."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from web.route import Audience, Room, get

if TYPE_CHECKING:
    from web.route import Handler

log = structlog.get_logger("web.health")

Check = Callable[[], Awaitable[None]]
CHECK_SECONDS = 2.0  # one that is not done by then counts as failed


def health_room(checks: Mapping[str, Check]) -> Room:
    """``/healthz``: alive. ``/readyz``: every check passes; else 503 and the names of those that do not."""
    return Room(
        name="health",
        routes=(
            get("/healthz", _alive, Audience.PUBLIC, "healthz", localized=False),
            get("/readyz", _ready(checks), Audience.PUBLIC, "readyz", localized=False),
        ),
    )


async def _alive(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


def _ready(checks: Mapping[str, Check]) -> Handler:
    async def ready(_request: web.Request) -> web.StreamResponse:
        passed = await asyncio.gather(*(_passes(name, check) for name, check in checks.items()))
        states = {name: "ok" if ok else "failed" for name, ok in zip(checks, passed, strict=True)}
        return web.json_response(states, status=200 if all(passed) else 503)

    return ready


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:  # noqa: BLE001 # whatever a check raises, it has not passed
        log.warning("health.not_ready", check=name, error=type(error).__name__)
        return False
    return True
