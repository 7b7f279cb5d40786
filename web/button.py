"""The button for other websites: one script, for pages of the origins that the operator named and no other.

A page of another site asks for a script of type ``module`` by CORS (HTML standard, "fetch a module script"),
without cookies, and its browser runs it only when our answer names that page's origin. So who is not named
gets a script that does not run. No cookie is set, nothing is counted, and who asks is not written down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from web import keys
from web.route import Audience, Room, get

if TYPE_CHECKING:
    from aiohttp import web

ASSET: Final = "button.js"
PATH: Final = "/button.js"
"""Stands in pages of others, so it stays as it is: without a hash. A browser asks again after an hour."""
CACHE: Final = "public, max-age=3600"


def button_room(origins: tuple[str, ...]) -> Room:
    """Make the room. ``origins``: as browsers write them, ``https://www.example.nl``."""
    allowed = frozenset(origins)

    async def send(request: web.Request) -> web.Response:
        """Send the script, to be run by pages of these origins."""
        answer = request.app[keys.ASSETS].answer(request, ASSET, cache=CACHE)
        answer.headers["Vary"] = "Accept-Encoding, Origin"
        origin = request.headers.get("Origin", "")
        if origin in allowed:
            answer.headers["Access-Control-Allow-Origin"] = origin
        return answer

    return Room(name="button", routes=(get(PATH, send, Audience.PUBLIC, "button", localized=False),))
