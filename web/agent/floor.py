"""What an agent's screen tells of the floor: how they stand themselves, and who waits in their queues.

Knows one member and its queues. It goes over the screen's websocket beside the call, in messages of its own
and after it: a call that pops up waits for nothing of this. It also says to telephony that an agent is there.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from ivr.errors import SettingsError, StoreError
from ivr.session.floor import Proof
from ivr.store.feed import standing_topic
from web.agent.own import CANNOT, CHANGED_BY, own_of, words_of_modes
from web.agent.person import Agent
from web.agent.sending import send

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from aiohttp import web

    from ivr.store.feed import Feed
    from ivr.store.staff import Staff
    from ivr.store.standings import Standings
    from web.agent.access import Entry
    from web.agent.accounts import Accounts
    from web.agent.board import Board, Seat
    from web.agent.own import Own, Pause
    from web.agent.waiting import Waiting
    from web.i18n import Words

SIGN_SECONDS: Final = 60.0
"""Between two signs of life of an agent; telephony waits for the next one as long as a log-in lasts."""
AT_ONCE: Final = 4
"""Screens that look how their agent stands, when many changed at once: a call that pops up comes between."""
OWN_SECONDS: Final = 15.0
"""Between two looks how an agent stands without being woken: what telephony said grows old without a word."""


class Floor:
    """Tells agents of the floor. ``pauses`` are the reasons that there are, by name."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        standings: Standings,
        staff: Staff,
        board: Board,
        feed: Feed,
        pauses: Mapping[str, Pause],
    ) -> None:
        self.pauses = pauses
        self._feed = feed
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._accounts = accounts
        self._standings = standings
        self._staff = staff
        self._board = board

    def words(self, words: Words) -> dict[str, Any]:
        """Return what the templates are told of it, whatever is so."""
        return {
            "modes": words_of_modes(words),
            "changed_by": CHANGED_BY,
            "pauses": [(pause.name, pause.called(words.language)) for pause in self.pauses.values()],
            "proofs": [proof.value for proof in Proof],
            "cannot": words.gettext(CANNOT),
        }

    def seat(self) -> AbstractContextManager[Seat]:
        """Have a seat for a screen."""
        return self._board.seat()

    async def look(self, entry: Entry, language: str) -> tuple[Own, list[Waiting], float]:
        """Return how an agent stands, what is so in their queues, and now; for a page without scripts."""
        await self._attend(entry)
        own, queues = await self._look(entry, language)
        await self._board.know(queues)
        return own, [self._board.queue(queue, language) for queue in queues], self._board.now()

    async def tell(self, socket: web.WebSocketResponse, entry: Entry, language: str, seat: Seat) -> None:
        """Tell this screen whatever changes, each time that its seat is called."""
        topic = standing_topic(entry.agent.member)
        self._feed.enter(topic, seat)
        try:
            await self._tell(socket, entry, language, seat)
        finally:
            self._feed.leave(topic, seat)

    async def _tell(self, socket: web.WebSocketResponse, entry: Entry, language: str, seat: Seat) -> None:
        loop, own, told, signed = asyncio.get_running_loop(), "", "", float("-inf")
        while True:
            if await seat.called(at_most=OWN_SECONDS):
                async with self._turns:
                    stands, seat.queues = await self._look(entry, language)
                own = json.dumps(stands.to_json())
                await self._board.know(seat.queues)
                here = self._belongs(entry) <= set(seat.queues)
                if not here or loop.time() - signed > SIGN_SECONDS:
                    signed = loop.time()
                    await self._attend(entry)
            queues = ",".join(self._board.text(queue, language) for queue in seat.queues)
            text = f'"own":{own},"queues":[{queues}]'
            if text == told:
                continue
            if not await send(socket, f'{{"floor":{{"now":{self._board.now():.1f},{text}}}}}'):
                return
            told = text

    async def _look(self, entry: Entry, language: str) -> tuple[Own, tuple[str, ...]]:
        try:
            standing, may = await self._standings.of(entry.agent.member)
        except StoreError:
            standing, may = None, None
        return own_of(standing, may, self.pauses, language), standing.queues if standing else ()

    async def _attend(self, entry: Entry) -> None:
        """Say that this agent is there. That it cannot be said now is no matter: it is said again."""
        with suppress(StoreError):
            await self._staff.attend(entry.agent.member, self._belongs(entry), entry.login)

    def _belongs(self, entry: Entry) -> frozenset[str]:
        """Return the queues in which this agent belongs, as the account says now."""
        try:
            person = self._accounts.find(entry.agent.name)
        except SettingsError:
            person = None
        return frozenset(person.queues if isinstance(person, Agent) else entry.agent.queues)
