"""Logging in at the organisation's own OpenID Connect, instead of by a password of ours.

Knows the way there and back. The protocol is `web.oidc`'s, who comes in by it is `vouched`'s. A log-in that
is under way is a single-use ticket, which the browser that began it keeps in a cookie: whoever brings another
browser's answer (login CSRF), or an answer for the second time, is nobody.

The browser goes there by a page of ours, and not by the answer to a form: see `web.identity.oidc`.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from ivr.errors import AnonymousError, ProviderError
from web import cookies, keys
from web.agent.vouched import Refusal, judge
from web.i18n import mark
from web.oidc.answer import Answer
from web.oidc.request import Question
from web.pages import page, words_of
from web.ratelimit import Rule

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from aiohttp import web

    from web.agent.accounts import Accounts
    from web.agent.person import Person
    from web.agent.vouched import Terms
    from web.oidc.party import Party

STATE_SECONDS: Final = 600
"""The longest that logging in there may take."""
AUDIENCE: Final = "agent-login"
RETURN_PATH: Final = "/agent/login/return"
"""To which the provider sends browsers back: it knows this, so it is in no language."""
RULE: Final = Rule(name="agent-organisation", per_client="120/minute")

log = structlog.get_logger()

WORDS: Final = {
    Refusal.LATE: mark("This log-in is over, or was begun in another window. Begin again."),
    Refusal.CANCELLED: mark("You stopped logging in."),
    Refusal.UNAVAILABLE: mark("Logging in with this account does not work now. Try again in a minute."),
    Refusal.WEAK: mark("The way in which you logged in there is not safe enough here. Choose another one."),
    Refusal.UNKNOWN: mark("You are not known here yet. Ask whoever looks after the accounts."),
    Refusal.IDLE: mark("There is nothing here for you to do. Ask whoever looks after the accounts."),
}
STATUS: Final = {Refusal.LATE: 400, Refusal.UNAVAILABLE: 503}
"""Of the page that says so; 403 for all others."""


@dataclass(frozen=True, slots=True)
class Came:
    """What a browser that comes back has brought."""

    language: str
    who: Person | Refusal


class Organisation:
    """The organisation's provider, to who works here."""

    def __init__(self, terms: Terms, party: Party, accounts: Accounts, *, only: bool, logout: bool) -> None:
        self._terms = terms
        self._party = party
        self._accounts = accounts
        self.only = only
        """Nobody comes in by a password of ours."""
        self._logout = logout

    @property
    def vouches(self) -> bool:
        """Whether it says what people may do, so that some come in without an account."""
        return bool(self._terms.roles_at)

    def title(self, language: str) -> str:
        """What people call an account there."""
        return self._terms.title.get(language) or next(iter(self._terms.title.values()))

    def running(self) -> AbstractAsyncContextManager[None]:
        """Hold the connections; nothing is asked before somebody logs in."""
        return self._party.running()

    async def leave(self, request: web.Request) -> web.Response:
        """The page that sends the browser there. Raise ProviderError when there is no way there now."""
        await request.app[keys.LIMITS].spend(request, RULE)
        language = words_of(request).language
        state = request.app[keys.TICKETS].issue(AUDIENCE, language, STATE_SECONDS)
        address = await self._party.address(self._question(state, language))
        party = self.title(language)
        response = page(request, "agent/onward.html", address=address, party=party, leaving=False)
        cookies.put(response, cookies.AGENT_LOGIN, state, seconds=STATE_SECONDS)
        return response

    async def come_back(self, request: web.Request) -> Came:
        """Return who is back. The provider is asked only about a log-in that this browser began, once."""
        await request.app[keys.LIMITS].spend(request, RULE)
        answer = Answer.of(request.query)
        state = cookies.read(request, cookies.AGENT_LOGIN) or ""
        if not state or not hmac.compare_digest(
            state.encode("utf-8", "surrogatepass"), answer.state.encode()
        ):
            return Came(words_of(request).language, Refusal.LATE)
        try:
            language = await request.app[keys.TICKETS].redeem(state, AUDIENCE)
        except AnonymousError:
            return Came(words_of(request).language, Refusal.LATE)
        try:
            proof = await self._party.redeem(answer, self._question(state, language))
        except ProviderError as error:
            return Came(language, failed(error))
        return Came(language, judge(self._terms, proof, self._accounts.known_as))

    async def goodbye(self, back: str) -> str:
        """Return where to log out there as well; empty if that is not wanted, or not possible now."""
        try:
            return await self._party.goodbye(back) if self._logout else ""
        except ProviderError as error:
            failed(error)
            return ""

    def _question(self, state: str, language: str) -> Question:
        acr, wanted = self._terms.acr, self._terms.wanted
        return Question(state=state, language=language, acr_values=acr, acr_needed=acr, wanted=wanted)


def failed(error: ProviderError) -> Refusal:
    """Write down why a provider gave nothing; return what is told of it."""
    log.warning("agent.provider_failed", reason=error.reason)
    return Refusal.CANCELLED if error.reason == "access_denied" else Refusal.UNAVAILABLE


def told(reason: str) -> Refusal | None:
    """Return which reason a word in an address stands for, if any; anybody can write one there."""
    return next((each for each in Refusal if each == reason), None)
