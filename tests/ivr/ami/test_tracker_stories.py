"""Facts about calls whose events are lost, repeated or out of order: by hypothesis, on a real store."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.ami.events import AgentComplete, AgentConnect, Event, Hangup, QueueCallerJoin
from tests.lab.channels import caller, completed, connected, entry, hung_up, joined, phone
from tests.lab.contents import immortal
from tests.lab.tracked import (
    ONE,
    SANNE,
    TOM,
    TWO,
    tracked,
)

if TYPE_CHECKING:
    from ivr.ami.events import ChannelListed, QueueEntry
    from ivr.store.sealing import KeySet
    from tests.lab.valkey import Valkey

pytestmark = pytest.mark.req("P3")


def story(uniqueid: str, members: list[str], *, told: bool) -> list[Event]:
    """One call as Asterisk tells it: waits, is answered, is transferred and answered again, ends."""
    events: list[Event] = []
    for number, interface in enumerate(members):
        if number:
            events.append(completed(uniqueid, members[number - 1], "transfer"))
        events += [joined(uniqueid), connected(uniqueid, interface)]
    if members and told:
        events.append(completed(uniqueid, members[-1]))
    return [*(events or [joined(uniqueid)]), hung_up(uniqueid)]


@st.composite
def disturbed(draw_: st.DrawFn) -> list[Event]:
    """Two calls at once, with events that are lost, told twice, or told too early or too late."""
    both = []
    for uniqueid in (ONE, TWO):
        members = draw_(st.lists(st.sampled_from([SANNE, TOM]), max_size=3))
        both.append(story(uniqueid, members, told=draw_(st.booleans())))
    order = draw_(st.permutations([0] * len(both[0]) + [1] * len(both[1])))
    told = [iter(both[0]), iter(both[1])]
    events = [next(told[which]) for which in order]
    for what in draw_(st.lists(st.sampled_from(["lose", "repeat", "swap"]), max_size=4)):
        at = draw_(st.integers(0, max(0, len(events) - 2)))
        if what == "lose":
            events[at : at + 1] = []
        elif what == "repeat":
            events.insert(draw_(st.integers(at, len(events))), events[at])
        else:
            events[at : at + 2] = events[at : at + 2][::-1]
    return events


def told(events: list[Event], uniqueid: str) -> str | None:
    """Who has this call by the last that was told of it: a member, "" for nobody, None once it is over."""
    where = ""
    for event in events:
        match event:
            case _ if event.uniqueid != uniqueid:
                continue
            case AgentConnect():
                where = event.interface
            case QueueCallerJoin():
                where = ""
            case AgentComplete(reason="transfer") if event.interface == where:
                where = ""
            case AgentComplete() if event.interface == where and where:
                return None
            case Hangup():
                return None
            case _:
                pass
    return where


@pytest.mark.req("P12", "S2", "S7")
@given(events=disturbed())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_whatever_is_lost_repeated_or_late(
    valkey: Valkey, seal_keys: KeySet, code_keys: KeySet, events: list[Event]
) -> None:
    """Nobody ever sees a call that is not theirs by the last that was told of it; what ended stays ended."""
    asyncio.run(_disturbed(valkey.url, seal_keys, code_keys, events))


async def _disturbed(url: str, seal_keys: KeySet, code_keys: KeySet, events: list[Event]) -> None:
    async with tracked(url, seal_keys, code_keys) as world:
        sessions = {uniqueid: (await world.claimed(uniqueid)).session for uniqueid in (ONE, TWO)}
        for count, event in enumerate(events, 1):
            # A hangup that comes first finds no call of the queue's: only its reference tells.
            await world.follow(replace(event, reference=sessions[event.uniqueid]))
            for interface in (SANNE, TOM):
                seen = await world.on_desk(interface)
                assert not seen or told(events[:count], seen) == interface
            for uniqueid in (ONE, TWO):
                if told(events[:count], uniqueid) is None:
                    assert not await world.kept(uniqueid)
        for _ in range(2):
            await world.picture()
        assert await world.sealed() == []
        assert await immortal(world.store.redis) == []
        assert [await world.on_desk(interface) for interface in (SANNE, TOM)] == ["", ""]


def _listed(truth: dict[str, str | None]) -> tuple[list[ChannelListed], list[QueueEntry]]:
    channels, waiting = [], []
    for number, (uniqueid, where) in enumerate(truth.items(), 1):
        if where is None:
            continue
        channels.append(caller(uniqueid, where and f"bridge {uniqueid}"))
        if where:
            channels.append(phone(where, f"bridge {uniqueid}", number=number))
        else:
            waiting.append(entry(uniqueid))
    return channels, waiting


@pytest.mark.req("P12", "S2", "O6")
@given(
    events=disturbed(),
    truth=st.fixed_dictionaries(
        {uniqueid: st.sampled_from([SANNE, TOM, "", None]) for uniqueid in (ONE, TWO)}
    ),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_after_a_gap_the_first_picture_is_the_truth(
    valkey: Valkey,
    seal_keys: KeySet,
    code_keys: KeySet,
    events: list[Event],
    truth: dict[str, str | None],
) -> None:
    """Whatever was followed before the connection was lost: then every desk is as the picture shows."""
    asyncio.run(_after_a_gap(valkey.url, seal_keys, code_keys, events, truth))


async def _after_a_gap(
    url: str, seal_keys: KeySet, code_keys: KeySet, events: list[Event], truth: dict[str, str | None]
) -> None:
    async with tracked(url, seal_keys, code_keys) as world:
        for uniqueid in truth:
            await world.claimed(uniqueid)
        await world.follow(*events)
        world.starts_again()
        channels, waiting = _listed(truth)
        await world.picture(channels, waiting)
        for interface in (SANNE, TOM):
            seen = await world.on_desk(interface)
            theirs = [uniqueid for uniqueid, where in truth.items() if where == interface]
            assert seen == (theirs[0] if len(theirs) == 1 else "")  # of two, nobody can know which
        for uniqueid, where in truth.items():
            assert await world.kept(uniqueid) == (where is not None)
