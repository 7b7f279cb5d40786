"""Facts about following calls: each event moves what it should, and nothing else (requirement P3)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.ami import tracker as trackers
from ivr.ami.events import AgentComplete, AgentConnect, Event, QueueCallerJoin
from ivr.ami.limits import AmiLimits
from ivr.ami.picture import Picture, draw
from ivr.ami.table import EVENTS, read_event
from ivr.ami.tracker import Tracker
from ivr.ami.wire import Splitter
from ivr.errors import LeaseLostError
from ivr.session.model import Call, Identification
from ivr.store.keyspace import CallId, Member
from ivr.store.lease import Lease
from tests.lab.channels import caller, completed, connected, entry, hung_up, joined, phone
from tests.lab.contents import snapshot
from tests.lab.rooms import shown
from tests.lab.tracked import (
    ASTERISK,
    LEASE_SECONDS,
    MEMBERS,
    ONE,
    PROVEN,
    SANNE,
    TOM,
    TWO,
    World,
)

pytestmark = pytest.mark.req("P3")

RECORDED = Path(__file__).parent / "recorded"
GREETING = b"Asterisk Call Manager/11.0.0\r\n"
NOTHING = Picture(frozenset(), (), {})


def recorded(version: int) -> list[Event]:
    """All that a real Asterisk told of one call, in its order."""
    limits, splitter = AmiLimits(), Splitter(AmiLimits())
    events = []
    for message in splitter.feed(GREETING + (RECORDED / f"answered_call_{version}.ami").read_bytes()):
        name = message.removeprefix(b"Event: ").partition(b"\r\n")[0]
        if name in EVENTS:
            events.append(read_event(name, message, limits))
    return events


def of_session(events: list[Event], session: str) -> list[Event]:
    """The same, with this reference on the channels."""
    return [replace(event, reference=session) if event.reference else event for event in events]


def callers(events: list[Event]) -> str:
    """The caller's Uniqueid."""
    return next(event.uniqueid for event in events if isinstance(event, QueueCallerJoin))


@pytest.mark.parametrize("version", [16, 22])
class TestRecorded:
    """A call of a real Asterisk, from the queue to the end."""

    INTERFACE = "Local/a@agents/n"

    async def test_who_answered_sees_it_from_pickup_to_the_end(self, world: World, version: int) -> None:
        """Not an event earlier, not an event later."""
        events = recorded(version)
        citizen = await world.claimed(callers(events))
        talking = False
        for event in of_session(events, citizen.session):
            await world.follow(event)
            talking = (talking or isinstance(event, AgentConnect)) and not isinstance(event, AgentComplete)
            assert await world.sees(self.INTERFACE) == (PROVEN if talking else None)
        assert await world.state(citizen) == Call.ENDED

    @pytest.mark.req("S2", "S7")
    async def test_any_event_may_be_missing(self, world: World, version: int) -> None:
        """Each in turn: nobody sees the call before pickup or after the end, and all is wiped at the end."""
        events = recorded(version)
        for missing in range(len(events)):
            await world.empty()
            citizen = await world.claimed(callers(events))
            mine = of_session(events, citizen.session)
            pickup = next(i for i, event in enumerate(mine) if isinstance(event, AgentConnect))
            for index, event in enumerate(mine[:missing] + mine[missing + 1 :]):
                await world.follow(event)
                assert index >= pickup - 1 or await world.sees(self.INTERFACE) is None
            assert await world.sees(self.INTERFACE) is None
            assert await world.sealed() == []
            assert await world.state(citizen) == Call.ENDED

    @pytest.mark.req("S7")
    async def test_events_may_come_twice(self, world: World, version: int) -> None:
        """Each at once again, and all of them again after the end."""
        events = recorded(version)
        citizen = await world.claimed(callers(events))
        mine = of_session(events, citizen.session)
        for event in mine:
            before = await world.sees(self.INTERFACE)
            await world.follow(event)
            once = await world.sees(self.INTERFACE)
            await world.follow(event)
            assert await world.sees(self.INTERFACE) == once
            assert once in (before, PROVEN, None)
        await world.follow(*mine)
        assert await world.sees(self.INTERFACE) is None
        assert not await world.kept(callers(events))


class TestMoves:
    """What each event asks for."""

    async def test_a_caller_waits_is_answered_and_ends(self, world: World) -> None:
        """And each step is on the citizen's page."""
        citizen = await world.claimed()
        for event, state in (
            (joined(ONE, citizen.session), Call.QUEUED),
            (connected(ONE, SANNE, citizen.session), Call.CONNECTED),
            (completed(ONE, SANNE), Call.ENDED),
        ):
            await world.follow(event)
            assert await world.state(citizen) == state

    async def test_only_who_answered_sees_the_caller(self, world: World) -> None:
        """Two members, two callers."""
        one, two = await world.claimed(ONE), await world.claimed(TWO)
        await world.follow(joined(ONE, one.session), joined(TWO, two.session))
        await world.follow(connected(TWO, SANNE, two.session))
        assert (await world.on_desk(SANNE), await world.on_desk(TOM)) == (TWO, "")
        await world.follow(connected(ONE, TOM, one.session))
        assert (await world.on_desk(SANNE), await world.on_desk(TOM)) == (TWO, ONE)

    async def test_a_caller_without_a_session_is_on_the_line_too(self, world: World) -> None:
        """An ordinary call, not identified."""
        await world.follow(joined(ONE), connected(ONE, SANNE))
        on_line = await world.rooms.desk.look(Member(ASTERISK, SANNE))
        assert on_line is not None
        assert on_line.view.identification is None
        assert on_line.view.queue == "kcc"

    async def test_a_pickup_without_a_join_counts(self, world: World) -> None:
        """The join was before we listened."""
        citizen = await world.claimed()
        await world.follow(connected(ONE, SANNE, citizen.session))
        assert await world.sees(SANNE) == PROVEN

    @pytest.mark.req("P12")
    async def test_a_transfer_takes_it_from_the_screen_and_to_the_next(self, world: World) -> None:
        """The attributes follow the caller."""
        citizen = await world.claimed()
        await world.follow(joined(ONE), connected(ONE, SANNE), completed(ONE, SANNE, "transfer"))
        assert await world.sees(SANNE) is None
        assert await world.state(citizen) == Call.QUEUED
        await world.follow(joined(ONE, queue="second"), connected(ONE, TOM))
        assert (await world.sees(SANNE), await world.sees(TOM)) == (None, PROVEN)

    @pytest.mark.req("P12")
    async def test_the_end_of_an_older_conversation_ends_nothing(self, world: World) -> None:
        """It comes late, when another member has the caller already."""
        await world.claimed()
        await world.follow(joined(ONE), connected(ONE, SANNE), connected(ONE, TOM))
        for reason in ("agent", "caller", "transfer"):
            await world.follow(completed(ONE, SANNE, reason))
            assert await world.sees(TOM) == PROVEN

    @pytest.mark.req("S2")
    @pytest.mark.parametrize("last", [hung_up(ONE), completed(ONE, SANNE, "caller")])
    async def test_the_end_wipes(self, world: World, last: Event) -> None:
        """Attributes, record and pointer, at the event."""
        citizen = await world.claimed()
        await world.follow(joined(ONE), connected(ONE, SANNE), last)
        assert await world.sealed() == []
        assert not await world.kept()
        assert await world.sees(SANNE) is None
        assert await world.state(citizen) == Call.ENDED

    @pytest.mark.req("S2")
    async def test_a_hangup_before_the_queue_is_known_by_its_reference(self, world: World) -> None:
        """Who hangs up during the thanks has never joined."""
        citizen = await world.claimed()
        await world.follow(hung_up(ONE, citizen.session))
        assert await world.state(citizen) == Call.ENDED

    async def test_hangups_of_other_channels_end_nothing(self, world: World) -> None:
        """The agent's phone inherits the reference, never the call."""
        citizen = await world.claimed()
        await world.follow(joined(ONE), connected(ONE, SANNE))
        await world.follow(hung_up("9.91", citizen.session), hung_up("7.7"))
        assert await world.sees(SANNE) == PROVEN

    @pytest.mark.req("S7")
    async def test_a_reference_to_another_session_shows_nobody(self, world: World) -> None:
        """Store and channel do not agree: when in doubt, not identified."""
        one, two = await world.claimed(ONE), await world.claimed(TWO)
        await world.follow(joined(ONE, two.session), connected(ONE, SANNE, two.session))
        on_line = await world.rooms.desk.look(Member(ASTERISK, SANNE))
        assert on_line is not None
        assert on_line.view.identification in (None, Identification.FAILED)
        assert shown(on_line) == {}
        assert await world.state(one) == Call.ENDED

    @pytest.mark.parametrize("number", ["J\x1b[31m", "1" * 4000, "anonymous"])
    async def test_a_number_that_is_none_is_not_shown(self, world: World, number: str) -> None:
        """What the network sends is kept only if it is a number."""
        await world.follow(replace(joined(ONE), caller_number=number), connected(ONE, SANNE))
        on_line = await world.rooms.desk.look(Member(ASTERISK, SANNE))
        assert on_line is not None
        assert on_line.view.caller_number is None

    async def test_only_so_many_ends_are_remembered(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The oldest is forgotten; memory has a bound."""
        monkeypatch.setattr(trackers, "REMEMBERED", 2)
        for uniqueid in ("1.1", "1.2", "1.3"):
            await world.follow(joined(uniqueid), hung_up(uniqueid))
        assert len(world.tracker._gone) == 2
        await world.follow(joined("1.3"), joined("1.2"))
        assert not await world.kept("1.2")
        assert not await world.kept("1.3")


@pytest.mark.req("O6")
class TestFenced:
    """Another watcher has the lease."""

    EVENTS = (joined(ONE), connected(ONE, SANNE), completed(ONE, SANNE), hung_up(ONE))

    async def fenced(self, world: World) -> dict[bytes, Any]:
        """The lease goes to another; what the store holds then."""
        await world.claimed()
        await world.follow(joined(ONE), connected(ONE, SANNE))
        await world.rooms.calls._lease.release()
        assert await Lease(world.store, ASTERISK).hold()
        await world.store.redis.expire(world.store.keys.lease(ASTERISK), LEASE_SECONDS)
        return await snapshot(world.store.redis)

    async def test_no_event_changes_anything(self, world: World) -> None:
        """And the first one says so, so that the watcher stops."""
        before = await self.fenced(world)
        for event in self.EVENTS:
            with pytest.raises(LeaseLostError):
                await world.follow(event)
        assert await snapshot(world.store.redis) == before

    @pytest.mark.parametrize(
        "drawn",
        [
            NOTHING,
            draw([caller(ONE, "b"), phone(TOM, "b")], [], MEMBERS),
            draw([caller(ONE)], [entry(ONE)], MEMBERS),
        ],
    )
    async def test_no_picture_changes_anything(self, world: World, drawn: Picture) -> None:
        """Not even by proving that a call lives."""
        before = await self.fenced(world)
        with pytest.raises(LeaseLostError):
            await world.tracker.reconcile({ONE}, {ONE}, drawn)
        assert await snapshot(world.store.redis) == before

    async def test_without_calls_it_is_noticed_as_well(self, world: World) -> None:
        """An idle watcher must not think that it leads."""
        await self.fenced(world)
        with pytest.raises(LeaseLostError):
            await Tracker(world.rooms.calls, world.freed.append).reconcile(set(), set(), NOTHING)


@pytest.mark.req("A6")
async def test_a_member_is_freed_when_the_call_is_over_or_with_another(world: World) -> None:
    """Once for each call, whatever ended it; not by a call that only waits, nor by one that comes back."""
    await world.follow(joined(ONE), connected(ONE, SANNE), completed(ONE, SANNE, "transfer"), joined(ONE))
    assert world.freed == [SANNE]
    await world.follow(connected(ONE, TOM), completed(ONE, TOM), hung_up(ONE))
    assert world.freed == [SANNE, TOM]
    await world.follow(joined(TWO), connected(TWO, SANNE), connected(TWO, TOM), hung_up(TWO), hung_up(TWO))
    assert world.freed == [SANNE, TOM, SANNE, TOM]


@pytest.mark.req("A6", "O6")
async def test_an_end_that_was_missed_frees_the_member_too(world: World) -> None:
    """By the picture that finds it; the call of an earlier connection as well."""
    await world.follow(joined(ONE), connected(ONE, SANNE))
    await world.picture()
    assert world.freed == [SANNE]
    await world.follow(joined(TWO), connected(TWO, SANNE))
    world.starts_again()
    await world.picture([caller(TWO, "b"), phone(SANNE, "b")])
    await world.follow(hung_up(TWO))
    assert world.freed == [SANNE, SANNE]


async def test_a_move_that_the_table_does_not_list_is_told(world: World) -> None:
    """It changes nothing, and says nothing of whom."""
    await world.store.redis.hset(world.store.keys.call(CallId(ASTERISK, ONE)), "state", "expired")
    with capture_logs() as logs:
        await world.follow(joined(ONE))
    assert logs == [{"event": "call.move_refused", "outcome": "illegal", "log_level": "warning"}]
    assert world.rooms.calls.illegal == 1
    await world.store.redis.delete(world.store.keys.call(CallId(ASTERISK, ONE)))
