"""The desktop: the page that an agent works on all day, its websocket, and the same without scripts.

Knows requests and answers. The page itself holds nothing of any call: that comes over the websocket, or, for
a browser without scripts, in a page that renews itself. Nothing in a request chooses whose call is shown. Of
all windows that an agent has open, the newest shows it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from babel.dates import format_datetime, format_time

from ivr.errors import ElsewhereError, NotFoundError, StoreError, UnwrittenError
from web import keys
from web.agent.access import ENTRY
from web.agent.ask import STEPS, Ask
from web.agent.opened import FIELD, TAKE, newly_opened, opened
from web.agent.picture import State, blank
from web.agent.staff import staff_page
from web.agent.stance import SAID, said_in
from web.pages import link, words_of
from web.socket import open_socket

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from web.agent.access import Entry
    from web.agent.floor import Floor
    from web.agent.identify import Identify
    from web.agent.opened import Opened
    from web.agent.phone import Telephone
    from web.agent.picture import Picture
    from web.agent.reveal import Reveals
    from web.agent.screen import Watchers
    from web.i18n import Words

RENEW_SECONDS: Final = 2
"""How often the page without scripts is read again: after a hangup it must not stay."""
SHOWN_SECONDS: Final = 4
"""How long it shows a masked value that was asked for, which it has only once."""


class Desktop:
    """The pages behind the log-in. ``zone``: in whose time moments are written; None is this machine's."""

    def __init__(
        self,
        watchers: Watchers,
        reveals: Reveals,
        identify: Identify,
        floor: Floor,
        *,
        zone: tzinfo | None,
        telephone: Telephone | None = None,
    ) -> None:
        self._floor = floor
        self._watchers = watchers
        self._reveals = reveals
        self._identify = identify
        self._zone = zone
        self._telephone = telephone

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The page that the script fills."""
        blanks = {state.value: blank(state, words_of(request)) for state in State}
        asks = [Ask("", step, "") for step in STEPS]
        shapes = {"blanks": blanks, "asks": asks, **self._identify.context(request)}
        shapes |= self._floor.words(words_of(request))
        phone = self._telephone.context(request) if self._telephone else {}
        return staff_page(request, "agent/desktop.html", screen="", phone=phone, **shapes)

    async def plain(self, request: web.Request) -> web.StreamResponse:
        """The call as it is now, without scripts; read again soon, since data must not outstay the call.

        A window that has no name yet was opened just now: it takes over from the others.
        """
        entry, words = request[ENTRY], words_of(request)
        if FIELD in request.query:
            window = opened(entry, request.query)
        else:
            window = newly_opened(entry)
            try:
                await self._watchers.take(entry, window)
            except StoreError:
                return await self._plain(request, blank(State.UNAVAILABLE, words), None, RENEW_SECONDS)
        picture = (await self._watchers.look(entry, window, words)).picture
        return await self._plain(request, picture, window, RENEW_SECONDS)

    async def shown(self, request: web.Request) -> web.StreamResponse:
        """The same with a masked value that was asked for; the call as it is, when it is another by now."""
        window = opened(request[ENTRY], await request.post())
        try:
            _, picture = await self._reveals.look(request)
        except (ElsewhereError, NotFoundError):
            raise web.HTTPSeeOther(window.on(link(request, "agent-plain"))) from None
        except (StoreError, UnwrittenError):
            picture = blank(State.UNAVAILABLE, words_of(request))
        return await self._plain(request, picture, window, SHOWN_SECONDS)

    async def ticket(self, request: web.Request) -> web.StreamResponse:
        """A ticket for one websocket, good for this log-in only; it carries window and language of the page.

        A page that names no window of its own is taken for a new one.
        """
        form, entry = await request.post(), request[ENTRY]
        window = opened(entry, form) if FIELD in form else newly_opened(entry)
        take = TAKE in form or FIELD not in form
        subject = f"{words_of(request).language} {window.id} {TAKE if take else ''}"
        return web.json_response({"ticket": request.app[keys.TICKETS].issue(_audience(entry), subject)})

    async def live(self, request: web.Request) -> web.StreamResponse:
        """The websocket: whole pictures, as long as log-in and window last."""
        entry = request[ENTRY]
        socket, subject = await open_socket(request, _audience(entry))
        language, name, take = subject.split(" ")
        window = opened(entry, {FIELD: name})
        if take:
            await self._watchers.take(entry, window)
        await self._watchers.serve(socket, entry, window, request.app[keys.WORDS][language])
        return socket

    async def _plain(
        self, request: web.Request, picture: Picture, window: Opened | None, seconds: int
    ) -> web.StreamResponse:
        clock = partial(_clock, language=words_of(request).language, zone=self._zone)
        here = window if picture.state is not State.ELSEWHERE else None
        floor = await self._floor_of(request, clock) if here else {}
        name = window.id if window else ""
        response = staff_page(
            request, "agent/plain.html", picture=picture, clock=clock, screen=name, here=here, **floor
        )
        if picture.state is not State.ELSEWHERE:
            again = link(request, "agent-plain")
            response.headers["Refresh"] = f"{seconds}; url={window.on(again) if window else again}"
        return response

    async def _floor_of(self, request: web.Request, clock: Callable[[float], str]) -> dict[str, Any]:
        """Return what the page is told of the floor."""
        words = words_of(request)
        own, queues, now = await self._floor.look(request[ENTRY], words.language)
        waited = partial(_lasting, words, now)
        return {
            "own": own,
            "own_time": waited(2 * now - own.until) if own.until else clock(own.since),
            "queues": queues,
            "waited": waited,
            "wrong": said_in(request.query.get(SAID, ""), words),
            **self._floor.words(words),
        }


def _lasting(words: Words, now: float, since: float) -> str:
    """Say for how long something lasts, in whole minutes."""
    minutes = max(0, int(now - since)) // 60
    if not minutes:
        return words.gettext("less than a minute")
    return words.ngettext("%(count)s minute", "%(count)s minutes", minutes)


def _clock(moment: float, *, language: str, zone: tzinfo | None) -> str:
    """Write a moment, with its date unless that is today."""
    then, now = datetime.fromtimestamp(moment, UTC).astimezone(zone), datetime.now(UTC).astimezone(zone)
    form = format_time if then.date() == now.date() else format_datetime
    return form(then, "short", tzinfo=then.tzinfo, locale=language)


def _audience(entry: Entry) -> str:
    """What a ticket is for: the screen of one log-in, so that nobody else's cookie goes with it."""
    return f"agent-screen/{entry.login}"
