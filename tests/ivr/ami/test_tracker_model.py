"""Facts about many calls and members at once, told of badly: by hypothesis, against an Asterisk in the mind.

Whatever is lost, repeated, told in another order or too late: nobody is shown a caller whom they never had,
what is over is wiped by the next picture, and when it is quiet every desk is as it should be. What is told
well is on the desks at once.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.ami.picture import draw, known_members
from ivr.store.keyspace import CallId, Member
from tests.lab.channels import member
from tests.lab.contents import immortal
from tests.lab.imagined import Call, Imagined
from tests.lab.rooms import shown
from tests.lab.tracked import ASTERISK, World, tracked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.ami.events import Event
    from ivr.store.sealing import KeySet
    from tests.lab.valkey import Valkey

pytestmark = pytest.mark.req("P3", "P12", "S2", "S7", "O6")

STAFF = tuple(f"PJSIP/agent{number}" for number in range(1, 5))
KNOWN = known_members(member(each) for each in STAFF)
CALLERS = tuple(f"1.{number}" for number in range(1, 6))
QUIET = 3
"""Pictures after which all is as it is: after a new connection two more, since what one takes must hold."""

MOMENTS = ("calls", *["acts"] * 7, "looks", "reconnects")
FAULTS = (*[""] * 7, "lose", "lose all", "repeat", "swap", "late", "late")
Step = tuple[str, int, int, int, str, int]
"""What kind of moment it is; who acts, in what way, with whom; how it is told."""
some = st.integers(0, 59)


def steps(faults: tuple[str, ...]) -> st.SearchStrategy[list[Step]]:
    """A story that is told with these faults."""
    step = st.tuples(st.sampled_from(MOMENTS), some, some, some, st.sampled_from(faults), st.integers(0, 5))
    return st.lists(step, min_size=20, max_size=40)


stories = steps(("",)) | steps(FAULTS) | steps(FAULTS)


def garbled(events: list[Event], fault: str, at: int) -> list[Event]:
    """What comes of these events."""
    at = min(at, max(len(events) - 1, 0))
    match fault:
        case "lose":
            return events[:at] + events[at + 1 :]
        case "lose all":
            return []
        case "repeat":
            return [*events, *events[at:]]
        case "swap":
            return events[:at] + events[at : at + 2][::-1] + events[at + 2 :]
        case _:
            return events


class Play:
    """The Asterisk, what is told of it, and what the store makes of that."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pbx = Imagined(STAFF)
        self.names: dict[str, str] = {}
        self.late: list[Event] = []
        self.clear = True
        """Whether all was told as it was since it was last quiet."""

    async def step(self, step: Step) -> None:
        """Do one thing; then look at every desk."""
        moment, who, way, whom, fault, at = step
        calls = [call for call in self.pbx.calls.values() if not call.over]
        unknown = [uniqueid for uniqueid in CALLERS if uniqueid not in self.pbx.calls]
        if moment == "reconnects":
            self.late.clear()  # a connection that is cut tells nothing any more
            self.world.starts_again()
        if moment in ("looks", "reconnects"):
            await self.quiet()
        elif unknown and (moment == "calls" or not calls):
            await self.arrives(unknown[0], fault, at)
        elif calls:
            call = calls[who % len(calls)]
            deeds = list(self.deeds(call, STAFF[whom % len(STAFF)]))
            await self.tell(deeds[way % len(deeds)](), fault, at)
        await self.nobody_sees_anothers()

    def deeds(self, call: Call, whose: str) -> Iterator[Callable[[], list[Event]]]:
        """What can happen to this caller now, perhaps with this member."""
        yield partial(self.pbx.hangs_up, call)
        if call.rings:
            yield from [partial(self.pbx.picks_up, call)] * 3
        elif call.talks:
            yield partial(self.pbx.sent_back, call)
        if call.waits:
            yield from [partial(self.pbx.answers, call, whose)] * 3
        elif call.talks and call.member != whose:
            yield from [partial(self.pbx.sent_on, call, whose), partial(self.pbx.handed_over, call, whose)]

    async def arrives(self, uniqueid: str, fault: str, at: int) -> None:
        """A citizen with a name of their own keys the code, and waits."""
        self.names[uniqueid] = f"Kanarie {uniqueid}"
        citizen = await self.world.rooms.citizens.verified({"fullname": self.names[uniqueid]})
        await self.world.rooms.claim(citizen, CallId(ASTERISK, uniqueid))
        await self.tell(self.pbx.arrives(uniqueid), fault, at)

    async def tell(self, events: list[Event], fault: str, at: int) -> None:
        """Tell it, then what was too late before; and take a picture if one is asked for."""
        self.clear = self.clear and not fault
        told, self.late = (
            (self.late, events) if fault == "late" else ([*garbled(events, fault, at), *self.late], [])
        )
        await self.world.follow(*told)
        if self.world.tracker.curious:
            await self.picture()
        if self.clear:
            assert await self.desks() == dict(self.truth())

    async def quiet(self) -> None:
        """Nothing happens for some pictures, before which all that was told has come: all is right."""
        await self.world.follow(*self.late)
        self.late.clear()
        for _ in range(QUIET):
            await self.picture()
        assert await self.desks() == dict(self.truth())
        held, stored = await self.world.known()
        self.clear = stored <= held  # a phone may ring with a caller of whom no event has told: pictures do

    async def picture(self) -> None:
        """A picture: what is over is gone then."""
        held, stored = await self.world.known()
        await self.world.tracker.reconcile(held, stored, draw(*self.pbx.listed(), KNOWN, held | stored))
        for call in self.pbx.calls.values():
            assert not (call.over and await self.world.kept(call.uniqueid))

    async def desks(self) -> dict[str, str]:
        """Who is on each desk, by name."""
        found = {}
        for each in STAFF:
            on_line = await self.world.rooms.desk.sees(Member(ASTERISK, each))
            found[each] = shown(on_line).get("fullname", "nobody proven") if on_line else ""
        return found

    async def nobody_sees_anothers(self) -> None:
        """Each desk shows nothing, or somebody whom this member has, or had."""
        for each, name in (await self.desks()).items():
            mine = {self.names[uniqueid] for who, uniqueid in self.pbx.had if who == each}
            assert name in {"", *mine}

    def truth(self) -> Iterator[tuple[str, str]]:
        """Who should be on each desk."""
        for each in STAFF:
            yield each, self.names.get(self.pbx.has(each), "")


async def _played(url: str, seal_keys: KeySet, code_keys: KeySet, story: list[Step]) -> None:
    async with tracked(url, seal_keys, code_keys) as world:
        play = Play(world)
        for step in story:
            await play.step(step)
        await play.quiet()
        live = {call.uniqueid for call in play.pbx.calls.values() if not call.over}
        assert len(await world.sealed()) == len(live)
        assert await immortal(world.store.redis) == []


@given(story=stories)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_many_calls_told_badly(
    valkey: Valkey, seal_keys: KeySet, code_keys: KeySet, story: list[Step]
) -> None:
    """Some stories in each run."""
    asyncio.run(_played(valkey.url, seal_keys, code_keys, story))


@pytest.mark.slow
@given(story=stories)
@settings(max_examples=5_000, deadline=None)
def test_many_more_calls_told_badly(
    valkey: Valkey, seal_keys: KeySet, code_keys: KeySet, story: list[Step]
) -> None:
    """Many, and others each time."""
    asyncio.run(_played(valkey.url, seal_keys, code_keys, story))
