"""Looks at the queues every few moments, for as long as its watcher leads, and tells the store.

Knows the pace. Does not know what the figures mean (`ivr.ami.survey`), nor who is told of them. One list
gives all, so that its cost does not grow with what happens; and it takes a tenth of the time at most.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from ivr.ami.survey import survey
from ivr.errors import ManagerError, StoreError, TooSlowError
from ivr.session.wait import Forecast
from ivr.trouble import Trouble

if TYPE_CHECKING:
    from ivr.ami.link import ManagerLink
    from ivr.store.lease import Lease
    from ivr.store.places import Places
    from ivr.store.queues import Queues

QUEUES_FROM: Final = ("QueueStatus", "QueueStatusComplete")
PACE: Final = 3.0
"""Seconds from one look to the next, at least."""
REST: Final = 9
"""So many times what a look took, is rested after it."""
LONGEST_REST: Final = 10.0
"""With the five seconds that a list may take, still within `QUEUE_FACTS`: one that is slow is not unknown."""


class Surveyor:
    """Tells the store what the queues of one Asterisk look like."""

    def __init__(self, lease: Lease, queues: Queues, places: Places, link: ManagerLink) -> None:
        self._lease = lease
        self._queues = queues
        self._places = places
        self._link = link
        self._forecast = Forecast()
        self._no_survey = Trouble("watcher.no_queues", "watcher.queues_back")

    async def run(self) -> None:
        """Look again and again; until cancelled, or `LeaseLostError`."""
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            if self._link.connected:
                await self._look()
            took = clock() - began
            await asyncio.sleep(max(PACE - took, min(REST * took, LONGEST_REST)))

    async def _look(self) -> None:
        """Look once. What cannot be seen is not told, and what was told before runs out."""
        try:
            seen = survey(await self._link.listing(*QUEUES_FROM))
            await self._queues.put(self._lease, seen.queues)
            waiting = ((each.uniqueid, each.queue, each.position) for each in seen.waiting)
            await self._places.put(self._lease, self._forecast.places(seen.queues, waiting))
        except (ManagerError, TooSlowError, StoreError) as error:
            self._no_survey.tell(error)
        else:
            self._no_survey.over()
