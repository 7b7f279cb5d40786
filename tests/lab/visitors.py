"""Citizens before their browsers: bare ones that send forms as a browser without scripts does, and real ones.

Knows the citizens' pages as people do: addresses, buttons and what stands there.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

import aiohttp

from ivr.session.attributes import Secret
from ivr.session.opening import ALWAYS
from ivr.store.notices import Notices
from ivr.store.queues import Queues
from tests.lab.citizens import Citizen
from tests.lab.front import front, options
from web import cookies
from web.citizen.about import about_room
from web.citizen.reception import Reception
from web.citizen.room import CitizenOptions, citizen_parts, citizen_room, nowhere
from web.csrf import HEADER
from web.identity.demo import Demo
from web.identity.logins import Logins
from web.identity.providers import Providers
from web.identity.returns import Returns
from web.socket import PROTOCOL, TICKET_PREFIX

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from playwright.async_api import Browser, Page

    from ivr.session.notice import Notice
    from ivr.session.opening import Hours
    from ivr.session.purpose import Purposes
    from ivr.store.feed import Feed
    from ivr.store.sessions import Sessions
    from tests.lab.front import Front
    from web.citizen.call import WayBack
    from web.citizen.room import CitizenParts
    from web.identity.protocol import IdentityProvider
    from web.route import Room

CALL_SECONDS: Final = 10
NUMBER: Final = "+31141234567"
DISPLAY: Final = "014 123 45 67"
MINUTES: Final = 20
MANY: Final = 1000
ORDINARY: Final = "ordinary"


@dataclass
class Form:
    """A form as it stands on a page: where it goes, what is filled in, and its buttons."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    """Reads forms; radio buttons and boxes count only when they are ticked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, a field or a button."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "button" and self.forms:
            self.forms[-1].buttons.append((given.get("name", ""), given.get("value", "")))
        elif tag == "input" and self.forms:
            ticked = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            if ticked:
                self.forms[-1].fields[given.get("name", "")] = given.get("value", "")


@dataclass(frozen=True)
class Shown:
    """What a browser shows after everything that it was sent on to."""

    status: int
    path: str
    text: str
    headers: Mapping[str, str]

    def form(self, action: str) -> Form:
        """The form that goes to an address with this end."""
        (form,) = [form for form in _Forms(self.text).forms if form.action.endswith(action)]
        return form

    def has_form(self, action: str) -> bool:
        """Whether there is one."""
        return any(form.action.endswith(action) for form in _Forms(self.text).forms)


class Visitor:
    """One citizen's browser, bare."""

    def __init__(self, front: Front, http: aiohttp.ClientSession, language: str = "nl") -> None:
        self.front = front
        self.http = http
        self.home = f"/{language}"

    async def open(self, path: str) -> Shown:
        """Go to a page of this language, and on to wherever it leads."""
        async with self.http.get(f"{self.home}{path}") as answer:
            return await _shown(answer)

    async def send(self, page: Shown, action: str, *, button: int = 0, **filled: str) -> Shown:
        """Fill in the form with this action, press a button of it, and follow where it leads."""
        form = page.form(action)
        data = {**form.fields, **dict([form.buttons[button]]), **filled}
        data.pop("", None)
        async with self.http.post(urljoin(page.path, form.action), data=data) as answer:
            return await _shown(answer)

    async def start(self, purpose: str = "verhuizing") -> Shown:
        """Agree, and come to the page to log in."""
        return await self.send(await self.open(f"/{purpose}"), f"/{purpose}", agree="yes")

    async def arrive(self, purpose: str = "verhuizing") -> Shown:
        """Start and log in: the page with number and code."""
        return await self.send(await self.start(purpose), "/login/demo")

    async def post(self, path: str, data: Mapping[str, str] | None = None) -> aiohttp.ClientResponse:
        """Send something as a script of our own page would; follow nothing."""
        page = await self.open("/verhuizing")
        token = page.form("/verhuizing").fields["csrf"]
        return await self.http.post(path, data=data, headers={HEADER: token}, allow_redirects=False)

    async def ticket(self) -> str:
        """Ask for a ticket for the websocket."""
        async with await self.post(f"{self.home}/call/ticket") as answer:
            return (await answer.json())["ticket"]

    async def dial(
        self, ticket: str | None = None, headers: Mapping[str, str] | None = None, **options: Any
    ) -> aiohttp.ClientWebSocketResponse:
        """Open the websocket, with a fresh ticket from our own origin unless told otherwise."""
        shown = await self.ticket() if ticket is None else ticket
        usual = {"Origin": str(self.front.url.origin())}
        return await self.http.ws_connect(
            f"{self.home}/call/live",
            protocols=(PROTOCOL, f"{TICKET_PREFIX}{shown}"),
            headers=usual if headers is None else headers,
            **options,
        )

    @property
    def cookie(self) -> str:
        """The ticket that this browser keeps; nothing if it has none."""
        kept = {cookie.key: cookie.value for cookie in self.http.cookie_jar}
        return kept.get(cookies.CITIZEN, "")


class Visitors:
    """Everybody who visits."""

    def __init__(self, front: Front, sessions: Sessions) -> None:
        self.front = front
        self._sessions = sessions

    @asynccontextmanager
    async def visitor(self, language: str = "nl") -> AsyncIterator[Visitor]:
        """Somebody with a browser of their own."""
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[self.front.url])
        timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
        async with aiohttp.ClientSession(self.front.url, cookie_jar=jar, timeout=timeout) as session:
            yield Visitor(self.front, session, language)

    async def citizen(self, ticket: str) -> Citizen:
        """What the holder of this ticket knows, for the telephone's part."""
        found = await self._sessions.find(Secret(ticket))
        assert found.code is not None
        assert found.extra is not None
        return Citizen(found.session.id, Secret(ticket), found.code, found.extra)

    async def window(self, browser: Browser, path: str = "/nl", **context: Any) -> Page:
        """A page in a real browser of their own."""
        page = await (await browser.new_context(**context)).new_page()
        await page.goto(str(self.front.url) + path)
        return page

    async def of(self, page: Page) -> Citizen:
        """What the citizen before this real browser knows."""
        kept = {cookie["name"]: cookie["value"] for cookie in await page.context.cookies()}
        return await self.citizen(kept[cookies.CITIZEN])


@asynccontextmanager
async def pages(
    sessions: Sessions,
    feed: Feed,
    purposes: Purposes,
    *,
    names: Mapping[str, str] | None = None,
    per_minute: int = MANY,
    ways: Callable[[Returns], Sequence[IdentityProvider]] = lambda returns: [Demo(returns)],
    ordinary: Hours = ALWAYS,
    notice: Notice | None = None,
    now: Callable[[], float] = time.time,
    way_back: WayBack = nowhere,
    further: Callable[[CitizenParts], tuple[Room, ...]] = lambda _parts: (),
    **changes: Any,
) -> AsyncIterator[Visitors]:
    """The citizens' pages with the demonstration to log in, or these ``ways``.

    ``names`` are the agents', by queue member. Callers without a code wait in `ORDINARY`, in these hours;
    ``notice`` is the one of the settings; ``further`` makes rooms that share the citizens' parts.
    """
    known = dict(names or {})
    logins = Logins(options(), sessions, purposes)
    providers = Providers(ways(Returns(logins)), purposes)
    parts = citizen_parts(
        CitizenOptions(
            number=NUMBER, display=DISPLAY, minutes=MINUTES, starts_per_minute=per_minute, zone=UTC
        ),
        sessions=sessions,
        feed=feed,
        purposes=purposes,
        providers=providers,
        logins=logins,
        display_name=lambda member: known.get(member, ""),
        reception=Reception(
            purposes,
            ordinary=ordinary,
            ordinary_queue=ORDINARY,
            notices=Notices(sessions._store),
            queues=Queues(sessions._store),
            notice=notice,
            now=now,
        ),
        way_back=way_back,
    )
    rooms = (citizen_room(parts, purposes), about_room(purposes, minutes=MINUTES), providers.room())
    rooms += further(parts)
    async with front(*rooms, **changes) as running:
        yield Visitors(running, sessions)


async def follows(page: Page) -> None:
    """In a real browser, load the page again, and wait until it hears of us over its websocket."""
    heard, address = asyncio.Event(), page.url
    await page.goto("about:blank")  # the line that it opens only now must not count
    page.on("websocket", lambda line: line.on("framereceived", lambda _: heard.set()))
    await page.goto(address)
    async with asyncio.timeout(CALL_SECONDS):
        await heard.wait()


async def start(page: Page, purpose: str = "verhuizing") -> None:
    """In a real browser, from the page of a subject to the page to log in."""
    await page.locator("[name=agree]").check()
    await page.locator("[name=method]").first.click()
    await page.locator("[name=person]").first.wait_for()


async def log_in(page: Page) -> None:
    """In a real browser, from the demonstration's page to number and code."""
    await page.locator("form[action$='/login/demo'] button").click()
    await page.locator("#code").wait_for()


async def _shown(answer: aiohttp.ClientResponse) -> Shown:
    return Shown(answer.status, answer.url.path_qs, await answer.text(), answer.headers)
