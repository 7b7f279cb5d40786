"""Who is at the screen: a log-in that is there now, of an account that is as it was when they logged in.

Knows the cookie, log-ins, accounts, and which role a page asks for. Asked on every request, and by every open
screen before each look.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import web

from ivr.errors import AnonymousError, RoleError, StoreError
from ivr.session.attributes import Secret
from web import cookies, keys
from web.agent.person import Agent, Role
from web.agent.places import DESKTOP, landing
from web.agent.vouched import WAY, remembered
from web.pages import link
from web.route import Audience

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.store.logins import Login, Logins
    from web.agent.accounts import Accounts
    from web.agent.person import Person
    from web.route import Guard

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who is logged in, and by which log-in."""

    person: Person
    login: str
    token: Secret


@dataclass(frozen=True, slots=True)
class Entry:
    """An agent who is logged in, and by which log-in."""

    agent: Agent
    login: str
    token: Secret


VISIT: web.RequestKey[Visit] = web.RequestKey("VISIT", Visit)
"""Who asks; there on every route behind the log-in."""
ENTRY: web.RequestKey[Entry] = web.RequestKey("ENTRY", Entry)
"""Which agent asks; there on every route for agents, and on no other."""
ROLES: Final = {Audience.AGENT: Role.AGENT, Audience.LEADER: Role.LEADER, Audience.OPERATOR: Role.OPERATOR}
"""Which role an audience is. `Audience.STAFF` is everybody's."""


class Gate:
    """Lets agents in and out."""

    def __init__(self, accounts: Accounts, logins: Logins, *, vouches: bool = False) -> None:
        """``vouches``: whether the organisation's OpenID Connect says what people may do here."""
        self._accounts = accounts
        self._logins = logins
        self._vouches = vouches

    @property
    def guards(self) -> Mapping[Audience, Guard]:
        """Before each route of ours."""
        return {Audience.STAFF: self.guard} | {
            audience: partial(self._guard_role, role) for audience, role in ROLES.items()
        }

    async def guard(self, request: web.Request) -> None:
        """Let in who is logged in. A page leads others to the log-in, or away while nobody can be known.

        Raises:
            AnonymousError: nobody is logged in, and it is not a page that was asked.
            StoreError: it cannot be known, and it is not a page that was asked.

        """
        try:
            request[VISIT] = await self.who(_token(request))
        except AnonymousError:
            if _is_page(request):
                raise web.HTTPSeeOther(link(request, "agent-login")) from None
            raise
        except StoreError:
            if _is_page(request):
                raise web.HTTPSeeOther(link(request, "agent-away")) from None
            raise

    async def _guard_role(self, role: Role, request: web.Request) -> None:
        """Let in who may act as this role; raise as `guard`, and RoleError."""
        await self.guard(request)
        visit = request[VISIT]
        if not visit.person.may_act_as(role):
            _lead_away(request, visit.person)
            raise RoleError(f"this is for the role {role}")
        if role is Role.AGENT and isinstance(visit.person, Agent):
            request[ENTRY] = Entry(visit.person, visit.login, visit.token)

    async def agent(self, token: Secret) -> Agent:
        """Return the agent whose log-in this is now; raise as `who`."""
        person = (await self.who(token)).person
        if not isinstance(person, Agent):
            raise AnonymousError("the account has no phone any more")
        return person

    async def who(self, token: Secret | None) -> Visit:
        """Return whose log-in this is now.

        Raises:
            AnonymousError: it is over, or its account is gone or is another by now.
            StoreError: it cannot be known.
            SettingsError: the file of accounts is not right.

        """
        login = await self._logins.seen(token) if token else None
        if token is None or login is None:
            raise AnonymousError("the log-in is over")
        stands = self._vouches or not login.roles
        person = remembered(login, self._accounts.find) if stands else None
        if person is None or (person.account, person.phone) != (login.account, login.member):
            await self._logins.leave(token)
            raise AnonymousError("the account is not as it was")
        return Visit(person, login.id, token)

    async def enter(
        self, request: web.Request, response: web.StreamResponse, person: Person, way: str
    ) -> None:
        """Log somebody in in this browser, with a token that nobody had before."""
        await self.leave(request)
        member = person.member if isinstance(person, Agent) else None
        roles, shown = (person.roles, person.display_name) if self._vouches and way == WAY else ((), "")
        token = await self._logins.enter(
            person.name, person.account, member, way=way, roles=roles, display_name=shown
        )
        cookies.put(response, cookies.AGENT, token.reveal())
        log.info("agent.entered", agent=person.name, method=way)

    async def leave(self, request: web.Request, *, everywhere: bool = False) -> Login | None:
        """Log this browser out: its log-in is gone from the store, its open screens go blank. Return it.

        ``everywhere``: so are all others of the same account, in whatever browsers.
        """
        token = _token(request)
        login = await self._logins.seen(token) if token else None
        if login and everywhere:
            await self._logins.end(login.account, login.member)
            log.info("agent.ended", agent=login.agent)
        if token:
            await self._logins.leave(token)
        return login


def _token(request: web.Request) -> Secret | None:
    token = cookies.read(request, cookies.AGENT)
    return Secret(token) if token else None


def _lead_away(request: web.Request, person: Person) -> None:
    """Lead whoever asked for a page of another role on; the first address that all are told, to their own."""
    if not _is_page(request):
        return
    route = request.app[keys.ROUTES][request.match_info.route].name
    raise web.HTTPSeeOther(link(request, landing(person) if route == DESKTOP.route else "agent-others"))


def _is_page(request: web.Request) -> bool:
    return request.method in {"GET", "HEAD"} and "Upgrade" not in request.headers
