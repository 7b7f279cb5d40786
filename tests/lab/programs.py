"""Another front end: a municipality's own site, whose back end calls the API and whose citizens log in here.

Knows the API as its document tells it. Does not know how it is made.
"""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from yarl import URL

from ivr.store.notes import Notes
from ivr.store.sealing import KeySet, Macs, Sealer
from tests.lab.front import stranger
from tests.lab.visitors import CALL_SECONDS, MANY, pages
from web.api.room import ApiOptions, api_room
from web.api.way_back import WayBack, challenge_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from ivr.session.purpose import Purposes
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.sessions import Sessions
    from tests.lab.front import Front
    from tests.lab.visitors import Shown, Visitor, Visitors
    from web.citizen.room import CitizenParts
    from web.route import Room

ORIGIN: Final = "https://www.voorbeeld.nl"
BACK: Final = "inloggen?step=2"
CONTACT: Final = {
    "name": "Gemeente Voorbeeld",
    "email": "api@example.nl",
    "url": "https://www.example.nl/api",
}


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """A link that was asked for, and what the front end keeps of it."""

    url: URL
    verifier: str
    state: str


@dataclass(frozen=True)
class Opened:
    """A session that a front end holds."""

    id: str
    token: str

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/v1/sessions/{self.id}"


class Program:
    """The back end of another front end."""

    def __init__(self, running: Front, http: aiohttp.ClientSession, site: URL) -> None:
        self.front = running
        self.http = http
        self.back = str(site) + BACK

    async def call(self, method: str, path: str, *, token: str = "", **sent: Any) -> Answer:
        """Call the API; ``json=`` or ``data=`` is the body, ``headers=`` what else is said."""
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **sent.pop("headers", {})}
        async with self.http.request(method, path, headers=headers, allow_redirects=False, **sent) as answer:
            body = await answer.json(content_type=None) if "json" in answer.content_type else None
            return Answer(answer.status, body, answer.headers)

    def wish(self, verifier: str, **changes: Any) -> dict[str, Any]:
        """A right body for a login request."""
        return {
            "purpose": "verhuizing",
            "consent": True,
            "returnUrl": self.back,
            "codeChallenge": challenge_of(verifier),
            **changes,
        }

    async def ask(self, **changes: Any) -> Asked:
        """Ask for a link."""
        verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe(8)
        answer = await self.call(
            "POST", "/v1/login-requests", json=self.wish(verifier, state=state, **changes)
        )
        assert answer.status == 201, answer.body
        return Asked(URL(answer.body["url"]), verifier, state)

    async def open(self, grant: str, verifier: str) -> Answer:
        """Exchange a grant."""
        return await self.call("POST", "/v1/sessions", json={"grant": grant, "codeVerifier": verifier})

    async def arrive(self, visitor: Visitor, **changes: Any) -> Opened:
        """Have a citizen log in and come back."""
        asked = await self.ask(**changes)
        grant = grant_of(await come_back(visitor, asked))
        answer = await self.open(grant, asked.verifier)
        assert answer.status == 201, answer.body
        return Opened(answer.body["session"]["id"], answer.body["token"])

    async def look(self, session: Opened, **headers: str) -> Answer:
        """Read a session."""
        return await self.call("GET", session.path, token=session.token, headers=headers)


async def follow(visitor: Visitor, asked: Asked) -> Shown:
    """In a citizen's browser, follow the link to its page."""
    return await visitor.open(asked.url.path.removeprefix(visitor.home))


async def press(visitor: Visitor, shown: Shown) -> Shown:
    """Press the button of that page: the page to log in."""
    return await visitor.send(shown, shown.path)


async def come_back(visitor: Visitor, asked: Asked, button: str = "/login/demo", **filled: str) -> Shown:
    """Follow the link, log in, and come back to the front end."""
    return await visitor.send(await press(visitor, await follow(visitor, asked)), button, **filled)


def grant_of(shown: Shown) -> str:
    """What a browser brings back."""
    return URL(shown.path).query["grant"]


@dataclass(frozen=True)
class Programs:
    """The API, its caller, and the citizens of both."""

    program: Program
    visitors: Visitors


@asynccontextmanager
async def programs(
    store: Store,
    sessions: Sessions,
    feed: Feed,
    purposes: Purposes,
    *,
    api_per_minute: int = MANY,
    also: Callable[[CitizenParts], tuple[Room, ...]] = lambda _parts: (),
    **changes: Any,
) -> AsyncIterator[Programs]:
    """The pages and the API on one front, and another site to which browsers go back.

    ``also`` makes rooms beside them.
    """
    keys = KeySet.draw()

    def notes(kind: str, seconds: int) -> Notes:
        return Notes(store, Sealer(keys), Macs(keys, "note"), kind=kind, seconds=seconds)

    way_back = WayBack(notes)
    async with stranger("<p>Welcome back.</p>") as site:
        told = ApiOptions(
            origins=(ORIGIN,),
            return_urls=(f"{site}{BACK}",),
            starts_per_minute=api_per_minute,
            contact=CONTACT,
        )

        def api(parts: CitizenParts) -> tuple[Room, ...]:
            room = api_room(told, parts, sessions=sessions, feed=feed, way_back=way_back, notes=notes)
            return room, *also(parts)

        usual = {"return_origins": (str(site.origin()),), "demo": True}
        timeout = aiohttp.ClientTimeout(total=CALL_SECONDS * 4)
        async with pages(
            *(sessions, feed, purposes), way_back=way_back.lead, further=api, **{**usual, **changes}
        ) as visitors:
            url, jar = visitors.front.url, aiohttp.DummyCookieJar()
            async with aiohttp.ClientSession(url, timeout=timeout, cookie_jar=jar) as http:
                yield Programs(Program(visitors.front, http, site), visitors)
