"""The short address for a call under way: the citizen is on the phone with an agent, who asked to log in.

Knows numbers of short addresses, and reads what each is for. What is begun here counts for that call only.
Hours do not matter: somebody is on the phone already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from ivr.errors import NotFoundError
from ivr.session.code import is_well_formed, normalise
from ivr.session.upgrade import NUMBER_LENGTH
from web import keys
from web.citizen.form import text
from web.citizen.start import AGREED
from web.pages import link, page
from web.ratelimit import Rule
from web.route import Audience, Room, get, post

if TYPE_CHECKING:
    from ivr.session.purpose import Purposes
    from ivr.store.upgrades import Asked, Upgrades
    from web.citizen.start import StartPages
    from web.identity.providers import Providers

PATH: Final = "/b"
NUMBER: Final = "number"
LOOKS: Final = Rule(name="join", per_client="30/minute", everyone="3000/minute")
"""Short addresses that are looked up: numbers are short, and not to be tried one by one."""


class JoinPages:
    """Where an agent sends a caller."""

    def __init__(
        self, upgrades: Upgrades, starts: StartPages, purposes: Purposes, providers: Providers
    ) -> None:
        self._upgrades = upgrades
        self._starts = starts
        self._purposes = purposes
        self._providers = providers

    async def enter(self, request: web.Request) -> web.Response:
        """The page on which the number is filled in that the agent reads out."""
        if NUMBER not in request.query:
            return page(request, "citizen/join.html", wrong=False)
        number = normalise(request.query[NUMBER])
        if not is_well_formed(number, NUMBER_LENGTH):
            return page(request, "citizen/join.html", wrong=True, status=422)
        raise web.HTTPSeeOther(link(request, "joined", number=number))

    async def show(self, request: web.Request) -> web.Response:
        """What will be asked, before the log-in."""
        asked = await self._asked(request)
        return _nowhere(request) if asked is None else self._form(request, asked, status=200, missing=False)

    async def start(self, request: web.Request) -> web.Response:
        """Start for who agreed, and send the browser to log in."""
        asked = await self._asked(request)
        if asked is None:
            return _nowhere(request)
        form = await request.post()
        purpose = self._purposes.get(asked.purpose)
        provider = self._providers.get(purpose, text(form, "method"))
        if text(form, "agree") != AGREED:
            return self._form(request, asked, status=422, missing=True)
        raise await self._starts.join(request, purpose, provider.tag, asked.call)

    async def _asked(self, request: web.Request) -> Asked | None:
        """Return what the address is for, or None when it leads nowhere (any more)."""
        await request.app[keys.LIMITS].spend(request, LOOKS)
        try:
            return await self._upgrades.find(request.match_info[NUMBER])
        except NotFoundError:
            return None

    def _form(self, request: web.Request, asked: Asked, *, status: int, missing: bool) -> web.Response:
        purpose = self._purposes.get(asked.purpose)
        more = {"missing": missing, "number": request.match_info[NUMBER]}
        return self._starts.form(request, "citizen/joined.html", purpose, status=status, **more)


def _nowhere(request: web.Request) -> web.Response:
    return page(request, "citizen/join.html", wrong=True, status=404)


def join_room(upgrades: Upgrades, starts: StartPages, purposes: Purposes, providers: Providers) -> Room:
    """Make the room of the short address."""
    pages = JoinPages(upgrades, starts, purposes, providers)
    one = PATH + "/{" + NUMBER + r":\d{6}}"
    return Room(
        name="join",
        routes=(
            get(PATH, pages.enter, Audience.PUBLIC, "join"),
            get(one, pages.show, Audience.PUBLIC, "joined"),
            post(one, pages.start, Audience.PUBLIC, "joined"),
        ),
    )
