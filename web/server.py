"""Listening. Knows sockets and limits of the HTTP server itself; the application is given."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KEEPALIVE_SECONDS = 20.0  # a connection without a whole request for so long is closed, the first one included
MAX_LINE_BYTES = 4_096  # of a request line
MAX_FIELD_BYTES = 8_190  # of one header
MAX_HEADERS = 64
SHUTDOWN_SECONDS = 5.0  # for requests under way when we are told to stop
BACKLOG = 1_024

log = logging.getLogger("web.http")


class NoPersonalData(logging.Filter):
    """The HTTP server names the caller's address, and a traceback may hold anything: only the kind stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a record in place."""
        kind = record.exc_info[0] if record.exc_info else None
        record.msg, record.args = (
            "a request failed outside its handler: %s",
            (kind.__name__ if kind else "-",),
        )
        record.exc_info = record.exc_text = None
        return True


log.addFilter(NoPersonalData())


@asynccontextmanager
async def serving(
    app: web.Application, host: str, port: int, *, keepalive_seconds: float = KEEPALIVE_SECONDS
) -> AsyncIterator[int]:
    """Serve the application while the context lives; gives the port, which the system picks when told 0."""
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=log,
        keepalive_timeout=keepalive_seconds,
        max_line_size=MAX_LINE_BYTES,
        max_field_size=MAX_FIELD_BYTES,
        max_headers=MAX_HEADERS,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=BACKLOG)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
