"""ivr.ami.counter: which events count, and that the record that they need is written before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.ami.counter import Counter
from ivr.ami.events import QueueCallerAbandon
from ivr.session.figures import Figures, bucket_of
from ivr.store.figures import Counts
from tests.lab.channels import QUEUE, channel, completed, connected, hung_up, joined
from tests.lab.floors import IN_TIME, ZONE, fared
from tests.lab.tracked import ONE, SANNE, TWO, World

if TYPE_CHECKING:
    from ivr.ami.events import Event

pytestmark = pytest.mark.req("A6")

THREE = "1.3"


async def follow(world: World, *events: Event) -> None:
    """As the watcher does: first the calls are moved, then it is counted."""
    counter = Counter(Counts(world.store, world.rooms.calls._lease, ZONE, in_time=IN_TIME))
    for event in events:
        await world.follow(event)
        await counter.follow(event)


def gave_up(uniqueid: str) -> QueueCallerAbandon:
    """The caller hung up while waiting."""
    return QueueCallerAbandon(channel(uniqueid), uniqueid, uniqueid, "", QUEUE, 1, 7)


async def test_the_callers_of_a_day(world: World) -> None:
    """One answered and transferred, one who gave up, one of whom the join was missed."""
    await follow(
        world,
        *(joined(ONE), joined(TWO), connected(ONE, SANNE), completed(ONE, SANNE, "transfer"), joined(ONE)),
        *(connected(ONE, SANNE), completed(ONE, SANNE), hung_up(ONE)),
        *(gave_up(TWO), hung_up(TWO)),
        *(replace(connected(THREE, SANNE), hold_time=100), completed(THREE, SANNE), hung_up(THREE)),
    )
    waits = {0: 1, bucket_of(100): 1}
    assert await fared(world.store, QUEUE) == Figures(3, 2, 1, 0, 1, waits)
