"""Looks at the queues every few moments, for as long as its watcher leads, and tells the store.

Knows the pace. Does not know what the figures mean (`ivr.ami.survey`), nor who is told of them. One list
gives all, so that its cost does not grow with what happens; and it takes a tenth of the time at most.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from ivr.ami.muster import waiting
from ivr.ami.survey import survey
from ivr.errors import ManagerError, StoreError, TooSlowError
from ivr.session.floor import LINE, Caller, QueueLine, counted
from ivr.session.wait import Forecast
from ivr.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.ami.events import Item
    from ivr.ami.link import ManagerLink
    from ivr.ami.members import Members
    from ivr.store.clock import Clock
    from ivr.store.lease import Lease
    from ivr.store.lines import Lines
    from ivr.store.places import Places
    from ivr.store.queues import Queues

PACE: Final = 3.0
"""Seconds from one look to the next, at least, unless something was done that it must show."""
REST: Final = 9
"""So many times what a look took, is rested after it."""
LONGEST_REST: Final = 10.0
"""With the five seconds that a list may take, still within `QUEUE_FACTS`: one that is slow is not unknown."""


class Surveyor:
    """Tells the store what the queues of one Asterisk look like."""

    def __init__(
        self,
        lease: Lease,
        link: ManagerLink,
        *,
        queues: Queues,
        places: Places,
        lines: Lines,
        members: Members,
        clock: Clock,
    ) -> None:
        self._lease = lease
        self._link = link
        self._queues = queues
        self._places = places
        self._lines = lines
        self._members = members
        self._clock = clock
        self._forecast = Forecast()
        self._since: Mapping[str, int] = {}
        """Since when each caller waits, by Uniqueid: Asterisk's own figure is not the same at each look."""
        self._no_survey = Trouble("watcher.no_queues", "watcher.queues_back")

    async def run(self) -> None:
        """Look again and again; until cancelled, or `LeaseLostError`."""
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            if self._link.connected:
                await self._look()
            took = clock() - began
            rest = min(REST * took, LONGEST_REST)
            await asyncio.sleep(rest)
            with suppress(TimeoutError):
                async with asyncio.timeout(PACE - took - rest):
                    await self._members.doubted.wait()

    async def _look(self) -> None:
        """Look once. What cannot be seen is not told, and what was told before runs out."""
        try:
            items = await self._members.look()
            seen = survey(items)
            await self._queues.put(self._lease, seen.queues)
            places = ((each.uniqueid, each.queue, each.position) for each in seen.waiting)
            await self._places.put(self._lease, self._forecast.places(seen.queues, places))
            await self._lines.put(self._lease, await self._look_at_lines(items, seen.queues))
        except (ManagerError, TooSlowError, StoreError) as error:
            self._no_survey.tell(error)
        else:
            self._no_survey.over()

    async def _look_at_lines(self, items: list[Item], queues: Mapping[str, object]) -> dict[str, QueueLine]:
        """Return who waits in each queue, those in front with their subject, and what its members do."""
        entries, self._since = waiting(items, self._since, self._clock.now())
        front = [each.uniqueid for line in entries.values() for each in line[:LINE]]
        found = dict(zip(front, await self._lines.known(self._lease.asterisk, front), strict=True))
        members = counted(self._members.known.values())
        lines = {}
        for queue in queues:
            line = entries.get(queue, [])
            lines[queue] = QueueLine(
                waiting=len(line),
                oldest=min((self._since[each.uniqueid] for each in line), default=0),
                callers=tuple(Caller(self._since[e.uniqueid], *found[e.uniqueid]) for e in line[:LINE]),
                members=members.get(queue, {}),
            )
        return lines
