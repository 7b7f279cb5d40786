"""What agents' and team leaders' pages know of the work floor, from the settings. Decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ivr.store.clock import Clock
from ivr.store.figures import Days
from ivr.store.lines import Lines
from ivr.store.staff import Staff
from ivr.store.standings import Standings
from web.agent.floor_room import FloorParts
from web.agent.own import Pause

if TYPE_CHECKING:
    from ivr.settings import Settings
    from ivr.store.client import Store


def floor_parts(settings: Settings, store: Store) -> FloorParts:
    """Make the parts that the agents' room is told."""
    zone = ZoneInfo(settings.opening.zone)
    return FloorParts(
        standings=Standings(store),
        lines=Lines(store),
        staff=Staff(store),
        clock=Clock(store),
        pauses={
            each.name: Pause(each.name, {str(key): text for key, text in each.title.items()})
            for each in settings.pauses
        },
        queues=tuple(
            dict.fromkeys((settings.asterisk.queue, *(each.queue for each in settings.to_purposes())))
        ),
        days=Days(store, zone),
        promised=settings.agents.answer_seconds,
        zone=zone,
    )
