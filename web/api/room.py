"""The room of the API: which resource stands where, for whom, and who does what. Wires, decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.api import problems
from web.api.bearer import Bearer
from web.api.document import VERSION, Document
from web.api.door import Door
from web.api.entrance import PAGE, PATH, Entrance
from web.api.purposes import PurposeResources
from web.api.sessions import PATH as SESSION
from web.api.sessions import SHOW_SECONDS, SessionResources
from web.api.waiting import Waiting
from web.area import Area
from web.route import HANDLER_SECONDS, Audience, Room, Route, get, post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ivr.store.feed import Feed
    from ivr.store.notes import Notes
    from ivr.store.sessions import Sessions
    from web.api.way_back import WayBack
    from web.citizen.room import CitizenParts
    from web.route import Handler


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiOptions:
    """What the API is told at start."""

    origins: tuple[str, ...]
    """Sites whose pages may call, besides our own."""
    return_urls: tuple[str, ...]
    starts_per_minute: int
    contact: dict[str, str]
    """``name``, ``email`` and ``url`` of who helps those that build on it; empty ones are left out."""


def api_room(
    options: ApiOptions,
    parts: CitizenParts,
    *,
    sessions: Sessions,
    feed: Feed,
    way_back: WayBack,
    notes: Callable[[str, int], Notes],
) -> Room:
    """Make the room. ``notes`` makes notes of a kind, that are kept for so many seconds."""
    door, bearer, waiting = Door(frozenset(options.origins), VERSION), Bearer(sessions), Waiting()
    entrance = Entrance(
        *(parts, way_back, notes),
        return_urls=frozenset(options.return_urls),
        per_minute=options.starts_per_minute,
    )
    resources = SessionResources(
        sessions, bearer, board=parts.board, feed=feed, waiting=waiting, way_back=way_back
    )
    routes = (*_before(door, options, parts, entrance), *_after(door, resources))
    return Room(
        name="api",
        guards={Audience.PROGRAM: bearer.guard},
        goodbyes=(waiting.end,),
        areas=(Area(path="/v1", tell=problems.tell, adorn=door.adorn),),
        routes=(
            *routes,
            *_preflights(routes, door),
            get(PATH, entrance.show, Audience.PUBLIC, PAGE),
            post(PATH, entrance.enter, Audience.PUBLIC, PAGE),
        ),
    )


def _before(door: Door, options: ApiOptions, parts: CitizenParts, entrance: Entrance) -> tuple[Route, ...]:
    document = Document(options.contact)
    purposes = PurposeResources(parts.board.purposes, parts.board.providers, parts.board.reception)
    return (
        _route("GET", "/v1/openapi.json", door.through(document.show, anybody=True)),
        _route("GET", "/v1/purposes", door.through(purposes.all)),
        _route("GET", "/v1/purposes/{purpose}", door.through(purposes.one)),
        _route("POST", "/v1/login-requests", door.through(entrance.create)),
    )


def _after(door: Door, resources: SessionResources) -> tuple[Route, ...]:
    path, program = SESSION, Audience.PROGRAM
    return (
        _route("POST", "/v1/sessions", door.through(resources.create)),
        _route("GET", path, door.through(resources.show), program, seconds=SHOW_SECONDS),
        _route("DELETE", path, door.through(resources.stop), program),
        _route("POST", f"{path}/codes", door.through(resources.new_code), program),
        _route("POST", f"{path}/extensions", door.through(resources.more_time), program),
    )


def _route(
    method: str,
    path: str,
    handler: Handler,
    audience: Audience = Audience.PUBLIC,
    seconds: float = HANDLER_SECONDS,
) -> Route:
    return Route(
        method=method,
        path=path,
        handler=handler,
        audience=audience,
        name="",
        localized=False,
        csrf=False,  # there is no cookie that another site's page could make use of
        seconds=seconds,
    )


def _preflights(routes: Iterable[Route], door: Door) -> list[Route]:
    paths = dict.fromkeys(route.path for route in routes)
    return [_route("OPTIONS", path, door.preflight) for path in paths]
