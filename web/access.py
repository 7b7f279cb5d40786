"""One line a request, and how long it may take. Knows the route's template; no address, path or query."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from ivr.errors import TooSlowError
from web import keys
from web.route import HANDLER_SECONDS

if TYPE_CHECKING:
    from web.route import Handler

log = structlog.get_logger("web.access")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "-"
CANCELLED = 499  # the browser went away before the answer; nginx's number for it


@web.middleware
async def access_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log method, route, status and milliseconds."""
    started = time.perf_counter()
    status = CANCELLED
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as answer:
        status = answer.status
        raise
    else:
        return response
    finally:
        _line(request, status, time.perf_counter() - started)


@web.middleware
async def deadline_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give up on a page that takes too long, reading its form included."""
    route = request.app[keys.ROUTES].get(request.match_info.route)
    try:
        async with asyncio.timeout(route.seconds if route else HANDLER_SECONDS):
            return await handler(request)
    except TimeoutError as error:
        raise TooSlowError("the page took too long") from error


def _line(request: web.Request, status: int, seconds: float) -> None:
    resource = request.match_info.route.resource
    log.info(
        "request",
        method=request.method if request.method in METHODS else "other",
        route=resource.canonical if resource else UNMATCHED,
        status=status,
        ms=round(seconds * 1000, 1),
    )
