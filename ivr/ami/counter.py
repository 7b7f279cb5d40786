"""Counts how callers fare, from the events of one Asterisk.

Knows which events mean what. Who was counted already, in which queue, the store knows: it is in the call's
own record, which the tracker has written just before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.ami.events import AgentConnect, QueueCallerAbandon, QueueCallerJoin
from ivr.store.figures import Fared

if TYPE_CHECKING:
    from ivr.ami.events import Event
    from ivr.store.figures import Counts


class Counter:
    """Counts the callers of one Asterisk."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    async def follow(self, event: Event) -> None:
        """Count what an event tells of; most tell nothing."""
        match event:
            case QueueCallerJoin():
                await self._counts.count(Fared.OFFERED, event.uniqueid, event.queue)
            case AgentConnect():
                await self._counts.count(Fared.SERVED, event.uniqueid, event.queue, event.hold_time)
            case QueueCallerAbandon():
                await self._counts.count(Fared.ABANDONED, event.uniqueid, event.queue, event.hold_time)
            case _:
                return
