"""Which pages may open a websocket. Knows origins; a browser always sends one (RFC 6455 §4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import ForgedRequestError
from web import keys

if TYPE_CHECKING:
    from aiohttp import web


def require_own_origin(request: web.Request) -> None:
    """Refuse a page that is not ours, before anything is accepted.

    Raises:
        ForgedRequestError: the Origin is missing, foreign, or stated more than once.

    """
    stated = request.headers.getall("Origin", [])
    if len(stated) != 1 or stated[0] not in request.app[keys.OPTIONS].origins:
        raise ForgedRequestError("a websocket from a page of another origin, or of none")
