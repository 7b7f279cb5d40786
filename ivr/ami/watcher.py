"""Watching one Asterisk: hold the lease, follow the events, take a picture every few moments.

Knows the order of these things and who stops whom. Does not know what an event means (the tracker) nor how
it comes (the link). One watcher leads at a time; the others try for its lease twice a second.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

from ivr.ami import picture
from ivr.ami.events import AgentConnect, ChannelListed, QueueEntry, QueueMember
from ivr.ami.link import Connected, Disconnected
from ivr.ami.members import QUEUES_FROM
from ivr.ami.surveyor import REST
from ivr.ami.tracker import Tracker
from ivr.errors import LeaseLostError, ManagerError, StoreError, TooSlowError
from ivr.store.keyspace import ALIVE, LEASE_RENEWAL, SWEEP
from ivr.trouble import Trouble

if TYPE_CHECKING:
    from ivr.ami.events import Event, Item
    from ivr.ami.floor import Floor
    from ivr.ami.link import ManagerLink
    from ivr.ami.surveyor import Surveyor
    from ivr.store.calls import Calls
    from ivr.store.lease import Lease

LISTED_FROM: Final = ("CoreShowChannels", "CoreShowChannelsComplete")

log = structlog.get_logger()


class Watcher:
    """Follows the calls of one Asterisk for as long as it holds the lease."""

    def __init__(
        self, lease: Lease, calls: Calls, link: ManagerLink, surveyor: Surveyor, floor: Floor
    ) -> None:
        self._lease = lease
        self._calls = calls
        self._link = link
        self._surveyor = surveyor
        self._floor = floor
        self._tracker = Tracker(calls, floor.freed)
        self._members: dict[str, str] = {}
        self._whole = False
        """Whether this connection has had its first picture, which shows the queues as well."""
        self._proven = 0.0
        """When calls were last proven to live, by the loop's clock."""
        self._turn = asyncio.Lock()
        """One at a time moves calls: an event, or a picture."""
        self._asked = asyncio.Event()
        """The tracker wants a picture now."""
        self._no_store = Trouble("watcher.store_lost", "watcher.store_back")
        self._no_picture = Trouble("watcher.no_picture", "watcher.picture_back")

    async def run(self) -> None:
        """Lead whenever the lease is to be had; until cancelled. Gives the lease back at the end."""
        try:
            while True:
                if await self._hold():
                    await self._lead()
                await asyncio.sleep(LEASE_RENEWAL)
        finally:
            await self._release()

    async def _hold(self) -> bool | None:
        """Take or renew the lease; tell whether it is ours, or None when the store does not say."""
        try:
            held = await self._lease.hold()
        except StoreError as error:
            self._no_store.tell(error)
            return None
        self._no_store.over()
        return held

    async def _release(self) -> None:
        try:
            await self._lease.release()
        except StoreError:
            return  # it runs out by itself

    async def _lead(self) -> None:
        log.info("watcher.leading", asterisk=self._lease.asterisk)
        await self._floor.begin()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._renew(), name="lease")
                group.create_task(self._follow(), name="events")
                group.create_task(self._sweep(), name="pictures")
                group.create_task(self._surveyor.run(), name="queues")
                for work in self._floor.works:
                    group.create_task(work(), name="floor")
        except* LeaseLostError:
            log.warning("watcher.lease_lost", asterisk=self._lease.asterisk)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(LEASE_RENEWAL)
            # Without a store nobody else can have it either, and every write proves the lease anew.
            if await self._hold() is False:
                raise LeaseLostError("the lease went to another watcher")

    async def _follow(self) -> None:
        async with self._link.events() as events:
            async for event in events:
                match event:
                    case Connected():
                        await self._begin()
                    case Disconnected():
                        log.warning("watcher.disconnected", reason=event.reason)
                    case _:
                        await self._take(event)

    async def _begin(self) -> None:
        """A new connection: what came before it was missed, so start from a picture of everything."""
        self._tracker = Tracker(self._calls, self._floor.freed)
        self._floor.connected()
        self._whole = False
        self._proven = asyncio.get_running_loop().time()
        await self._picture()

    async def _take(self, event: Event) -> None:
        if isinstance(event, AgentConnect):
            self._members.setdefault(picture.channel_interface(event.interface), event.interface)
        try:
            async with self._turn:
                await self._tracker.follow(event)
            await self._floor.follow(event)
        except StoreError as error:
            self._no_store.tell(error)  # the next picture makes up for it
        self._ask_if_curious()

    def _ask_if_curious(self) -> None:
        if self._tracker.curious:
            self._asked.set()

    async def _sweep(self) -> None:
        """Take a picture every `SWEEP` seconds, and between whenever one is asked for; rest after each."""
        clock = asyncio.get_running_loop().time
        due = clock() + SWEEP
        while True:
            await self._asked_before(due)
            self._asked.clear()  # also while Asterisk is away: the next connection begins with a picture
            began = clock()
            if self._link.connected:
                await self._picture()
            due, rest = paced(began, clock(), due)
            await asyncio.sleep(rest)

    async def _asked_before(self, due: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(due):
                await self._asked.wait()

    async def _picture(self) -> None:
        """Take a picture and act on it. Without one, nothing is renewed, and what is doubtful runs out."""
        try:
            await self._take_picture()
        except (ManagerError, TooSlowError, StoreError) as error:
            self._no_picture.tell(error)
        else:
            self._no_picture.over()

    async def _take_picture(self) -> None:
        tracker, first = self._tracker, not self._whole
        held = tracker.begin_picture()
        stored = await self._calls.known()
        channels = await self._link.listing(*LISTED_FROM)
        queues: list[Item] = await self._link.listing(*QUEUES_FROM) if first else []
        if first:
            self._members = picture.known_members(i for i in queues if isinstance(i, QueueMember))
        drawn = picture.draw(
            (item for item in channels if isinstance(item, ChannelListed)),
            (item for item in queues if isinstance(item, QueueEntry)),
            self._members,
            held | stored,
        )
        async with self._turn:
            if tracker is not self._tracker:
                return  # of a connection that is no more: what it shows may be old
            await tracker.reconcile(held, stored, drawn)
            self._ask_if_curious()
            self._whole = self._in_time()
            if not self._whole:
                tracker.forget()
        if first:
            log.info("watcher.following", asterisk=self._lease.asterisk, calls=len(drawn.talking))

    def _in_time(self) -> bool:
        """Say that calls were just proven to live; tell whether the last proof had not run out before."""
        before, self._proven = self._proven, asyncio.get_running_loop().time()
        return self._proven - before < ALIVE


def paced(began: float, ended: float, due: float) -> tuple[float, float]:
    """Return when the next picture is due, asked for or not, and how long to rest before it.

    A picture that ends when one is due is that one: whoever asks without end is not answered without a rest.
    """
    if ended >= due:
        due = ended + SWEEP
    return due, min(REST * (ended - began), due - ended)
