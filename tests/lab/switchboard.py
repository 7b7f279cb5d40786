"""Telephony's part of the story, without telephony: calls that wait, are answered and end, in the real store.

Moves calls as the watcher of an Asterisk does, and proves every moment that they are still there, until it
hangs up or dies.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Self

from ivr.store.calls import Outcome
from ivr.store.claims import Claimed
from ivr.store.keyspace import SWEEP, CallId
from ivr.store.places import Places

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.session.wait import Place
    from ivr.store.calls import Calls
    from ivr.store.claims import Claims
    from tests.lab.citizens import Citizen

ASTERISK = "pbx"
QUEUE = "verhuizen"
NUMBER = "0612345678"


class Switchboard:
    """The calls of one Asterisk. Use as ``async with Switchboard(…).running() as switchboard``."""

    def __init__(self, calls: Calls, claims: Claims) -> None:
        self._calls = calls
        self._claims = claims
        self._live: set[str] = set()
        self._numbers = count(1)
        self._sweeper: asyncio.Task[None] | None = None

    async def keys_in(self, citizen: Citizen, number: str = NUMBER) -> str:
        """Someone calls and keys their code; return the call's Uniqueid."""
        uniqueid = f"1700000000.{next(self._numbers)}"
        claimed = await self._claims.claim(CallId(ASTERISK, uniqueid), citizen.code, None, number)
        assert isinstance(claimed, Claimed)
        self._live.add(uniqueid)
        return uniqueid

    async def arrives(self, citizen: Citizen | None = None, number: str = NUMBER, queue: str = QUEUE) -> str:
        """Someone calls, keys their code if they have one, and waits; return the call's Uniqueid."""
        keyed = await self.keys_in(citizen, number) if citizen else ""
        uniqueid = keyed or f"1700000000.{next(self._numbers)}"
        assert await self._calls.queued(uniqueid, queue, number) is Outcome.DONE
        self._live.add(uniqueid)
        return uniqueid

    async def stands(self, uniqueid: str, place: Place) -> None:
        """The watcher looked at the queues: the caller stands here."""
        await Places(self._calls._store).put(self._calls._lease, {uniqueid: place})

    async def answers(self, uniqueid: str, interface: str, queue: str = QUEUE) -> None:
        """The queue member behind this interface picks up."""
        assert await self._calls.connected(uniqueid, queue, interface) is Outcome.DONE

    async def requeues(self, uniqueid: str, queue: str = QUEUE) -> None:
        """The caller is put back in a queue."""
        assert await self._calls.queued(uniqueid, queue) is Outcome.DONE

    async def hangs_up(self, uniqueid: str) -> None:
        """The caller is gone."""
        self._live.discard(uniqueid)
        assert await self._calls.ended(uniqueid) is Outcome.DONE

    async def ends_if_there(self, uniqueid: str) -> None:
        """The caller is gone, if they were not before."""
        if uniqueid in self._live:
            await self.hangs_up(uniqueid)

    async def dies(self) -> None:
        """Telephony says nothing more, of any call."""
        if self._sweeper:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Prove at every sweep that the calls are there, as the watcher does."""
        self._sweeper = asyncio.create_task(self._sweep())
        try:
            yield self
        finally:
            await self.dies()

    async def _sweep(self) -> None:
        while True:
            await self._calls.alive(self._live)
            await asyncio.sleep(SWEEP)
