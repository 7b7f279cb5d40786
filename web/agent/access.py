"""Who is at the screen: a log-in that is there now, of an account that is as it was when they logged in.

Knows the cookie, log-ins and accounts. Asked on every request, and by every open screen before each look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from ivr.errors import AnonymousError, StoreError
from ivr.session.attributes import Secret
from web import cookies
from web.pages import link

if TYPE_CHECKING:
    from ivr.store.logins import Logins
    from web.agent.accounts import Accounts, Agent

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Entry:
    """An agent who is logged in, and by which log-in."""

    agent: Agent
    login: str
    token: Secret


ENTRY: web.RequestKey[Entry] = web.RequestKey("ENTRY", Entry)
"""Who asks; there on every route for agents."""


class Gate:
    """Lets agents in and out."""

    def __init__(self, accounts: Accounts, logins: Logins) -> None:
        self._accounts = accounts
        self._logins = logins

    async def guard(self, request: web.Request) -> None:
        """Let in who is logged in. A page leads others to the log-in, or away while nobody can be known.

        Raises:
            AnonymousError: nobody is logged in, and it is not a page that was asked.
            StoreError: it cannot be known, and it is not a page that was asked.

        """
        try:
            request[ENTRY] = await self.who(_token(request))
        except AnonymousError:
            if _is_page(request):
                raise web.HTTPSeeOther(link(request, "agent-login")) from None
            raise
        except StoreError:
            if _is_page(request):
                raise web.HTTPSeeOther(link(request, "agent-away")) from None
            raise

    async def who(self, token: Secret | None) -> Entry:
        """Return whose log-in this is now.

        Raises:
            AnonymousError: it is over, or its account is gone or is another by now.
            StoreError: it cannot be known.
            SettingsError: the file of accounts is not right.

        """
        login = await self._logins.seen(token) if token else None
        if token is None or login is None:
            raise AnonymousError("the log-in is over")
        agent = self._accounts.find(login.agent)
        if agent is None or (agent.account, str(agent.member)) != (login.account, login.member):
            await self._logins.leave(token)
            raise AnonymousError("the account is not as it was")
        return Entry(agent, login.id, token)

    async def enter(self, request: web.Request, response: web.StreamResponse, agent: Agent) -> None:
        """Log the agent in in this browser, with a token that nobody had before."""
        await self._leave(request)
        token = await self._logins.enter(agent.name, agent.account, agent.member)
        cookies.put(response, cookies.AGENT, token.reveal())
        log.info("agent.entered", agent=agent.name)

    async def leave(self, request: web.Request, response: web.StreamResponse) -> None:
        """Log this browser out: its log-in is gone from the store, and its open screens go blank."""
        await self._leave(request)
        cookies.drop(response, cookies.AGENT)

    async def _leave(self, request: web.Request) -> None:
        token = _token(request)
        if token is not None:
            await self._logins.leave(token)


def _token(request: web.Request) -> Secret | None:
    token = cookies.read(request, cookies.AGENT)
    return Secret(token) if token else None


def _is_page(request: web.Request) -> bool:
    return request.method in {"GET", "HEAD"} and "Upgrade" not in request.headers
