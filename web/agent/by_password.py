"""Coming in by name and password, and by a code where one is asked. Knows them for one request only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import web
from yarl import URL

from ivr.errors import NotFoundError, TooOftenError
from ivr.session.attributes import Secret
from web import cookies, keys
from web.agent.doors import SAID
from web.agent.second import HALF_SECONDS
from web.agent.vouched import Refusal
from web.pages import link, page, words_of
from web.ratelimit import Rule

if TYPE_CHECKING:
    from web.agent.accounts import Accounts
    from web.agent.doors import Doors
    from web.agent.person import Person
    from web.agent.second import Half, SecondFactor

MAX_NAME: Final = 40
MAX_CODE: Final = 20
WAY: Final = "password"
"""How somebody came in by one."""
ANY: Final = Rule(name="agent-login", per_client="120/minute")
"""Log-ins from one address: a whole office may stand behind it at half past eight."""
CODES: Final = Rule(name="agent-code", per_client="20/hour")
"""Codes for one account, from anywhere, by whoever has its password: only they can use this up."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")

log = structlog.get_logger()


def for_name(name: str) -> Rule:
    """Log-ins with one name, from one address. Nothing is counted for a name alone.

    So guessing keeps nobody out who is elsewhere, however many take part in it.
    """
    known = name if _NAME.fullmatch(name) else "-"
    return Rule(name=f"agent-login/{known}", per_client="8/minute")


class ByPassword:
    """The form with name and password, and the page that asks for a code."""

    def __init__(self, doors: Doors, accounts: Accounts, second: SecondFactor) -> None:
        self._doors = doors
        self._accounts = accounts
        self._second = second

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Log in, ask for a code, or show the page again. It never says which of the two was wrong."""
        form = await request.post()
        name, password = _text(form.get("name")).strip().lower(), _text(form.get("password"))
        try:
            for rule in (ANY, for_name(name)):
                await request.app[keys.LIMITS].spend(request, rule)
            person = await self._accounts.authenticate(name, password)
        except TooOftenError as error:
            return self._too_often(request, name, error.seconds)
        if self._second.is_asked_of(self._accounts.record(name)):
            raise await self._half_way(request, name[:MAX_NAME], person)
        if person is None:
            said = words_of(request).gettext("This name and password do not go together.")
            return self._wrong(request, name, said)
        raise await self._doors.let_in(request, person, WAY, words_of(request).language)

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """The page that asks for the code: the same, whatever name and password were."""
        if not cookies.read(request, cookies.AGENT_CODE):
            raise web.HTTPSeeOther(link(request, "agent-login"))
        return page(request, "agent/code.html")

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """Take the code, and judge all three together. Half a log-in is good for one code."""
        code = _text((await request.post()).get("code"))[:MAX_CODE]
        token = Secret(cookies.read(request, cookies.AGENT_CODE) or "")
        try:
            half = await self._second.take(token)
        except NotFoundError:
            late = URL(link(request, "agent-login")).with_query({SAID: Refusal.LATE.value})
            raise web.HTTPSeeOther(late) from None
        person = await self._proven(request, half, code)
        if person is None:
            said = words_of(request).gettext("This name, password and code do not go together.")
            response = self._wrong(request, half.name, said)
            cookies.drop(response, cookies.AGENT_CODE)
            return response
        entered = await self._doors.let_in(request, person, WAY, words_of(request).language)
        cookies.drop(entered, cookies.AGENT_CODE)
        raise entered

    async def _half_way(self, request: web.Request, name: str, person: Person | None) -> web.HTTPSeeOther:
        token = await self._second.begin(name, person)
        onward = web.HTTPSeeOther(link(request, "agent-code"))
        cookies.put(onward, cookies.AGENT_CODE, token.reveal(), seconds=HALF_SECONDS)
        return onward

    async def _proven(self, request: web.Request, half: Half, code: str) -> Person | None:
        """Return who it is, if the password was theirs, the account is as it was, and the code is right."""
        record = self._accounts.record(half.name)
        if record is None or record.id != half.account:
            return None
        try:
            await request.app[keys.LIMITS].spend(request, CODES, whose=record.name)
        except TooOftenError:
            log.warning("agent.codes_limited", agent=record.name)  # not said: it would tell of the password
            return None
        if not await self._second.is_right(record, code):
            return None
        if renewed := self._second.renewed(record):
            await self._accounts.keep(record, totp=renewed)
        return record.to_person()

    def _wrong(self, request: web.Request, name: str, said: str) -> web.Response:
        log.info("agent.refused", reason="wrong")
        return self._doors.page(request, status=403, name=name[:MAX_NAME], error=said)

    def _too_often(self, request: web.Request, name: str, seconds: int) -> web.Response:
        said = words_of(request).gettext("Too many attempts. Wait a minute and then try again.")
        response = self._doors.page(request, status=429, name=name[:MAX_NAME], error=said)
        response.headers["Retry-After"] = str(seconds)
        return response


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
