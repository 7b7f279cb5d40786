"""The route table: every route of every room, under each language, behind its audience's guard.

Knows paths and guards; nothing of what a page does.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from web import keys
from web.language import VARY, preferred
from web.options import LANGUAGES
from web.route import Audience, Guard, Handler, Room, Route, get

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LANGUAGE_PREFIX = "/{lang:" + "|".join(LANGUAGES) + "}"


def register(app: web.Application, rooms: Sequence[Room]) -> None:
    """Put the rooms' routes into the application.

    Raises:
        TypeError: an audience is guarded by nobody, or by two rooms.

    """
    app.cleanup_ctx.extend(lifetime for room in rooms for lifetime in room.lifetimes)
    app.on_shutdown.extend(goodbye for room in rooms for goodbye in room.goodbyes)
    app[keys.AREAS] = tuple(area for room in rooms for area in room.areas)
    guards = _guards(rooms)
    table: dict[web.AbstractRoute, Route] = {}
    resources: dict[str, web.Resource] = {}
    localized: dict[str, web.Resource] = {}
    for route in (route for room in rooms for route in room.routes):
        for path, entry in _entries(route):
            if path not in resources:
                resources[path] = app.router.add_resource(path, name=entry.name or None)
            if entry.localized:
                localized[entry.name] = resources[path]
            handler = _guarded(entry, guards)
            for method in ("GET", "HEAD") if entry.method == "GET" and entry.seconds else (entry.method,):
                table[resources[path].add_route(method, handler)] = entry
    app[keys.ROUTES] = table
    app[keys.LOCALIZED] = localized
    app.on_startup.append(_refuse_strangers)


async def _refuse_strangers(app: web.Application) -> None:
    """Refuse to start with a route that was put in past this table, and so is for nobody in particular."""
    for route in app.router.routes():
        if route not in app[keys.ROUTES]:
            raise TypeError(f"{route!r} has no audience; register it as a web.route.Route")


def _guards(rooms: Iterable[Room]) -> Mapping[Audience, Guard]:
    guards: dict[Audience, Guard] = {}
    for room in rooms:
        if doubled := guards.keys() & room.guards.keys():
            raise TypeError(f"the room {room.name!r} guards {doubled}, as another room does")
        guards.update(room.guards)
    return guards


def _entries(route: Route) -> list[tuple[str, Route]]:
    """A route's paths: under each language, and for reading also without one, which finds the language."""
    if not route.localized:
        return [(route.path, route)]
    entries = [(LANGUAGE_PREFIX + route.path.removesuffix("/"), route)]
    if route.method == "GET":
        entries.append((route.path, get(route.path, _to_language, Audience.PUBLIC, "", localized=False)))
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
