"""The team leader's page: all queues now and today, drawn and in tables; the same without scripts.

Knows requests, a websocket, and who may look. The page is made by the server; while somebody looks it is made
anew every few seconds, once for all leaders who read the same language, and sent to them when it changed.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from aiohttp import WSCloseCode, web

from ivr.errors import AnonymousError, SettingsError, StoreError
from ivr.store.feed import Watch, account_topic
from ivr.store.lines import LINES
from web import keys
from web.agent.access import VISIT
from web.agent.sending import send
from web.agent.staff import staff_page
from web.agent.team_words import TeamWords
from web.pages import link, words_of
from web.socket import open_socket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from datetime import tzinfo

    from ivr.store.feed import Feed
    from web.agent.access import Gate, Visit
    from web.agent.team_view import TeamView
    from web.i18n import Words

LOOK_SECONDS: Final = 5.0
"""Between two looks without being woken."""
PACE_SECONDS: Final = 2.0
"""Between two looks at least."""
HOLD_SECONDS: Final = 5.0
"""For how long figures may be shown without another word, besides the time to the next look."""
RENEW_SECONDS: Final = 15
"""How often the page without scripts is read again."""
PARTS: Final = ("now", "today")


class Reader(Watch):
    """One leader's open page."""

    __slots__ = ("language",)

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language


class TeamPage:
    """The page, its websocket, and what keeps them true."""

    def __init__(self, view: TeamView, gate: Gate, feed: Feed, zone: tzinfo | None) -> None:
        self._view = view
        self._gate = gate
        self._feed = feed
        self._zone = zone
        self._readers: set[Reader] = set()
        self._opened = asyncio.Event()
        """Somebody has just begun to look."""
        self._parts: dict[str, dict[str, str]] = {}
        """The page's parts by language; a language is not there while nothing is known."""

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The page as it is now, which its script keeps true."""
        return staff_page(request, "agent/team.html", live=True, **await self._context(words_of(request)))

    async def plain(self, request: web.Request) -> web.StreamResponse:
        """The same for a browser without scripts: it is read again by itself."""
        response = staff_page(
            request, "agent/team.html", live=False, **await self._context(words_of(request))
        )
        response.headers["Refresh"] = f"{RENEW_SECONDS}; url={link(request, 'agent-team-plain')}"
        return response

    async def ticket(self, request: web.Request) -> web.StreamResponse:
        """A ticket for one websocket, good for this log-in only; it carries the language of the page."""
        audience = _audience(request[VISIT])
        ticket = request.app[keys.TICKETS].issue(audience, words_of(request).language)
        return web.json_response({"ticket": ticket})

    async def live(self, request: web.Request) -> web.StreamResponse:
        """The websocket: whatever changed on the page, as long as the log-in lasts."""
        visit = request[VISIT]
        socket, language = await open_socket(request, _audience(visit))
        account = account_topic(visit.person.account)
        with self._reader(language) as reader, self._feed.watch(account, place=reader):
            async with asyncio.TaskGroup() as group:
                telling = group.create_task(self._tell(socket, visit, reader))
                async for _ in socket:  # a page has nothing to say
                    await socket.close(code=WSCloseCode.POLICY_VIOLATION)
                telling.cancel()
        return socket

    async def lifetime(self, app: web.Application) -> AsyncIterator[None]:
        """Keep the parts true for as long as the server runs."""
        task = asyncio.create_task(self._run(app), name="team")
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    @contextmanager
    def _reader(self, language: str) -> Iterator[Reader]:
        reader = Reader(language)
        self._readers.add(reader)
        self._opened.set()
        try:
            yield reader
        finally:
            self._readers.discard(reader)

    async def _run(self, app: web.Application) -> None:
        """Look while anybody does, and wake them."""
        with self._feed.watch(LINES) as watch:
            while True:
                await self._opened.wait()
                if not self._readers:
                    self._opened.clear()
                    self._parts.clear()  # they would be old when the next one comes
                    continue
                await self._make(app)
                for reader in self._readers:
                    reader.wake()
                await asyncio.sleep(PACE_SECONDS)
                await watch.changed(LOOK_SECONDS)

    async def _make(self, app: web.Application) -> None:
        """Make the parts anew, in each language that is read."""
        parts = {}
        for language in {reader.language for reader in self._readers}:
            context = await self._context(app[keys.WORDS][language])
            if context["view"] is not None:
                parts[language] = {
                    part: app[keys.PAGES].render(language, f"agent/team_{part}.html", **context)
                    for part in PARTS
                }
        self._parts = parts

    async def _context(self, words: Words) -> dict[str, Any]:
        """Return what the templates are told; without a view when it cannot be had now."""
        try:
            view, now = await self._view.look()
        except (SettingsError, StoreError):
            view, now = None, 0.0
        say = TeamWords(words, now, self._zone, self._view.pauses)
        return {"view": view, "say": say, "promised": self._view.promised}

    async def _tell(self, socket: web.WebSocketResponse, visit: Visit, reader: Reader) -> None:
        told: Mapping[str, str] = {}
        version = 0
        while not socket.closed and await self._may(visit):
            parts = self._parts.get(reader.language)
            version += 1
            frame: dict[str, Any] = {"version": version, "seconds": LOOK_SECONDS + HOLD_SECONDS}
            if parts is not None:
                frame["parts"] = {name: text for name, text in parts.items() if told.get(name) != text}
            if not await send(socket, json.dumps(frame)):
                return
            told = parts or {}
            await reader.changed(LOOK_SECONDS)
        await socket.close(code=WSCloseCode.OK)

    async def _may(self, visit: Visit) -> bool:
        """Tell whether the log-in is there still; one that cannot be looked up now, is."""
        try:
            await self._gate.who(visit.token)
        except AnonymousError:
            return False
        except (SettingsError, StoreError):
            return True
        return True


def _audience(visit: Visit) -> str:
    """What a ticket is for: the page of one log-in, so that nobody else's cookie goes with it."""
    return f"team/{visit.login}"
