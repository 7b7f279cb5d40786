"""The web application, put together from its rooms. Knows the order of things; no page of its own.

::

    access log → error pages → tidy paths → time limit → CSRF → the audience's guard → the room's handler
    and on every answer, whoever made it: web.headers
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from web import keys
from web.access import access_middleware, deadline_middleware
from web.assets import Assets
from web.csrf import Csrf, csrf_middleware
from web.errors import error_middleware
from web.headers import add_headers
from web.i18n import load_words
from web.language import VARY, preferred
from web.options import LANGUAGES
from web.pages import Pages
from web.ratelimit import RateLimits
from web.route import Audience, Room, Route, get
from web.socket import close_sockets, no_sockets
from web.tickets import Tickets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.options import WebOptions
    from web.route import Guard, Handler
    from web.tickets import Spend

MAX_BODY_BYTES = 64 * 1024  # of a request; our largest form is far smaller
LANGUAGE_PREFIX = "/{lang:" + "|".join(LANGUAGES) + "}"


def make_app(options: WebOptions, rooms: Sequence[Room], spend: Spend) -> web.Application:
    """The application that serves these rooms; ``spend`` remembers which websocket tickets were used.

    Raises:
        SettingsError: the built stylesheets are missing.
        TypeError: a route whose audience nobody guards, or that has none.

    """
    app = web.Application(
        client_max_size=MAX_BODY_BYTES,
        middlewares=(
            access_middleware,
            error_middleware,
            web.normalize_path_middleware(append_slash=False, remove_slash=True),
            deadline_middleware,
            csrf_middleware,
        ),
    )
    app[keys.OPTIONS] = options
    app[keys.ASSETS] = Assets(options.dist)
    app[keys.CSRF] = Csrf(options)
    app[keys.WORDS] = load_words()
    app[keys.PAGES] = Pages(options, app[keys.WORDS])
    app[keys.TICKETS] = Tickets(options, spend)
    app[keys.LIMITS] = RateLimits(options)
    app[keys.SOCKETS] = no_sockets()
    _register(app, (*rooms, app[keys.ASSETS].room()))
    app.on_response_prepare.append(add_headers)
    app.on_startup.append(refuse_unguarded)
    app.on_shutdown.append(close_sockets)
    app.on_cleanup.append(_close_limits)
    return app


async def refuse_unguarded(app: web.Application) -> None:
    """Refuse to start with a route that was put in past :class:`web.route.Route`, and so has no audience."""
    for route in app.router.routes():
        if route not in app[keys.ROUTES]:
            raise TypeError(f"{route!r} has no audience; register it as a web.route.Route")


async def _close_limits(app: web.Application) -> None:
    await app[keys.LIMITS].close()


def _register(app: web.Application, rooms: Sequence[Room]) -> None:
    guards: dict[Audience, Guard] = {}
    for room in rooms:
        guards.update(room.guards)
        app.cleanup_ctx.extend(room.lifetimes)
    registered: dict[web.AbstractRoute, Route] = {}
    localized: dict[str, web.Resource] = {}
    resources: dict[str, web.Resource] = {}
    for route in (route for room in rooms for route in room.routes):
        for path, entry in _entries(route):
            if path not in resources:
                named = path == route.path and not route.localized
                resources[path] = app.router.add_resource(path, name=route.name if named else None)
            if path != route.path:
                localized[route.name] = resources[path]
            handler = _guarded(entry, guards)
            for method in ("GET", "HEAD") if entry.method == "GET" and entry.seconds else (entry.method,):
                registered[resources[path].add_route(method, handler)] = entry
    app[keys.ROUTES] = registered
    app[keys.LOCALIZED] = localized


def _entries(route: Route) -> list[tuple[str, Route]]:
    """A route's paths: under each language, and for reading also without one, which finds the language."""
    if not route.localized:
        return [(route.path, route)]
    below = LANGUAGE_PREFIX + ("" if route.path == "/" else route.path)
    entries = [(below, route)]
    if route.method == "GET":
        entries.append((route.path, get(route.path, _to_language, Audience.PUBLIC, route.name)))
    return entries


async def _to_language(request: web.Request) -> web.StreamResponse:
    path, mark, query = request.rel_url.raw_path_qs.partition("?")
    target = f"/{preferred(request)}{path.removesuffix('/')}{mark}{query}"
    raise web.HTTPSeeOther(target, headers={"Vary": VARY})


def _guarded(route: Route, guards: Mapping[Audience, Guard]) -> Handler:
    if route.audience is Audience.PUBLIC:
        return route.handler
    if route.audience not in guards:
        raise TypeError(f"{route.method} {route.path} is for {route.audience!r}, whom no room guards")
    return partial(_after_guard, guards[route.audience], route.handler)


async def _after_guard(guard: Guard, handler: Handler, request: web.Request) -> web.StreamResponse:
    await guard(request)
    return await handler(request)
