"""A running stack's store as its own processes use it: citizens with a code, and what is on agents' desks.

For tests of telephony alone, which need no browser. Knows the store's public face and the stack's key files.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from ivr.errors import StoreError
from ivr.store.client import Store
from ivr.store.feed import Feed, member_topic
from ivr.store.keyspace import ALIVE, CallId, Keyspace, Member
from ivr.store.sealing import KeySet, Macs, Sealer
from ivr.store.sessions import Sessions
from tests.lab.citizens import Citizens
from tests.lab.rooms import OpenDesk, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from ivr.session.model import Session
    from ivr.store.desk import OnLine
    from tests.lab.asterisk import Asterisk
    from tests.lab.citizens import Citizen
    from tests.lab.stack import Stack

CODE_LENGTH: Final = 11
CODE_SECONDS: Final = 1200.0
LOOK_SECONDS: Final = 0.1
"""The store wakes nobody when something runs out, so whoever waits for that looks again."""


class Desks:
    """What agents have on their desks."""

    def __init__(self, citizens: Citizens, desk: OpenDesk, feed: Feed, store: Store, asterisk: str) -> None:
        self.store = store
        self._citizens = citizens
        self._desk = desk
        self._feed = feed
        self._asterisk = asterisk

    async def citizen(self, bound: CallId | None = None, values: Mapping[str, str] | None = None) -> Citizen:
        """Somebody who logged in with these values, and holds a code; perhaps for a call under way."""
        return await self._citizens.verified(values, bound=bound)

    async def elsewhere(self) -> CallId:
        """A call under way that nobody in a test has to do with, for a minute."""
        call = CallId(self._asterisk, "1.1")
        record = {"state": "queued", "session": "", "member": "", "number": "", "version": 1}
        await self.store.redis.hset(self.store.keys.call(call), mapping=record)
        await self.store.redis.expire(self.store.keys.call(call), 60)
        return call

    async def comes(
        self, agent: str, what: Callable[[OnLine | None], bool], seconds: float = 10.0
    ) -> OnLine | None:
        """Wait until this agent's desk is so, and return what is on it."""
        member = Member(self._asterisk, f"PJSIP/{agent}")
        async with asyncio.timeout(seconds):
            with self._feed.watch(member_topic(member)) as watch:
                while True:
                    try:
                        on_line = await self._desk.sees(member)
                    except StoreError:
                        on_line = None
                    if what(on_line):
                        return on_line
                    await watch.changed(LOOK_SECONDS)

    async def proven(self, agent: str, seconds: float = 10.0) -> dict[str, str]:
        """Wait until a proven caller is on this desk; return the attributes."""
        on_line = await self.comes(agent, lambda now: bool(now and now.view.attributes), seconds)
        assert on_line is not None
        return shown(on_line)

    async def ordinary(self, agent: str) -> None:
        """Wait until a caller who is not proven is on this desk."""
        await self.comes(agent, lambda now: bool(now and not now.view.attributes))

    async def empty(self, agent: str, seconds: float = 10.0) -> None:
        """Wait until nobody is on this desk."""
        await self.comes(agent, lambda now: now is None, seconds)

    async def forgive(self) -> None:
        """Forget all wrong codes."""
        async for key in self.store.redis.scan_iter(f"{self.store.keys.prefix}budget:*"):
            await self.store.redis.delete(key)

    async def told(self, citizen: Citizen, so: Callable[[Session], bool], seconds: float = 10.0) -> None:
        """Wait until the citizen's page is told so."""
        async with asyncio.timeout(seconds):
            while not so(await self._citizens.session(citizen)):  # noqa: ASYNC110 as below
                await asyncio.sleep(LOOK_SECONDS)

    async def seen_alive(self, citizen: Citizen) -> None:
        """Wait until what this citizen proved is given more time: Asterisk was seen to have the call."""
        key, left = self.store.keys.sealed(citizen.session), 0
        async with asyncio.timeout(ALIVE):
            while (now := await self.store.redis.pttl(key)) <= (left or now):
                left = now
                await asyncio.sleep(LOOK_SECONDS)

    async def forgotten(self, citizen: Citizen) -> None:
        """Wait until nothing that this citizen proved is kept."""
        while await self.store.redis.exists(self.store.keys.sealed(citizen.session)):  # noqa: ASYNC110 as below
            await asyncio.sleep(LOOK_SECONDS)

    async def sealed(self) -> list[bytes]:
        """The keys of all attributes that are kept."""
        return [key async for key in self.store.redis.scan_iter(self.store.keys.sealed("*"))]

    async def wiped(self, seconds: float) -> None:
        """Wait until no attributes are kept for anybody."""
        async with asyncio.timeout(seconds):
            while await self.sealed():  # noqa: ASYNC110 - a key that expires tells nobody
                await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def desks(stack: Stack, pbx: Asterisk) -> AsyncIterator[Desks]:
    """The desks of a stack that serves this Asterisk."""
    store = Store(stack.valkey.url, Keyspace())
    seal, code = KeySet.read(stack.folder / "seal.keys"), KeySet.read(stack.folder / "code.keys")
    sealer, codes_sealer, macs = Sealer(seal), Sealer(code), Macs(code, "code")
    sessions = Sessions(store, sealer, codes_sealer, macs, length=CODE_LENGTH, life=CODE_SECONDS)
    feed = Feed(store)
    try:
        async with feed.running():
            yield Desks(Citizens(sessions), OpenDesk(store, sealer, codes_sealer), feed, store, pbx.lab.name)
    finally:
        await store.close()
