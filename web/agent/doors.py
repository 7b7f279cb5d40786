"""The pages by which an agent comes in and goes out. Knows names and passwords for one request only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import web

from ivr.errors import TooOftenError
from web import keys
from web.agent.picture import State, blank
from web.agent.places import landing
from web.pages import link, page, words_of
from web.ratelimit import Rule

if TYPE_CHECKING:
    from web.agent.access import Gate
    from web.agent.accounts import Accounts

MAX_NAME: Final = 40
AWAY_SECONDS: Final = 5
"""After so long the page that says "for now we cannot know you" tries again."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
ANY: Final = Rule(name="agent-login", per_client="120/minute", everyone="1200/minute")
"""Log-ins from one address: a whole office may stand behind it at half past eight."""

log = structlog.get_logger()


def for_name(name: str) -> Rule:
    """Log-ins with one name, from one address: guessing here keeps nobody out who is elsewhere."""
    known = name if _NAME.fullmatch(name) else "-"
    return Rule(name=f"agent-login/{known}", per_client="8/minute", everyone="1200/minute")


class Doors:
    """Log-in, log-out, and the page for when nobody can be known."""

    def __init__(self, gate: Gate, accounts: Accounts) -> None:
        self._gate = gate
        self._accounts = accounts

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The log-in page."""
        return page(request, "agent/login.html", name="", error="")

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Log in, or show the page again. It never says which of name and password was wrong."""
        words = words_of(request)
        form = await request.post()
        name, password = _text(form.get("name")).strip().lower(), _text(form.get("password"))
        try:
            for rule in (ANY, for_name(name)):
                await request.app[keys.LIMITS].spend(request, rule)
            person = await self._accounts.authenticate(name, password)
        except TooOftenError as error:
            said = words.gettext("Too many attempts. Wait a minute and then try again.")
            response = page(request, "agent/login.html", status=429, name=name[:MAX_NAME], error=said)
            response.headers["Retry-After"] = str(error.seconds)
            return response
        if person is None:
            log.info("agent.refused")
            said = words.gettext("This name and password do not go together.")
            return page(request, "agent/login.html", status=403, name=name[:MAX_NAME], error=said)
        entered = web.HTTPSeeOther(link(request, landing(person)))
        await self._gate.enter(request, entered, person)
        raise entered

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """Log out. Works for whoever is out already."""
        left = web.HTTPSeeOther(link(request, "agent-login"))
        await self._gate.leave(request, left)
        raise left

    async def away(self, request: web.Request) -> web.StreamResponse:
        """Say that calls go on though we cannot know who this is; look again by itself."""
        picture = blank(State.UNAVAILABLE, words_of(request))
        response = page(request, "agent/away.html", status=503, picture=picture)
        response.headers["Refresh"] = f"{AWAY_SECONDS}; url={link(request, 'agent')}"
        return response


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
