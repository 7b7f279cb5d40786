"""One agent's open screen: looks at the store, and sends what is there, whole, for as long as it is so.

Knows a websocket and the line of one queue member. What is sent holds for some seconds only: a browser that
hears nothing more by then blanks itself, so a frozen web or a dead network leaves nothing on a screen.
"""

from __future__ import annotations

import asyncio
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiohttp import WSCloseCode

from ivr.errors import (
    AnonymousError,
    ElsewhereError,
    SettingsError,
    SeveralCallsError,
    StoreError,
    UnwrittenError,
)
from ivr.store.feed import member_topic
from web.agent.picture import State, blank
from web.agent.sending import send

if TYPE_CHECKING:
    from aiohttp import web

    from ivr.store.desk import Desk
    from ivr.store.feed import Feed
    from web.agent.access import Entry, Gate
    from web.agent.board import Seat
    from web.agent.floor import Floor
    from web.agent.opened import Opened
    from web.agent.picture import Painter, Picture
    from web.agent.views import Views
    from web.i18n import Words

LOOK_SECONDS: Final = 1.0
"""Between two looks while there is a call: its record in the store may end without a word."""
IDLE_SECONDS: Final = 10.0
"""Between two looks while there is none: a call wakes us."""
HOLD_SECONDS: Final = 3.0
"""For how long what is sent may be shown without another word, besides the time to the next look.

A call never longer than its record in the store lives."""
LAST_SECONDS: Final = 0.25
"""A call whose record ends so soon is over: the word of it must come before the browser's clock rings."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look saw."""

    picture: Picture
    pause: float
    """After how many seconds to look again at the latest."""
    lives: float = math.inf
    """For how many seconds it is so, unless Asterisk shows the call again."""

    @property
    def holds(self) -> float:
        """For how many seconds it may be shown without another word."""
        return min(self.pause + HOLD_SECONDS, self.lives)


class Watchers:
    """What screens are made from, for all agents."""

    def __init__(
        self, gate: Gate, desk: Desk, feed: Feed, *, painter: Painter, views: Views, floor: Floor
    ) -> None:
        self._floor = floor
        self._gate = gate
        self._desk = desk
        self._feed = feed
        self._painter = painter
        self._views = views

    async def take(self, entry: Entry, opened: Opened) -> None:
        """Let this window show the agent's calls from now on, and no other; raise StoreError if it cannot."""
        await self._desk.take(entry.agent.member, opened.name)

    async def require(self, entry: Entry, opened: Opened) -> None:
        """Raise ElsewhereError if another window shows the agent's calls, StoreError if that is not known."""
        await self._desk.require(entry.agent.member, opened.name)

    async def look(self, entry: Entry, opened: Opened, words: Words) -> Seen:
        """Return what the agent has on the line now.

        Nothing of it, unless this window is the active one. Raise AnonymousError when the log-in is over.

        Each look counts as use of the log-in: an agent who waits an hour for a call is not logged out.
        """
        try:
            agent = await self._gate.agent(entry.token)
            online = await self._desk.look(agent.member, opened.name)
            if online is not None:
                await self._views.note(agent, online)
        except ElsewhereError:
            return Seen(blank(State.ELSEWHERE, words), IDLE_SECONDS)
        except SeveralCallsError:
            return Seen(blank(State.SEVERAL, words), LOOK_SECONDS)
        except (StoreError, SettingsError, UnwrittenError):
            return Seen(blank(State.UNAVAILABLE, words), LOOK_SECONDS)
        if online is None:
            return Seen(self._painter.paint(None, words), IDLE_SECONDS)
        rest = online.lives - LAST_SECONDS
        if rest <= 0:
            return Seen(self._painter.paint(None, words), LOOK_SECONDS)
        return Seen(self._painter.paint(online, words), min(LOOK_SECONDS, rest), online.lives)

    async def serve(self, socket: web.WebSocketResponse, entry: Entry, opened: Opened, words: Words) -> None:
        """Keep this screen true until its browser goes, the log-in ends, or another window takes over."""
        with self._floor.seat() as seat:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._show(socket, entry, opened, words, seat)),
                    group.create_task(self._floor.tell(socket, entry, words.language, seat)),
                ]
                async for _ in socket:  # a screen has nothing to say
                    await socket.close(code=WSCloseCode.POLICY_VIOLATION)
                for task in tasks:
                    task.cancel()

    async def _show(
        self, socket: web.WebSocketResponse, entry: Entry, opened: Opened, words: Words, seat: Seat
    ) -> None:
        version, woken = 0, True
        shown: Picture | None = None
        with self._feed.watch(member_topic(entry.agent.member)) as watch:
            while not socket.closed:
                try:
                    seen = await self.look(entry, opened, words)
                except AnonymousError:
                    break
                version += 1
                picture = seen.picture if seen.picture != shown else None
                if not await send(socket, _frame(version, seen.holds, picture)):
                    return
                if seen.picture.state is State.ELSEWHERE:
                    break
                shown = seen.picture
                if woken:
                    seat.call(own=True)  # only now: the call goes first
                woken = await watch.changed(at_most=seen.pause)
        await socket.close(code=WSCloseCode.OK)  # all is over here: the log-in, or this window's turn


def _frame(version: int, seconds: float, picture: Picture | None) -> str:
    """What goes over the line. Without a picture it says: what I sent last is still so."""
    frame: dict[str, Any] = {"version": version, "seconds": seconds}
    if picture is not None:
        frame["picture"] = picture.to_json()
    return json.dumps(frame)
