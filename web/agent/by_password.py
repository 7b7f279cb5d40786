"""Coming in by name and password. Knows both for one request only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import structlog

from ivr.errors import TooOftenError
from web import keys
from web.pages import words_of
from web.ratelimit import Rule

if TYPE_CHECKING:
    from aiohttp import web

    from web.agent.accounts import Accounts
    from web.agent.doors import Doors

MAX_NAME: Final = 40
WAY: Final = "password"
"""How somebody came in by one."""
ANY: Final = Rule(name="agent-login", per_client="120/minute")
"""Log-ins from one address: a whole office may stand behind it at half past eight."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")

log = structlog.get_logger()


def for_name(name: str) -> Rule:
    """Log-ins with one name, from one address. Nothing is counted for a name alone.

    So guessing keeps nobody out who is elsewhere, however many take part in it.
    """
    known = name if _NAME.fullmatch(name) else "-"
    return Rule(name=f"agent-login/{known}", per_client="8/minute")


class ByPassword:
    """The form with name and password."""

    def __init__(self, doors: Doors, accounts: Accounts) -> None:
        self._doors = doors
        self._accounts = accounts

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
            response = self._doors.page(request, status=429, name=name[:MAX_NAME], error=said)
            response.headers["Retry-After"] = str(error.seconds)
            return response
        if person is None:
            log.info("agent.refused")
            said = words.gettext("This name and password do not go together.")
            return self._doors.page(request, status=403, name=name[:MAX_NAME], error=said)
        raise await self._doors.let_in(request, person, WAY, words.language)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
