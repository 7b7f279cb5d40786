"""Agents' screens without a browser: each follows its websocket as the page does, and forgets nothing.

Knows the agents' log-in and the frames of a screen; see ``web/frontend/js/desktop.js`` for what a page does
with them. A real page can be listened to as well (`Screen.listen`).
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import WSMsgType
from yarl import URL

from tests.lab.agents import Client
from tests.lab.stack import PASSWORD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from playwright.async_api import Page, WebSocket

WAIT_SECONDS = 10.0


class Screen:
    """All that one agent's screen was ever sent, and what is on it now."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pictures: list[dict[str, Any]] = []
        self.text = ""
        """Every frame, as it came."""
        self._news = asyncio.Condition()

    @property
    def state(self) -> str:
        """What is on it now, such as ``verified``; nothing before the first word."""
        return self.pictures[-1]["state"] if self.pictures else ""

    async def hear(self, frame: str) -> None:
        """A frame came."""
        async with self._news:
            self.text += frame
            if picture := json.loads(frame).get("picture"):
                self.pictures.append(picture)
            self._news.notify_all()

    async def shows(self, state: str, *, value: str = "", seconds: float = WAIT_SECONDS) -> None:
        """Wait until it is in this state, with this value on it."""
        await self._until(lambda: self.state == state and self.has(value), f"{state} {value}", seconds)

    async def lacks(self, value: str, *, seconds: float = WAIT_SECONDS) -> None:
        """Wait until this value is not on it any more."""
        await self._until(lambda: not self.has(value), f"without {value}", seconds)

    async def _until(self, so: Callable[[], bool], what: str, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(so)
        except TimeoutError:
            states = [picture["state"] for picture in self.pictures]
            raise AssertionError(f"the screen of {self.name} was {states}, and is not {what}") from None

    def had(self, value: str) -> bool:
        """Whether this value was ever sent to it."""
        return value in self.text

    def has(self, value: str) -> bool:
        """Whether this value is on it now."""
        return value in repr(self.pictures[-1:])

    def listen(self, page: Page) -> None:
        """Hear what this page is sent, from its next websocket on."""
        listeners: set[asyncio.Task[None]] = set()

        def on_frame(frame: str | bytes) -> None:
            if isinstance(frame, str):
                listeners.add(asyncio.ensure_future(self.hear(frame)))

        def on_socket(socket: WebSocket) -> None:
            if "/agent/live" in socket.url:
                socket.on("framereceived", on_frame)

        page.on("websocket", on_socket)


@dataclass(frozen=True)
class Site:
    """Pages that somebody else serves."""

    url: URL


@asynccontextmanager
async def screen(url: str, name: str) -> AsyncIterator[Screen]:
    """The screen of an agent who logs in at these pages."""
    site = URL(url)
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[site])
    async with aiohttp.ClientSession(site, cookie_jar=jar) as session:
        client = Client(Site(site), session)
        async with await client.log_in(name, PASSWORD) as answer:
            assert answer.status == 303
        async with await client.dial(await client.ticket()) as socket:
            shown = Screen(name)
            reading = asyncio.create_task(_read(socket, shown))
            try:
                await shown.shows("empty")
                yield shown
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)


async def _read(socket: aiohttp.ClientWebSocketResponse, shown: Screen) -> None:
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await shown.hear(message.data)
