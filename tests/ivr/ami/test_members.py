"""ivr.ami.members: what Asterisk did is known at once, what others did there at the next look."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.ami.events import QueueParams
from ivr.ami.limits import AmiLimits
from ivr.ami.link import ManagerLink
from ivr.errors import ManagerError, ManagerGoneError, TooSlowError
from ivr.session.floor import WRAP_UP, Phone, Standing, State
from ivr.store.standings import Standings
from tests.lab.ami_lists import REFUSED, SILENCE, listing, show
from tests.lab.ami_server import SECRET, USER, AmiServer, message
from tests.lab.channels import entry, member
from tests.lab.floors import MAY_NOT, allow, parts_of
from tests.lab.rooms import SANNE, TOM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.ami.members import Members
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.lease import Lease

pytestmark = pytest.mark.req("A6")

LIMITS = AmiLimits(answer_seconds=0.5)
LIMIT = 60
ONE, TWO = SANNE.interface, TOM.interface
FREE = member(ONE)
LUNCH = replace(FREE, paused=True, reason="lunch", paused_at=1_700_000_000)
WRAPS_UP = replace(FREE, paused=True, reason=WRAP_UP, paused_at=1_700_000_000)


@pytest.fixture
async def pbx() -> AsyncIterator[AmiServer]:
    """An Asterisk with two members, which does as it is told."""
    async with AmiServer() as server:
        show(server, (), [entry("1.1")], [FREE, member(TWO)])
        allow(server)
        yield server


@pytest.fixture
async def members(store: Store, lease: Lease, feed: Feed, pbx: AmiServer) -> AsyncIterator[Members]:
    """Its members, after the first look."""
    async with following(store, lease, feed, pbx) as members:
        await members.look()
        yield members


@asynccontextmanager
async def following(store: Store, lease: Lease, feed: Feed, pbx: AmiServer) -> AsyncIterator[Members]:
    """Its members, as a watcher begins."""
    link = ManagerLink("127.0.0.1", pbx.port, USER, SECRET, limits=LIMITS)
    async with link.once():
        members = parts_of(store, lease, link, feed, wrap_up=LIMIT).members
        await members.begin()
        yield members


async def told(store: Store) -> Standing:
    """How Sanne stands for the pages."""
    standing, _ = await Standings(store).of(SANNE)
    assert standing is not None
    return standing


def asked(pbx: AmiServer, name: str = "QueuePause") -> list[dict[str, str]]:
    """What was asked of Asterisk, without the names and numbers of the questions."""
    aside = {"Action", "ActionID"}
    return [
        {key: value for key, value in action.items() if key not in aside}
        for action in pbx.actions
        if action["Action"] == name
    ]


async def test_a_look_tells_how_everybody_stands(members: Members, store: Store) -> None:
    """And whether that can be changed; the list itself goes to who asked for it."""
    roll = await Standings(store).all("pbx")
    assert roll is not None
    assert {interface: each.state for interface, each in roll.standings.items()} == {
        ONE: State.READY,
        TWO: State.READY,
    }
    assert roll.may
    assert members.queues == {"kcc"}
    assert any(isinstance(item, QueueParams) for item in await members.look())


async def test_who_left_a_queue_is_none_of_its_members_any_more(
    members: Members, store: Store, pbx: AmiServer
) -> None:
    """At the next look."""
    show(pbx, members=[member(TWO)])
    await members.look()
    assert await Standings(store).of(SANNE) == (None, True)


async def test_a_pause_is_in_all_queues_and_known_at_once(
    members: Members, store: Store, pbx: AmiServer
) -> None:
    """Without a look; and the look after it agrees."""
    await members.pause(ONE, "lunch")
    assert asked(pbx) == [{"Interface": ONE, "Paused": "true", "Reason": "lunch"}]
    paused = await told(store)
    assert (paused.state, paused.reason, paused.until) == (State.PAUSED, "lunch", 0)
    show(pbx, members=[LUNCH, member(TWO)])
    await members.look()
    assert await told(store) == paused
    await members.ready(ONE)
    assert asked(pbx)[1] == {"Interface": ONE, "Paused": "false"}
    assert (await told(store)).state is State.READY


async def test_a_look_that_began_before_does_not_take_it_back(
    members: Members, store: Store, pbx: AmiServer
) -> None:
    """What it shows is older."""
    held = pbx.script.pop("QueueStatus")
    pbx.script["QueueStatus"] = SILENCE
    looking = asyncio.create_task(members.look())
    await pbx.until(lambda: pbx.asked("QueueStatus") == 2)
    await members.pause(ONE, "lunch")
    connection = await pbx.logged_in()
    question = next(a for a in reversed(connection.actions) if a["Action"] == "QueueStatus")
    connection.send(b"".join(message(each, question["ActionID"]) for each in held))
    await looking
    assert (await told(store)).reason == "lunch"


async def test_a_pause_that_asterisk_refuses_changes_nothing(
    members: Members, store: Store, pbx: AmiServer
) -> None:
    """Nor one that it does not answer: what is so then, the next look shows."""
    for script, error in ((REFUSED, ManagerError), (SILENCE, TooSlowError)):
        pbx.script["QueuePause"] = script
        with pytest.raises(error):
            await members.pause(ONE, "lunch")
        assert (await told(store)).state is State.READY


async def test_whom_no_look_has_shown_can_be_paused(members: Members, store: Store) -> None:
    """Asterisk knows them already; how they stand is told when it is seen."""
    await members.pause("PJSIP/els", "lunch")
    roll = await Standings(store).all("pbx")
    assert roll is not None
    assert set(roll.standings) == {ONE, TWO}


async def test_a_wrap_up_begins_and_ends_in_time(
    members: Members, store: Store, pbx: AmiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a reason of ours; not before its time, and once."""
    await members.begin_wrap_up(ONE)
    wraps_up = await told(store)
    assert (wraps_up.state, wraps_up.until - wraps_up.since) == (State.WRAP_UP, LIMIT)
    await members.end_wrap_ups()
    assert len(asked(pbx)) == 1
    monkeypatch.setattr(members._clock, "_ahead", members._clock._ahead + LIMIT)
    for _ in range(2):
        await members.end_wrap_ups()
    assert [each["Paused"] for each in asked(pbx)] == ["true", "false"]
    assert (await told(store)).state is State.READY


async def test_a_second_wrap_up_begins_its_time_anew(
    members: Members, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that rang in the gap was answered, and has a wrap-up of its own."""
    await members.begin_wrap_up(ONE)
    before = (await told(store)).until
    monkeypatch.setattr(members._clock, "_ahead", members._clock._ahead + 30)
    await members.begin_wrap_up(ONE)
    assert (await told(store)).until == before + 30


async def test_who_paused_during_the_call_has_no_wrap_up(members: Members, store: Store) -> None:
    """Their own reason stays; nor has somebody who is no member."""
    await members.pause(ONE, "lunch")
    await members.begin_wrap_up(ONE)
    await members.begin_wrap_up("PJSIP/els")
    assert (await told(store)).reason == "lunch"


async def test_a_wrap_up_that_became_a_pause_does_not_end(
    members: Members, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agent made it longer."""
    await members.begin_wrap_up(ONE)
    await members.pause(ONE, "lunch")
    monkeypatch.setattr(members._clock, "_ahead", members._clock._ahead + 2 * LIMIT)
    await members.end_wrap_ups()
    assert (await told(store)).reason == "lunch"


@pytest.mark.req("O6")
async def test_the_next_watcher_ends_a_wrap_up_in_time(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """One of long ago at once, whoever began it; one that the store knows when that says."""
    show(pbx, members=[WRAPS_UP])
    async with following(store, lease, feed, pbx) as members:
        await members.look()
        await members.end_wrap_ups()
    assert [each["Paused"] for each in asked(pbx)] == ["false"]
    known = Standing(("kcc",), Phone.FREE, paused=True, reason=WRAP_UP, since=1, until=2_000_000_000)
    await Standings(store).put(lease, {ONE: known}, set(), may=True)
    async with following(store, lease, feed, pbx) as members:
        await members.look()
        await members.end_wrap_ups()
    assert len(asked(pbx)) == 1
    assert await told(store) == known


@pytest.mark.req("O6")
async def test_a_watcher_that_cannot_read_what_was_before_begins_anew(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """And what it could not read is gone."""
    await store.redis.hset(store.keys.members("pbx"), "PJSIP/els", "nonsense")
    async with following(store, lease, feed, pbx) as members:
        await members.look()
    roll = await Standings(store).all("pbx")
    assert roll is not None
    assert set(roll.standings) == {ONE, TWO}


async def test_a_member_is_added_as_it_stands_in_its_other_queues(members: Members, pbx: AmiServer) -> None:
    """Paused for the same reason; a name of a person is not told to Asterisk."""
    await members.add(ONE, "afval")
    await members.pause(ONE, "lunch")
    await members.add(ONE, "burgerzaken")
    assert asked(pbx, "QueueAdd") == [
        {"Queue": "afval", "Interface": ONE},
        {"Queue": "burgerzaken", "Interface": ONE, "Paused": "true"},
    ]
    lunch = {"Interface": ONE, "Paused": "true", "Reason": "lunch"}
    assert asked(pbx) == [lunch, {"Queue": "burgerzaken", **lunch}]
    assert members.doubted.is_set()


@pytest.mark.req("O6")
async def test_a_pause_outlives_a_restart_of_asterisk(members: Members, pbx: AmiServer) -> None:
    """Which forgets who was added: they come back as they were. A wrap-up does not, nor who logged out."""
    await members.pause(ONE, "lunch")
    await members.begin_wrap_up(TWO)
    pbx.script["QueueStatus"] = listing("QueueStatus", ["Event: QueueParams\nQueue: kcc"])
    for _ in range(2):
        await members.look()
    for interface in (ONE, TWO):
        await members.add(interface, "kcc")
    await members.remove(ONE, "kcc")
    await members.add(ONE, "kcc")
    assert asked(pbx, "QueueAdd") == [
        {"Queue": "kcc", "Interface": ONE, "Paused": "true"},
        *({"Queue": "kcc", "Interface": interface} for interface in (TWO, ONE)),
    ]


async def test_without_the_right_it_is_told(store: Store, lease: Lease, feed: Feed, pbx: AmiServer) -> None:
    """All else is as it is."""
    pbx.script["ListCommands"] = (MAY_NOT,)
    async with following(store, lease, feed, pbx) as members:
        await members.look()
        assert not members.may
    roll = await Standings(store).all("pbx")
    assert roll is not None
    assert not roll.may
    assert set(roll.standings) == {ONE, TWO}


async def test_rights_are_asked_anew_with_each_connection(members: Members, pbx: AmiServer) -> None:
    """And nothing is done before: an Asterisk that restarted knows other queues."""
    await members.look()
    assert pbx.asked("ListCommands") == 1
    members.disconnected()
    assert (members.may, members.queues) == (False, frozenset())
    await members.look()
    assert members.may
    assert pbx.asked("ListCommands") == 2


async def test_without_a_connection_nothing_is_kept_for_later(store: Store, lease: Lease, feed: Feed) -> None:
    """It fails at once."""
    link = ManagerLink("127.0.0.1", 1, USER, SECRET)
    members = parts_of(store, lease, link, feed).members
    with pytest.raises(ManagerGoneError):
        await members.pause(ONE, "lunch")
