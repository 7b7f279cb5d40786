"""The way in and out: the log-in page, log-out, and what is said while nobody can be known.

Knows who has been let in and how; by what they were known is `by_password`'s and `by_organisation`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web
from yarl import URL

from web import cookies, keys
from web.agent.organisation import STATUS, WORDS, told
from web.agent.picture import State, blank
from web.agent.places import landing
from web.agent.vouched import WAY
from web.pages import link, page, words_of

if TYPE_CHECKING:
    from web.agent.access import Gate
    from web.agent.organisation import Organisation
    from web.agent.person import Person

SAID: Final = "said"
"""In the query: why a log-in elsewhere gave nothing. Anybody can write it; it only picks words."""
AWAY_SECONDS: Final = 5
"""After so long the page that says "for now we cannot know you" tries again."""


class Doors:
    """Log-in, log-out, and the page for when nobody can be known."""

    def __init__(self, gate: Gate, organisation: Organisation | None) -> None:
        self._gate = gate
        self._organisation = organisation

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The log-in page, and why a log-in elsewhere gave nothing."""
        reason = told(request.query.get(SAID, ""))
        if reason is None:
            return self.page(request)
        said = words_of(request).gettext(WORDS[reason])
        return self.page(request, status=STATUS.get(reason, 403), error=said)

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """Log out in this browser. Works for whoever is out already."""
        return await self._leave(request, everywhere=False)

    async def leave_everywhere(self, request: web.Request) -> web.StreamResponse:
        """Log out in all browsers at once."""
        return await self._leave(request, everywhere=True)

    async def _leave(self, request: web.Request, *, everywhere: bool) -> web.StreamResponse:
        """At the organisation as well, for who came from there and if that is wanted."""
        login = await self._gate.leave(request, everywhere=everywhere)
        own = self._organisation
        address = await own.goodbye(self._front(request)) if own and login and login.way == WAY else ""
        if not own or not address:
            left = web.HTTPSeeOther(link(request, "agent-login"))
            cookies.drop(left, cookies.AGENT)
            raise left
        party = own.title(words_of(request).language)
        onward = page(request, "agent/onward.html", address=address, party=party, leaving=True)
        cookies.drop(onward, cookies.AGENT)
        return onward

    async def away(self, request: web.Request) -> web.StreamResponse:
        """Say that calls go on though we cannot know who this is; look again by itself."""
        picture = blank(State.UNAVAILABLE, words_of(request))
        response = page(request, "agent/away.html", status=503, picture=picture)
        response.headers["Refresh"] = f"{AWAY_SECONDS}; url={link(request, 'agent')}"
        return response

    async def let_in(self, request: web.Request, person: Person, way: str, language: str) -> web.HTTPSeeOther:
        """Log somebody in who is known by now; return what leads them to their work."""
        entered = web.HTTPSeeOther(link(request, landing(person), lang=language))
        await self._gate.enter(request, entered, person, way)
        return entered

    def page(
        self, request: web.Request, *, status: int = 200, name: str = "", error: str = ""
    ) -> web.Response:
        """Return the log-in page, with what went wrong."""
        own = self._organisation
        ways = {
            "party": own.title(words_of(request).language) if own else "",
            "passwords": not (own and own.only),
        }
        return page(request, "agent/login.html", status=status, name=name, error=error, **ways)

    def _front(self, request: web.Request) -> str:
        """The address of the log-in page, as other parties write it."""
        return str(request.app[keys.OPTIONS].public_url.join(URL(link(request, "agent-login"))))
