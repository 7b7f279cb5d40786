"""A route and for whom it is. Knows nothing of what the pages do.

Every route names its audience; ``web.app`` refuses to start with one that does not, and puts the audience's
guard before the handler, so that no page can forget it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from web.area import Area

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Guard = Callable[[web.Request], Awaitable[None]]
Lifetime = Callable[[web.Application], AsyncIterator[None]]
Goodbye = Callable[[web.Application], Awaitable[None]]

HANDLER_SECONDS = 10.0  # a page that is not there by then shows what to do instead


class Audience(Enum):
    """Who may call a route."""

    PUBLIC = "public"
    CITIZEN = "citizen"  # a browser that holds the ticket of a live session
    PROGRAM = "program"  # another front end that holds the ticket of a live session
    STAFF = "staff"  # whoever works here and has logged in
    AGENT = "agent"  # of these, who answers calls: the only ones to whom a caller's data are shown
    LEADER = "leader"  # who leads a team, or keeps all running
    OPERATOR = "operator"  # who keeps all running
    ASTERISK = "asterisk"  # a telephone exchange of ours, which shows its secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method on one path. Make it with :func:`get`, :func:`post` or :func:`socket`."""

    method: str
    path: str  # without the language: "/start/{purpose}"
    handler: Handler
    audience: Audience
    name: str  # for links; routes on one path share it
    localized: bool = True  # stands under /nl and /en
    csrf: bool = True  # unsafe methods must carry our token; False only for machines with keys of their own
    seconds: float | None = HANDLER_SECONDS  # None: a websocket, which lives as long as its page


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A part of the front: its routes, the guards it keeps, and what must live as long as the server."""

    name: str
    routes: tuple[Route, ...]
    guards: Mapping[Audience, Guard] = field(default_factory=dict)
    lifetimes: tuple[Lifetime, ...] = ()
    goodbyes: tuple[Goodbye, ...] = ()  # told that we go away, while requests are still under way
    areas: tuple[Area, ...] = ()


def get(path: str, handler: Handler, audience: Audience, name: str, *, localized: bool = True) -> Route:
    """A page to read."""
    return Route(method="GET", path=path, handler=handler, audience=audience, name=name, localized=localized)


def post(
    path: str, handler: Handler, audience: Audience, name: str, *, localized: bool = True, csrf: bool = True
) -> Route:
    """A form, or a script's question, that changes something."""
    return Route(
        method="POST",
        path=path,
        handler=handler,
        audience=audience,
        name=name,
        localized=localized,
        csrf=csrf,
    )


def socket(path: str, handler: Handler, audience: Audience, name: str) -> Route:
    """A websocket. Its handler opens it with :func:`web.socket.open_socket`: origin, ticket, upgrade."""
    return Route(
        method="GET", path=path, handler=handler, audience=audience, name=name, localized=False, seconds=None
    )
