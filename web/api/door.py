"""Who may call from where, and what every answer carries: origins (CORS), Accept, headers. Knows no resource.

There are no cookies here, so a page of another site could do no more than its own server can; the list of
origins still keeps pages out that the operator does not know. A query is refused, so that nobody gets used to
putting a token in an address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from ivr.errors import ForgedRequestError, InputError
from web import keys

if TYPE_CHECKING:
    from web.route import Handler

ANYBODY: Final = "*"
ACCEPTED: Final = frozenset({"*/*", "application/*", "application/json"})
MAX_ACCEPT: Final = 1024
"""Characters of an Accept header that are looked at."""
REMEMBER_SECONDS: Final = 600
"""How long a browser may rely on what a preflight told."""
ASKED_HEADERS: Final = "Accept-Language, Authorization, Content-Type, If-None-Match, Prefer"
SHOWN_HEADERS: Final = "API-Version, Content-Language, ETag, Location, Preference-Applied, Retry-After"
"""What scripts of another origin may send and read."""


class Door:
    """Looks at every request before its handler does."""

    def __init__(self, origins: frozenset[str], version: str) -> None:
        self._origins = origins
        self._version = version

    def through(self, handler: Handler, *, anybody: bool = False) -> Handler:
        """Put the door before a handler; ``anybody``: pages of every origin may read the answer."""

        async def entered(request: web.Request) -> web.StreamResponse:
            """Refuse, or let the handler answer."""
            if not anybody and not self._knows(request, _stated(request)):
                raise ForgedRequestError("called by a page of an origin that is not listed")
            if request.query_string:
                raise InputError("there are no queries here")
            if not _accepts_json(request):
                raise web.HTTPNotAcceptable
            answer = await handler(request)
            if anybody:
                answer.headers["Access-Control-Allow-Origin"] = ANYBODY
            return answer

        return entered

    async def preflight(self, request: web.Request) -> web.Response:
        """Tell which methods an address has; to a browser also what scripts may send (Fetch, CORS)."""
        methods = ", ".join(sorted(route.method for route in request.match_info.route.resource or ()))
        answer = web.Response(status=204, headers={"Allow": methods})
        if self._knows(request, _stated(request)):
            answer.headers["Access-Control-Allow-Methods"] = methods
            answer.headers["Access-Control-Allow-Headers"] = ASKED_HEADERS
            answer.headers["Access-Control-Max-Age"] = str(REMEMBER_SECONDS)
        return answer

    def adorn(self, request: web.Request, answer: web.StreamResponse) -> None:
        """Put on an answer what all of them carry, whatever came of the request. Fits `web.area.Area`."""
        answer.headers["API-Version"] = self._version
        answer.headers["X-Frame-Options"] = "DENY"
        answer.headers.add("Vary", "Origin, Accept-Language")
        origin = _stated(request)
        if origin and self._knows(request, origin):
            answer.headers.setdefault("Access-Control-Allow-Origin", origin)
        if "Access-Control-Allow-Origin" in answer.headers:
            answer.headers["Access-Control-Expose-Headers"] = SHOWN_HEADERS

    def _knows(self, request: web.Request, origin: str | None) -> bool:
        return origin is None or origin in self._origins or origin in request.app[keys.OPTIONS].origins


def _stated(request: web.Request) -> str | None:
    """Return the origin that a browser states; one that is stated twice is none that we know."""
    stated = request.headers.getall("Origin", [])
    return ",".join(stated) if stated else None


def _accepts_json(request: web.Request) -> bool:
    header = ",".join(request.headers.getall("Accept", ["*/*"]))[:MAX_ACCEPT]
    for part in header.split(","):
        media, *parameters = (text.strip().lower() for text in part.split(";"))
        if media in ACCEPTED and not any(one in {"q=0", "q=0.0", "q=0.00", "q=0.000"} for one in parameters):
            return True
    return False
