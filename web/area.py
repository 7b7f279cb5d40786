"""Addresses that programs call, where failures are told and answers adorned in a way of their own.

Everywhere else a failure is a page. Knows paths; not what is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from web import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from web.route import Handler

_tidy = web.normalize_path_middleware(append_slash=False, remove_slash=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One path and all below it."""

    path: str
    """Without a slash at its end: ``/v1``."""
    tell: Callable[[web.Request, Exception], web.Response]
    """Make the answer to a request that failed; the error's own text is not for the answer."""
    adorn: Callable[[web.Request, web.StreamResponse], None]
    """Put the area's own headers on an answer, just before it goes out."""

    def holds(self, path: str) -> bool:
        """Tell whether a path lies here."""
        return path == self.path or path.startswith(f"{self.path}/")


def area_of(request: web.Request) -> Area | None:
    """Return the area in which a request's path lies, if any."""
    return next((area for area in request.app[keys.AREAS] if area.holds(request.path)), None)


@web.middleware
async def tidy_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lead people from ``/nl/`` to ``/nl``. A program is told that its address is wrong."""
    return await (handler(request) if area_of(request) else _tidy(request, handler))
