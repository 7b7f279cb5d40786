"""Logging in by OpenID Connect: itsme, a broker of DigiD, Keycloak, Entra ID. One `OpenIdConnect` a party.

Knows what a log-in is for, and what each word of the party (``acr``, claims) is worth here. The protocol is
`web.oidc`'s; whether what came back will do is judged where all log-ins are.

The browser goes to the party by a page of ours, which sends it on by itself, and not by the answer to the
form: a Content-Security-Policy that lets a form lead to the party would also have to name each further site
to which the party leads (a broker leads to DigiD, and that to an app).
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

import structlog
from yarl import URL

from ivr.errors import InputError, ProviderError
from ivr.session.attributes import Attributes, Identity, Level
from web.citizen.words import in_language
from web.identity.logins import STATE_SECONDS
from web.identity.refusal import Refusal
from web.oidc.answer import Answer
from web.oidc.claims import text
from web.oidc.request import Question
from web.pages import page
from web.route import Audience, get

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from aiohttp import web

    from ivr.session.purpose import Purpose
    from web.identity.logins import Login
    from web.identity.protocol import LoginRequest
    from web.identity.returns import Returns
    from web.oidc.claims import Path
    from web.oidc.party import Party, Proof
    from web.route import Route

Spend = Callable[[str, float], Awaitable[bool]]
"""Remember a name for so many seconds; true the first time, false ever after."""

REFUSALS: Final = {
    "access_denied": Refusal.CANCELLED,
    "unmet_authentication_requirements": Refusal.TOO_LOW,
}
"""What citizens are told of what a party answers; of all else, that logging in does not work now."""

NAMELESS: Final = ""
"""No page of ours links to these, and a name made of the operator's own could be any word."""

log = structlog.get_logger("web.identity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed with one party, as far as citizens go."""

    tag: str
    title: Mapping[str, str]
    levels: Mapping[str, Level]
    """What each ``acr`` is worth; what is not here is worth nothing."""
    acr_values: Mapping[Level, tuple[str, ...]]
    """What to ask for, by the level that is needed; those of `levels` that will do where it says nothing."""
    paths: Mapping[str, Path]
    """Where each attribute is."""


def path(tag: str) -> str:
    """Return the path of a party's page."""
    return f"/login/oidc/{tag}"


def return_path(tag: str) -> str:
    """Return the path to which a party sends browsers back: the party knows it, so it is in no language."""
    return f"{path(tag)}/return"


class OpenIdConnect:
    """Fits `web.identity.protocol.IdentityProvider`."""

    demo = False
    origins: tuple[str, ...] = ()  # none: see the top

    def __init__(self, terms: Terms, party: Party, returns: Returns, spend: Spend) -> None:
        self._terms = terms
        self._party = party
        self._returns = returns
        self._spend = spend

    @property
    def tag(self) -> str:
        """As the operator named it."""
        return self._terms.tag

    @property
    def level(self) -> Level:
        """The highest that it can give."""
        return max(self._terms.levels.values())

    def title(self, language: str) -> str:
        """As the operator calls it."""
        return in_language(self._terms.title, language)

    def routes(self) -> tuple[Route, ...]:
        """The page that sends the browser there, and the address to which it comes back."""
        return (
            get(path(self.tag), self._leave, Audience.CITIZEN, NAMELESS),
            get(return_path(self.tag), self._return, Audience.CITIZEN, NAMELESS, localized=False),
        )

    async def begin(self, login: LoginRequest) -> str:
        """Return the address of our own page."""
        return str(URL.build(path=f"/{login.language}{path(self.tag)}", query={"state": login.state}))

    def running(self) -> AbstractAsyncContextManager[object]:
        """Hold the connections; nothing is asked before somebody logs in."""
        return self._party.running()

    async def _leave(self, request: web.Request) -> web.Response:
        state = request.query.get("state", "")
        login = self._login(request, state)
        try:
            address = await self._party.address(self._question(login, state))
        except ProviderError as error:
            await self._failed(request, login, error)
        return page(request, "citizen/onward.html", address=address, party=self.title(login.language))

    async def _return(self, request: web.Request) -> NoReturn:
        answer = Answer.of(request.query)
        login = self._login(request, answer.state)
        if not await self._spend(_name(answer.state), STATE_SECONDS):
            await self._returns.failed(request, login, Refusal.LATE)
        try:
            proof = await self._party.redeem(answer, self._question(login, answer.state))
            identity = self._identity(login.purpose, proof)
        except ProviderError as error:
            await self._failed(request, login, error)
        await self._returns.finished(request, login, identity)

    def _login(self, request: web.Request, state: str) -> Login:
        login = self._returns.login(request, state)
        if login.method != self.tag:
            raise InputError("this log-in was begun by another method")
        return login

    async def _failed(self, request: web.Request, login: Login, error: ProviderError) -> NoReturn:
        log.warning("login.provider_failed", provider=self.tag, session=login.session, reason=error.reason)
        await self._returns.failed(request, login, REFUSALS.get(error.reason, Refusal.UNAVAILABLE))

    def _question(self, login: Login, state: str) -> Question:
        needed = login.purpose.minimum
        enough = tuple(acr for acr, level in self._terms.levels.items() if level >= needed)
        return Question(
            state=state,
            language=login.language,
            acr_values=self._terms.acr_values.get(needed) or enough,
            acr_needed=enough,
            wanted=tuple(self._paths(login.purpose).values()),
        )

    def _identity(self, purpose: Purpose, proof: Proof) -> Identity:
        """Take the purpose's attributes and no more; what is absent is for the judge."""
        found = {name: text(proof.claims, place) for name, place in self._paths(purpose).items()}
        try:
            attributes = Attributes({name: value for name, value in found.items() if value})
        except InputError:
            raise ProviderError("a claim is no text of a reasonable length", reason="claims") from None
        return Identity(attributes, self._terms.levels.get(proof.acr, Level.NONE), self.tag, proof.at)

    def _paths(self, purpose: Purpose) -> dict[str, Path]:
        names = (name for name in purpose.attribute_names if name in self._terms.paths)
        return {name: self._terms.paths[name] for name in names}


def _name(state: str) -> str:
    """Name a state in the store, in few and plain signs."""
    return f"login.{hashlib.sha256(state.encode()).hexdigest()}"
