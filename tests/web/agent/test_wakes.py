"""Agents' screens when wake-ups are lost, repeated or nobody's: each holds its own agent's caller, or none.

Real pages, the real store; no browser. Calls go from hand to hand as fast as the store takes it.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import WSMsgType

from tests.lab.agents import JOOST, SANNE
from tests.lab.screens import Screen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.client import Store
    from tests.lab.agents import Agents
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard

pytestmark = pytest.mark.req("P3", "P12", "S2", "O6")

MOVES = 150
CALLERS = 8
STAFF = (SANNE, JOOST)
OFF_SECONDS = 10.0
"""For a caller who left: a wake-up, or the next look."""
QUIET_SECONDS = 10.0
"""For a wake-up that was lost: the next look, and the feed's way back."""


@asynccontextmanager
async def following(agents: Agents, name: str) -> AsyncIterator[Screen]:
    """The screen of this agent, all of it kept."""
    async with agents.client(name) as client, await client.dial(await client.ticket()) as socket:
        screen = Screen(name)

        async def read() -> None:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await screen.hear(message.data)

        reading = asyncio.create_task(read())
        await screen.shows("empty")
        yield screen
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


class Noise:
    """What is wrong with the wake-ups."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        self._store = store
        self._chance = chance

    async def make(self) -> None:
        """Wake-ups that mean nothing, several at once; or all who listen are cut off."""
        redis, changed = self._store.redis, self._store.keys.changed()
        match self._chance.randrange(60):
            case 0:
                await redis.client_kill_filter(_type="pubsub")
            case 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8:
                for name in self._chance.choices(STAFF, k=5):
                    await redis.publish(changed, f"member:pbx:PJSIP/{name}")
            case 9 | 10:
                await redis.publish(changed, self._chance.choice(("", "member:", "member:pbx:PJSIP/x", "\0")))


class Hands:
    """Callers, and at whose screen each is; moved about by chance."""

    def __init__(self, chance: random.Random, switchboard: Switchboard, screens: dict[str, Screen]) -> None:
        self._chance = chance
        self._switchboard = switchboard
        self._screens = screens
        self._names: dict[str, str] = {}
        self._where: dict[str, str] = {}
        self.had: set[tuple[str, str]] = set()
        """Whoever was with whom, ever: agent and name."""

    async def join(self, citizens: Citizens, name: str) -> None:
        """One more caller, while there are few."""
        if len(self._names) < CALLERS:
            call = await self._switchboard.arrives(await citizens.verified({"fullname": name, "bsn": name}))
            self._names[call], self._where[call] = name, ""

    async def move(self) -> None:
        """A caller is picked up; or waits again, or leaves, when one is in the way of that."""
        call, whom = self._chance.choice(list(self._names)), self._chance.choice(STAFF)
        if self._where[call] or whom in self._where.values():
            await self._off(call)
        else:
            await self._on(call, whom)

    async def _on(self, call: str, whom: str) -> None:
        await self._switchboard.answers(call, f"PJSIP/{whom}")
        self._where[call] = whom
        self.had.add((whom, self._names[call]))
        if self._chance.randrange(2):
            await self._screens[whom].shows("verified", value=self._names[call])

    async def _off(self, call: str) -> None:
        await self._switchboard.requeues(call)
        if self._where[call] and self._chance.randrange(2):
            await self._screens[self._where[call]].lacks(self._names[call], seconds=OFF_SECONDS)
        self._where[call] = ""
        if not self._chance.randrange(4):
            await self._switchboard.hangs_up(call)
            del self._names[call], self._where[call]

    def with_(self, agent: str) -> str:
        """Who is at this agent's screen now; empty for nobody."""
        return next((self._names[call] for call, who in self._where.items() if who == agent), "")


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 22))])
async def test_a_screen_holds_its_own_caller_or_none(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, store: Store, seed: int
) -> None:
    """In every frame, whoever was woken when; and once it is quiet, what is so."""
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    noise = Noise(store, chance)
    async with following(agents, SANNE) as sanne, following(agents, JOOST) as joost:
        hands = Hands(chance, switchboard, {SANNE: sanne, JOOST: joost})
        for move in range(MOVES):
            await noise.make()
            await hands.join(citizens, f"canary-{move}-name")
            await hands.move()
        for screen in (sanne, joost):
            mine = hands.with_(screen.name)
            await screen.shows("verified" if mine else "empty", value=mine, seconds=QUIET_SECONDS)
            shown = [{line["value"] for line in picture["proven"]} for picture in screen.pictures]
            assert all(len(values) <= 1 for values in shown)
            assert {(screen.name, value) for values in shown for value in values} <= hands.had
            assert len({picture["call"] for picture in screen.pictures}) > 5
