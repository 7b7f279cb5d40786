"""Agents before their screens, in a real browser or with a bare client.

Knows the agents' pages as their users do: addresses, labels and what is on the screen.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from aiohttp import WSMsgType

from web import cookies, keys
from web.csrf import HEADER
from web.socket import PROTOCOL, TICKET_PREFIX

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from playwright.async_api import Browser, BrowserContext, Page

    from tests.lab.front import Front

SANNE: Final = "sanne"
JOOST: Final = "joost"
PASSWORD: Final = "een lang wachtwoord"
CALL_SECONDS: Final = 10
STEP_SECONDS: Final = 10.0


class Client:
    """One agent's browser, bare: cookies, tokens, requests. Follows no redirect."""

    def __init__(self, front: Front, session: aiohttp.ClientSession) -> None:
        self.front = front
        self.http = session
        self.window = secrets.token_hex(16)

    async def csrf(self) -> str:
        """The token that a page of this browser would send."""
        async with self.http.get("/en/agent/login") as answer:
            return (await answer.text()).partition('name="csrf" value="')[2].partition('"')[0]

    async def post(self, path: str, data: Mapping[str, str] | None = None) -> aiohttp.ClientResponse:
        """Send a form or a question, as our own page would: from this window."""
        form = {"screen": self.window, **(data or {})}
        return await self.http.post(
            path, data=form, headers={HEADER: await self.csrf()}, allow_redirects=False
        )

    def plain(self, page: str = "plain") -> str:
        """The address of a page without scripts, in this window."""
        return f"/en/agent/{page}?screen={self.window}"

    async def log_in(self, name: str, password: str = PASSWORD) -> aiohttp.ClientResponse:
        """Fill in the log-in page."""
        return await self.post("/en/agent/login", {"name": name, "password": password})

    async def ticket(self, *, take: bool = True) -> str:
        """Ask for a ticket: for a window that was opened just now, or for one that only comes back."""
        async with await self.post("/en/agent/ticket", {"take": "yes"} if take else {}) as answer:
            return (await answer.json())["ticket"]

    async def dial(
        self, ticket: str | None, headers: Mapping[str, str] | None = None, **options: Any
    ) -> aiohttp.ClientWebSocketResponse:
        """Open the websocket, from our own origin unless told otherwise."""
        protocols = (PROTOCOL, *([f"{TICKET_PREFIX}{ticket}"] if ticket is not None else []))
        usual = {"Origin": str(self.front.url.origin())}
        return await self.http.ws_connect(
            "/agent/live", protocols=protocols, headers=usual if headers is None else headers, **options
        )

    @property
    def token(self) -> str:
        """The log-in's own token."""
        return {cookie.key: cookie.value for cookie in self.http.cookie_jar}[cookies.AGENT]


class Line:
    """A websocket, read up to the message that matters."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []
        """What was said of the call."""
        self.floors: list[dict[str, Any]] = []
        """What was said of the floor."""

    async def message(self) -> None:
        """Take the next one, whatever it says."""
        said = await self.socket.receive_json(timeout=STEP_SECONDS)
        if "floor" in said:
            assert set(said) == {"floor"}
            self.floors.append(said["floor"])
        else:
            self.frames.append(said)

    async def frame(self) -> dict[str, Any]:
        """The next frame of the call."""
        before = len(self.frames)
        while len(self.frames) == before:
            await self.message()
        return self.frames[-1]

    async def state(self, state: str) -> dict[str, Any]:
        """Return the first picture in this state."""
        async with asyncio.timeout(STEP_SECONDS):
            while True:
                picture = (await self.frame()).get("picture")
                if picture and picture["state"] == state:
                    return picture

    async def floor(self, so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first news of the floor that is so."""
        async with asyncio.timeout(STEP_SECONDS):
            while True:
                for news in self.floors:
                    if so(news):
                        return news
                await self.message()

    async def closed(self) -> int | None:
        """Read to the end; return the close code."""
        async with asyncio.timeout(STEP_SECONDS):
            while (await self.socket.receive()).type is WSMsgType.TEXT:
                pass
        return self.socket.close_code

    def said(self) -> str:
        """All that ever came over it."""
        return repr(self.frames) + repr(self.floors)


class Agents:
    """Everybody who works here."""

    def __init__(self, front: Front) -> None:
        self.front = front

    @asynccontextmanager
    async def client(self, name: str | None = None, address: str = "") -> AsyncIterator[Client]:
        """A bare client, logged in under this name; at this address, as a proxy before us would say."""
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[self.front.url])
        timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
        headers = {"X-Forwarded-For": address} if address else {}
        async with aiohttp.ClientSession(
            self.front.url, cookie_jar=jar, timeout=timeout, headers=headers
        ) as session:
            client = Client(self.front, session)
            if name:
                async with await client.log_in(name) as answer:
                    assert answer.status == 303
            yield client

    def cut(self) -> None:
        """Reset every websocket, as a network that fails does."""
        for socket in self.front.app[keys.SOCKETS]:
            if socket._req.transport:
                socket._req.transport.abort()

    async def log_in(self, context: BrowserContext, name: str, language: str = "nl") -> Page:
        """Log in by the page, and return the desktop."""
        page = await context.new_page()
        await page.goto(str(self.front.url / language / "agent"))
        await page.locator("[name=name]").fill(name)
        await page.locator("[name=password]").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.locator("[data-state=empty]").wait_for()
        return page

    async def desktop(self, browser: Browser, name: str, language: str = "nl", **context: Any) -> Page:
        """Return the desktop of an agent in a browser of their own."""
        return await self.log_in(await browser.new_context(**context), name, language)


async def shows(page: Page, state: str) -> None:
    """Wait until the screen is in this state, and in no other."""
    await page.locator(f"#screen > [data-state={state}]").wait_for()


async def record(page: Page) -> None:
    """Write down all that is on the screen from now on, however short."""
    await page.evaluate(
        """() => {
            window.seen = [];
            const screen = document.getElementById("screen");
            const look = () => window.seen.push(screen.textContent + document.title);
            const all = { subtree: true, childList: true, characterData: true };
            new MutationObserver(look).observe(document, all);
        }"""
    )


async def recorded(page: Page) -> list[str]:
    """What was on the screen since `record`, one text for each change."""
    return await page.evaluate("window.seen")


async def left_in(page: Page, values: Iterable[str]) -> list[str]:
    """Which of these values are anywhere in this tab: document, title, form fields, storage, address."""
    whole = await page.evaluate(
        """() => [
            document.documentElement.outerHTML, document.documentElement.innerText, document.title,
            ...[...document.querySelectorAll("input")].map((field) => field.value),
            JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }),
            JSON.stringify(history.state), location.href, document.cookie, name,
        ].join("\\n")"""
    )
    return [value for value in values if value in whole]
