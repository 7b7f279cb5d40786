"""The work floor of an Asterisk, put together as `idbellen ivr` does, and how members stand in the store."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from ivr.ami.attendant import Attendant
from ivr.ami.counter import Counter
from ivr.ami.floor import Floor
from ivr.ami.members import NEEDED, Members
from ivr.ami.surveyor import Surveyor
from ivr.ami.wrap_ups import WrapUps
from ivr.session.figures import total
from ivr.store.clock import Clock
from ivr.store.figures import Counts, Days
from ivr.store.lines import Lines
from ivr.store.places import Places
from ivr.store.queues import Queues
from ivr.store.staff import Staff, staff_topic
from ivr.store.standings import FLOOR, Standings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from ivr.ami.link import ManagerLink
    from ivr.session.figures import Figures
    from ivr.session.floor import Standing
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.keyspace import Member
    from ivr.store.lease import Lease
    from tests.lab.ami_server import AmiServer

ZONE: Final = ZoneInfo("Europe/Amsterdam")
IN_TIME: Final = 60
WAIT_SECONDS: Final = 30.0
LOOK_SECONDS: Final = 0.5
"""The store wakes nobody when something runs out, so whoever waits for that looks again."""
MAY: Final = "\n".join(("Response: Success", *(f"{name}: of no matter" for name in sorted(NEEDED))))
MAY_NOT: Final = "Response: Success\nPing: of no matter"
DONE: Final = ("Response: Success\nMessage: done",)


@dataclass(frozen=True)
class Parts:
    """What looks and acts."""

    members: Members
    surveyor: Surveyor
    floor: Floor


def parts_of(store: Store, lease: Lease, link: ManagerLink, feed: Feed, *, wrap_up: float = 0) -> Parts:
    """Put it together."""
    clock = Clock(store)
    members = Members(lease, link, Standings(store), clock, wrap_up=wrap_up)
    surveyor = Surveyor(
        lease,
        link,
        queues=Queues(store),
        places=Places(store),
        lines=Lines(store),
        members=members,
        clock=clock,
    )
    attendant = Attendant(lease, Staff(store), members, feed)
    counter = Counter(Counts(store, lease, ZONE, in_time=IN_TIME))
    return Parts(members, surveyor, Floor(members, WrapUps(members, attendant.present), attendant, counter))


def allow(server: AmiServer) -> None:
    """Let the manager do as it is told, of queue members."""
    server.script["ListCommands"] = (MAY,)
    server.script |= dict.fromkeys(NEEDED, DONE)


async def stands(
    store: Store, feed: Feed, member: Member, so: Callable[[Standing | None], bool]
) -> Standing | None:
    """Wait until a member stands so, as the pages read it; how it stands then."""
    async with asyncio.timeout(WAIT_SECONDS):
        with feed.watch(FLOOR) as watch:
            while True:
                standing, _ = await Standings(store).of(member)
                if so(standing):
                    return standing
                await watch.changed(LOOK_SECONDS)


@asynccontextmanager
async def running(*works: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Let these run until the block ends; what one raised is the test's."""
    tasks = [asyncio.create_task(work()) for work in works]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


async def fared(store: Store, queue: str) -> Figures:
    """The figures of a queue, today."""
    return total((await Days(store, ZONE).today([queue])).queues[queue].values())


async def all_heard(store: Store, feed: Feed) -> None:
    """Wait until the feed has handed on all that was told up to now."""
    with feed.watch("marker") as watch:
        await store.redis.publish(store.keys.changed(), "marker")
        assert await watch.changed(WAIT_SECONDS)


async def at_work(store: Store, member: Member, *queues: str, seconds: float = 60) -> None:
    """Let this member's agent be at a desktop, for so long; 0 seconds: no longer."""
    keys = store.keys
    if not seconds:
        await store.redis.hset(keys.staff(member.asterisk), member.interface, f"1 {','.join(queues)}")
        await store.redis.publish(keys.changed(), staff_topic(member.asterisk))
        return
    login = f"of-{member}"
    await store.redis.hset(keys.login(login), "member", str(member))
    await store.redis.pexpire(keys.login(login), int(seconds * 1000))
    await Staff(store).attend(member, queues, login)
