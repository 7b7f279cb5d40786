"""The way in from another front end: a link that leads one browser here to log in, and back.

The front end asks for the link; the browser that opens it sees who sent it, what is asked and why, and only
with the press of a button does it get a session of its own. So reading the link changes nothing, the link
works once, and the log-in stays with the browser that begins it. Where it goes back to is in the operator's
list, letter by letter.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from aiohttp import web
from yarl import URL

from ivr.errors import AnonymousError, ClosedError, NotFoundError
from ivr.session.attributes import Secret
from web import keys
from web.api import bodies
from web.api.way_back import Return
from web.citizen.form import text
from web.citizen.words import in_language
from web.identity.returns import CALL
from web.language import language_of
from web.pages import link, page
from web.ratelimit import Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.session.purpose import Purpose
    from ivr.store.notes import Notes
    from web.api.way_back import WayBack
    from web.citizen.room import CitizenParts
    from web.identity.protocol import IdentityProvider

PAGE: Final = "hand-over"
PATH: Final = "/login/from/{note}"
LINK_SECONDS: Final = 300
"""From the front end's call to the button: following the link, and reading what is asked."""
EVERYBODY: Final = 100  # so many times what one address may ask for, all addresses together may


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a front end asked for one browser."""

    purpose: str
    method: str
    """Empty: the citizen chooses."""
    url: str
    challenge: str
    state: str


class Entrance:
    """Hands out links, and is the page behind them."""

    def __init__(
        self,
        parts: CitizenParts,
        way_back: WayBack,
        notes: Callable[[str, int], Notes],
        *,
        return_urls: frozenset[str],
        per_minute: int,
    ) -> None:
        self._parts = parts
        self._purposes, self._providers = parts.board.purposes, parts.board.providers
        self._way_back = way_back
        self._links = notes(PAGE, LINK_SECONDS)
        self._return_urls = return_urls
        self._rule = Rule(
            name="api-start", per_client=f"{per_minute}/minute", everyone=f"{per_minute * EVERYBODY}/minute"
        )

    async def create(self, request: web.Request) -> web.Response:
        """``POST /v1/login-requests``: a link for one citizen's browser."""
        body = await bodies.read(request, bodies.LoginRequestBody)
        if body.return_url not in self._return_urls:
            raise bodies.wrong("returnUrl", "is not in the operator's list")
        await self._check(body)
        await request.app[keys.LIMITS].spend(request, self._rule)
        asked = HandOver(body.purpose, body.method, body.return_url, body.code_challenge, body.state)
        name = await self._links.leave(json.dumps(asdict(asked)))
        here = link(request, PAGE, lang=body.language or language_of(request), note=name.reveal())
        url = str(request.app[keys.OPTIONS].public_url.origin().join(URL(here)))
        return web.json_response({"url": url, "secondsLeft": LINK_SECONDS}, status=201)

    async def show(self, request: web.Request) -> web.Response:
        """Show the page behind a link. Nothing happens yet: whatever fetches links ahead does no harm."""
        try:
            asked = _read(await self._links.read(_name(request)))
        except NotFoundError:
            await self._onward(request)
            raise
        purpose, language = self._purposes.get(asked.purpose), language_of(request)
        self._providers.allow_forms(request, purpose)
        return page(
            request,
            "citizen/hand_over.html",
            note=_name(request).reveal(),
            sender=URL(asked.url).host,
            title=in_language(purpose.title, language),
            why=in_language(purpose.why, language),
            labels=[in_language(spec.label, language) for spec in purpose.attributes],
            methods=[(way.tag, way.title(language)) for way in self._ways(purpose, asked.method)],
        )

    async def enter(self, request: web.Request) -> web.Response:
        """Take the link, give this browser a session and send it to log in."""
        method = text(await request.post(), "method")
        asked = _read(await self._links.read(_name(request)))
        purpose = self._purposes.get(asked.purpose)
        if method not in {way.tag for way in self._ways(purpose, asked.method)}:
            raise NotFoundError("this link has no such login method")
        await self._links.take(_name(request))  # of two who press at once, one goes on
        answer, started = await self._parts.starts.begin(request, purpose, method)
        await self._way_back.remember(answer, Return(started.id, asked.url, asked.challenge, asked.state))
        raise answer

    async def _check(self, body: bodies.LoginRequestBody) -> None:
        try:
            purpose = self._purposes.get(body.purpose)
        except NotFoundError:
            raise bodies.wrong("purpose", "there is no such purpose") from None
        if not self._ways(purpose, body.method):
            raise bodies.wrong("method", "this purpose has no such method")
        if (await self._parts.board.reception.of(purpose)).stops:
            raise ClosedError("nobody is there for this purpose now")

    def _ways(self, purpose: Purpose, method: str) -> list[IdentityProvider]:
        return [way for way in self._providers.allowed(purpose) if method in {"", way.tag}]

    async def _onward(self, request: web.Request) -> None:
        """Who comes back to a link that they used themselves goes on with what they began."""
        try:
            await self._parts.holder.look(request)
        except AnonymousError:
            return
        raise web.HTTPSeeOther(link(request, CALL))


def _name(request: web.Request) -> Secret:
    return Secret(request.match_info["note"])


def _read(note: str) -> HandOver:
    return HandOver(**json.loads(note))
