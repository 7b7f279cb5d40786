"""Calls of one Asterisk on a real store, the tracker that follows them, and what is on agents' desks.

A test says what Asterisk tells, and looks at what agents see.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ivr.ami.picture import draw, known_members
from ivr.ami.tracker import Tracker
from ivr.store.client import Store
from ivr.store.keyspace import CallId, Keyspace, Member
from tests.lab.channels import member
from tests.lab.citizens import PERSON
from tests.lab.rooms import Rooms, rooms_on, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from ivr.ami.events import ChannelListed, Event, QueueEntry
    from ivr.store.sealing import KeySet
    from tests.lab.citizens import Citizen

ASTERISK = "pbx"
SANNE, TOM = "PJSIP/sanne", "PJSIP/tom"
LOCAL = "Local/1@agents/n"
MEMBERS = known_members([member(SANNE), member(TOM), member(LOCAL)])
ONE, TWO = "1.1", "1.2"
PROVEN = {name: PERSON[name] for name in ("fullname", "bsn")}
"""What is read of a citizen who logged in."""
LEASE_SECONDS = 60


class World:
    """Calls, a tracker that follows them, and what is on agents' desks."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.store = rooms.store
        self.freed: list[str] = []
        """Members whose call was over, or with somebody else, in that order."""
        self.tracker = Tracker(rooms.calls, self.freed.append)

    async def claimed(self, uniqueid: str = ONE) -> Citizen:
        """A citizen who logged in and keyed the code on this call."""
        citizen = await self.rooms.citizens.verified()
        await self.rooms.claim(citizen, CallId(ASTERISK, uniqueid))
        return citizen

    async def empty(self) -> None:
        """Forget everything."""
        await self.empty_store()
        self.starts_again()

    async def empty_store(self) -> None:
        """The store was restarted, and we hold the lease again."""
        await self.store.redis.flushall()
        assert await self.rooms.calls._lease.hold()
        await self.store.redis.expire(self.store.keys.lease(ASTERISK), LEASE_SECONDS)

    def starts_again(self) -> None:
        """A new manager connection: the tracker knows nothing of before."""
        self.tracker = Tracker(self.rooms.calls, self.freed.append)

    async def follow(self, *events: Event) -> None:
        """Events come."""
        for event in events:
            await self.tracker.follow(event)

    async def picture(
        self, channels: Iterable[ChannelListed] = (), waiting: Iterable[QueueEntry] = ()
    ) -> None:
        """A picture is taken, in no time."""
        held, stored = await self.known()
        await self.tracker.reconcile(held, stored, draw(channels, waiting, MEMBERS, held | stored))

    async def look(self, channels: Iterable[ChannelListed] = (), waiting: Iterable[QueueEntry] = ()) -> None:
        """A picture is taken if the tracker asks for one."""
        assert self.tracker.curious
        await self.picture(channels, waiting)

    async def seen(self) -> dict[str, dict[str, str]]:
        """What each member with a caller reads."""
        found = {member: await self.sees(member) for member in (SANNE, TOM, LOCAL)}
        return {member: reads for member, reads in found.items() if reads is not None}

    async def known(self) -> tuple[set[str], set[str]]:
        """What a picture that is about to be taken must answer for."""
        return self.tracker.begin_picture(), await self.rooms.calls.known()

    async def on_desk(self, interface: str) -> str:
        """The Uniqueid of the call that this member sees, or nothing."""
        on_line = await self.rooms.desk.sees(Member(ASTERISK, interface))
        return on_line.call.uniqueid if on_line else ""

    async def sees(self, interface: str) -> dict[str, str] | None:
        """What this member reads; None with nobody on the line."""
        on_line = await self.rooms.desk.sees(Member(ASTERISK, interface))
        return shown(on_line) if on_line else None

    async def state(self, citizen: Citizen) -> str:
        """Where the session's call is."""
        return (await self.store.redis.hget(self.store.keys.session(citizen.session), "call")).decode()

    async def kept(self, uniqueid: str = ONE) -> bool:
        """Whether anything is kept for a call."""
        return bool(await self.store.redis.exists(self.store.keys.call(CallId(ASTERISK, uniqueid))))

    async def sealed(self) -> list[bytes]:
        """The keys of all attributes."""
        return await self.store.redis.keys(self.store.keys.sealed("*"))


@asynccontextmanager
async def tracked(url: str, seal_keys: KeySet, code_keys: KeySet) -> AsyncIterator[World]:
    """An empty world whose lease does not run out on a slow machine."""
    store = Store(url, Keyspace())
    await store.redis.flushall()
    try:
        world = World(await rooms_on(store, seal_keys, code_keys))
        await world.empty()
        yield world
    finally:
        await store.close()
