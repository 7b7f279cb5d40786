"""The queue members of one Asterisk: how they stand, and the few things that are done to them.

Knows manager actions and the store. Asterisk is the truth: what it has just done is written at once, and what
others do there is seen at the next look. Does not know who orders what, nor when a wrap-up begins.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ivr.ami.events import QueueMember, QueueParams
from ivr.ami.muster import muster
from ivr.errors import StoreError
from ivr.session.floor import WRAP_UP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.ami.events import Item
    from ivr.ami.link import ManagerLink
    from ivr.session.floor import Standing
    from ivr.store.clock import Clock
    from ivr.store.lease import Lease
    from ivr.store.standings import Standings

QUEUES_FROM: Final = ("QueueStatus", "QueueStatusComplete")
NEEDED: Final = frozenset({"QueueAdd", "QueuePause", "QueueRemove"})
"""What our manager user must be allowed, by ``write=agent``."""


class Members:
    """All members of the queues of one Asterisk. ``wrap_up`` is its limit in seconds; 0: there is none."""

    def __init__(
        self, lease: Lease, link: ManagerLink, standings: Standings, clock: Clock, *, wrap_up: float
    ) -> None:
        self.wrap_up = wrap_up
        self.queues: frozenset[str] = frozenset()
        """All queues that there are; none before the first look."""
        self.dynamic: frozenset[tuple[str, str]] = frozenset()
        """Who is in which queue without standing there in queues.conf, as far as was seen."""
        self.may = False
        """Whether Asterisk lets us do these things."""
        self.doubted = asyncio.Event()
        """Something was done of which only a look shows the whole: it is worth one at once."""
        self._lease = lease
        self._link = link
        self._standings = standings
        self._clock = clock
        self._known: dict[str, Standing] = {}
        self._fresh = True
        """What is in the store is not known to us, so it makes way for what is."""
        self._moved: set[str] = set()
        """Whom we have changed since the last look began: what it shows of them may be older."""
        self._looks = 0
        self._posted: dict[tuple[str, str], tuple[bool, int]] = {}
        """Whom we added to which queue (or removed), and after how many looks had begun."""
        self._left: dict[str, str] = {}
        """Why those were paused who are in no queue any more: an Asterisk that restarts forgets them."""
        self._turn = asyncio.Lock()
        """One at a time does something, so that what it saw before is still so."""

    @property
    def known(self) -> Mapping[str, Standing]:
        """How each stands, by interface, as far as is known."""
        return self._known

    @property
    def posts(self) -> dict[str, set[str]]:
        """In which queues each member is: as seen, and as we have changed it since."""
        posts = {interface: set(standing.queues) for interface, standing in self._known.items()}
        for (interface, queue), (added, _) in self._posted.items():
            (set.add if added else set.discard)(posts.setdefault(interface, set()), queue)
        return posts

    async def begin(self) -> None:
        """Begin with what the watcher before us wrote; with nothing, when that cannot be read."""
        self.disconnected()
        self._known = {}
        self._fresh = True
        with suppress(StoreError):
            roll = await self._standings.all(self._lease.asterisk)
            self._known = dict(roll.standings) if roll else {}
            self._fresh = roll is None

    def disconnected(self) -> None:
        """What Asterisk had and allowed may be otherwise now: do nothing before the next look."""
        self._posted.clear()
        self.queues, self.may, self.dynamic = frozenset(), False, frozenset()

    async def look(self) -> list[Item]:
        """Ask Asterisk how everything stands, and write it. Raise what the link and the store raise."""
        now = await self._clock.set()
        self._moved.clear()
        self.doubted.clear()
        self._looks += 1
        items = await self._link.listing(*QUEUES_FROM)
        if not self.queues:
            self.may = (await self._link.action("ListCommands")).fields.keys() >= NEEDED
        seen = muster(items, self._known, now, self.wrap_up)
        seen |= {each: self._known[each] for each in self._moved & seen.keys()}
        gone = {each: standing for each, standing in self._known.items() if each not in seen}
        paused = {i: each.reason for i, each in gone.items() if each.paused and not each.wraps_up}
        self._left = {i: why for i, why in (self._left | paused).items() if i not in seen}
        self._known = seen
        self._posted = {post: done for post, done in self._posted.items() if done[1] == self._looks}
        self.queues = frozenset(item.queue for item in items if isinstance(item, QueueParams))
        members = (item for item in items if isinstance(item, QueueMember))
        self.dynamic = frozenset((each.interface, each.queue) for each in members if each.dynamic)
        if self._fresh:
            await self._standings.clear(self._lease.asterisk)
            self._fresh = False
        await self._standings.put(self._lease, seen, set(gone), may=self.may)
        return items

    async def pause(self, interface: str, reason: str) -> None:
        """Give it no calls, in any queue. Raise ManagerError when Asterisk would not; as `look`."""
        async with self._turn:
            await self._pause(interface, reason)

    async def ready(self, interface: str) -> None:
        """Give it calls again; raise as `pause`."""
        async with self._turn:
            await self._ready(interface)

    async def begin_wrap_up(self, interface: str) -> None:
        """Give it no calls for a while after one; unless it is paused by its agent anyway."""
        async with self._turn:
            standing = self._known.get(interface)
            if standing is not None and (standing.wraps_up or not standing.paused):
                await self._pause(interface, WRAP_UP, self._clock.now() + self.wrap_up)

    async def end_wrap_ups(self) -> None:
        """Give those calls again whose time is over, whoever began it."""
        for interface in list(self._known):
            async with self._turn:
                standing = self._known.get(interface)
                if standing is not None and standing.wraps_up and standing.until <= self._clock.now():
                    await self._ready(interface)

    async def add(self, interface: str, queue: str) -> None:
        """Let it work in this queue as well, paused if it is in the others, or was before Asterisk forgot."""
        async with self._turn:
            standing = self._known.get(interface)
            paused = standing is not None and standing.paused
            reason = standing.reason if standing is not None and paused else self._left.get(interface, "")
            fields = {"Paused": "true"} if paused or interface in self._left else {}
            await self._link.action("QueueAdd", Queue=queue, Interface=interface, **fields)
            if fields:  # Asterisk 16 takes no reason with QueueAdd
                pause = {"Interface": interface, "Paused": "true", "Reason": reason}
                await self._link.action("QueuePause", Queue=queue, **pause)
            self._post(interface, queue, added=True)

    async def remove(self, interface: str, queue: str) -> None:
        """Let it work in this queue no longer."""
        async with self._turn:
            self._left.pop(interface, None)
            await self._link.action("QueueRemove", Queue=queue, Interface=interface)
            self._post(interface, queue, added=False)

    def _post(self, interface: str, queue: str, *, added: bool) -> None:
        self._posted[interface, queue] = added, self._looks  # which a look under way may not show yet
        self.doubted.set()

    async def _pause(self, interface: str, reason: str, until: float = 0) -> None:
        await self._link.action("QueuePause", Interface=interface, Paused="true", Reason=reason)
        await self._note(interface, paused=True, reason=reason, until=int(until))

    async def _ready(self, interface: str) -> None:
        await self._link.action("QueuePause", Interface=interface, Paused="false")
        await self._note(interface, paused=False, reason="", until=0)

    async def _note(self, interface: str, **now: Any) -> None:
        """Write what Asterisk has just done."""
        self._moved.add(interface)
        standing = self._known.get(interface)
        if standing is not None:
            self._known[interface] = replace(standing, since=int(self._clock.now()), **now)
            await self._standings.change(self._lease, interface, self._known[interface])
