"""The desktop: the page that an agent works on all day, its websocket, and the same without scripts.

Knows requests and answers. The page itself holds nothing of any call: that comes over the websocket, or, for
a browser without scripts, in a page that renews itself. Nothing in a request chooses whose call is shown.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from aiohttp import web
from babel.dates import format_datetime, format_time

from ivr.errors import NotFoundError, StoreError, UnwrittenError
from web import keys
from web.agent.access import ENTRY
from web.agent.ask import STEPS, Ask
from web.agent.picture import State, blank
from web.agent.staff import staff_page
from web.pages import link, words_of
from web.socket import open_socket

if TYPE_CHECKING:
    from datetime import tzinfo

    from web.agent.access import Entry
    from web.agent.identify import Identify
    from web.agent.picture import Picture
    from web.agent.reveal import Reveals
    from web.agent.screen import Watchers

RENEW_SECONDS: Final = 2
"""How often the page without scripts is read again: after a hangup it must not stay."""
SHOWN_SECONDS: Final = 4
"""How long it shows a masked value that was asked for, which it has only once."""


class Desktop:
    """The pages behind the log-in. ``zone``: in whose time moments are written; None is this machine's."""

    def __init__(self, watchers: Watchers, reveals: Reveals, identify: Identify, zone: tzinfo | None) -> None:
        self._watchers = watchers
        self._reveals = reveals
        self._identify = identify
        self._zone = zone

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The page that the script fills."""
        blanks = {state.value: blank(state, words_of(request)) for state in State}
        asks = [Ask("", step, "") for step in STEPS]
        shapes = {"blanks": blanks, "asks": asks, **self._identify.context(request)}
        return staff_page(request, "agent/desktop.html", **shapes)

    async def plain(self, request: web.Request) -> web.StreamResponse:
        """The call as it is now, without scripts; read again soon, since data must not outstay the call."""
        picture, _ = await self._watchers.look(request[ENTRY], words_of(request))
        return self._plain(request, picture, RENEW_SECONDS)

    async def shown(self, request: web.Request) -> web.StreamResponse:
        """The same with a masked value that was asked for; the call as it is, when it is another by now."""
        try:
            _, picture = await self._reveals.look(request)
        except NotFoundError:
            raise web.HTTPSeeOther(link(request, "agent-plain")) from None
        except (StoreError, UnwrittenError):
            picture = blank(State.UNAVAILABLE, words_of(request))
        return self._plain(request, picture, SHOWN_SECONDS)

    async def ticket(self, request: web.Request) -> web.StreamResponse:
        """A ticket for one websocket, good for this log-in only; it carries the language of the page."""
        ticket = request.app[keys.TICKETS].issue(_audience(request[ENTRY]), words_of(request).language)
        return web.json_response({"ticket": ticket})

    async def live(self, request: web.Request) -> web.StreamResponse:
        """The websocket: whole pictures, as long as the log-in lasts."""
        entry = request[ENTRY]
        socket, language = await open_socket(request, _audience(entry))
        await self._watchers.serve(socket, entry, request.app[keys.WORDS][language])
        return socket

    def _plain(self, request: web.Request, picture: Picture, seconds: int) -> web.StreamResponse:
        clock = partial(_clock, language=words_of(request).language, zone=self._zone)
        response = staff_page(request, "agent/plain.html", picture=picture, clock=clock)
        response.headers["Refresh"] = f"{seconds}; url={link(request, 'agent-plain')}"
        return response


def _clock(moment: float, *, language: str, zone: tzinfo | None) -> str:
    """Write a moment, with its date unless that is today."""
    then, now = datetime.fromtimestamp(moment, UTC).astimezone(zone), datetime.now(UTC).astimezone(zone)
    form = format_time if then.date() == now.date() else format_datetime
    return form(then, "short", tzinfo=then.tzinfo, locale=language)


def _audience(entry: Entry) -> str:
    """What a ticket is for: the screen of one log-in, so that nobody else's cookie goes with it."""
    return f"agent-screen/{entry.login}"
