"""ivr.ami.attendant: agents at work are in their queues, others are not; the rest is left alone."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.ami import attendant as attendants
from ivr.ami import surveyor as surveyors
from ivr.ami.limits import AmiLimits
from ivr.ami.link import ManagerLink
from ivr.errors import LeaseLostError
from ivr.store.lease import Lease
from ivr.store.staff import Staff
from tests.lab.ami_lists import show
from tests.lab.ami_server import SECRET, USER, AmiServer
from tests.lab.channels import entry, member
from tests.lab.floors import MAY_NOT, allow, at_work, parts_of, running
from tests.lab.logged import logged
from tests.lab.rooms import SANNE, TOM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from tests.lab.floors import Parts

pytestmark = pytest.mark.req("A6", "P8")

LIMITS = AmiLimits(answer_seconds=0.5)
KCC = "kcc"
WAITS = (entry("1.1"),)
"""Somebody in the queue, so that it is there without members."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveyors, "PACE", 0.05)
    monkeypatch.setattr(attendants, "LOOK_SECONDS", 0.05)


@pytest.fixture
async def pbx() -> AsyncIterator[AmiServer]:
    """An Asterisk with one queue and nobody in it."""
    async with AmiServer() as server:
        show(server, (), WAITS)
        allow(server)
        yield server


@asynccontextmanager
async def tending(store: Store, lease: Lease, feed: Feed, pbx: AmiServer) -> AsyncIterator[Parts]:
    """Somebody who tends to it, with a connection."""
    link = ManagerLink("127.0.0.1", pbx.port, USER, SECRET, limits=LIMITS)
    async with link.once():
        parts = parts_of(store, lease, link, feed)
        async with running(parts.surveyor.run, parts.floor.attendant.run):
            yield parts


def asked(pbx: AmiServer, name: str) -> list[tuple[str, str]]:
    """Queue and member of every such action."""
    return [(each["Queue"], each["Interface"]) for each in pbx.actions if each["Action"] == name]


async def done(pbx: AmiServer, name: str, times: int = 1) -> None:
    """Wait until this was asked so often."""
    await pbx.until(lambda: pbx.asked(name) >= times)


async def looks(pbx: AmiServer, more: int = 3) -> None:
    """Wait for so many looks more."""
    await done(pbx, "QueueStatus", pbx.asked("QueueStatus") + more)


async def test_who_comes_to_work_is_added_and_who_logs_out_removed(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """Once each, without a name."""
    staff = Staff(store)
    async with tending(store, lease, feed, pbx) as parts:
        await at_work(store, SANNE, KCC)
        await done(pbx, "QueueAdd")
        show(pbx, (), WAITS, [member(SANNE.interface)])
        await looks(pbx)
        assert parts.floor.attendant.present(SANNE.interface)
        assert not parts.floor.attendant.present(TOM.interface)
        await at_work(store, SANNE, KCC, seconds=0)
        await done(pbx, "QueueRemove")
        show(pbx, (), WAITS)
        await looks(pbx)
    assert asked(pbx, "QueueAdd") == asked(pbx, "QueueRemove") == [(KCC, SANNE.interface)]
    assert not any("MemberName" in action for action in pbx.actions)
    assert await staff.added("pbx") == {}


async def test_who_stands_in_queues_conf_is_left_alone(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """Whether or not their agent is at work; nor is anybody added to a queue that does not exist."""
    show(pbx, (), WAITS, [member(SANNE.interface)])
    await at_work(store, SANNE, KCC, "nergens")
    async with tending(store, lease, feed, pbx):
        await looks(pbx)
        await at_work(store, SANNE, seconds=0)
        await looks(pbx)
    assert asked(pbx, "QueueAdd") == asked(pbx, "QueueRemove") == []


@pytest.mark.req("O6")
async def test_after_a_restart_of_asterisk_they_are_added_again(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """It has forgotten them."""
    await at_work(store, SANNE, KCC)
    async with tending(store, lease, feed, pbx) as parts:
        await done(pbx, "QueueAdd")
        show(pbx, (), WAITS, [member(SANNE.interface)])
        await looks(pbx)
        parts.floor.connected()
        show(pbx, (), WAITS)
        await done(pbx, "QueueAdd", 2)


@pytest.mark.req("O6")
async def test_who_logged_out_while_nobody_watched_is_removed_all_the_same(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """By the next watcher, which finds whom the one before it had added; others it does not know."""
    show(pbx, (), WAITS, [member(SANNE.interface), member(TOM.interface)])
    await Staff(store).keep(lease, SANNE.interface, [KCC])
    async with tending(store, lease, feed, pbx):
        await done(pbx, "QueueRemove")
        await looks(pbx)
    assert asked(pbx, "QueueRemove") == [(KCC, SANNE.interface)]


@pytest.mark.req("O6")
async def test_whom_the_store_has_forgotten_is_removed_all_the_same(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """Once they have been at work again: who is there and not in queues.conf was added by us."""
    show(pbx, (), WAITS, [replace(member(SANNE.interface), dynamic=True)])
    await at_work(store, SANNE, KCC)
    async with tending(store, lease, feed, pbx):
        await looks(pbx)
        assert asked(pbx, "QueueAdd") == []
        await at_work(store, SANNE, KCC, seconds=0)
        await done(pbx, "QueueRemove")
    assert asked(pbx, "QueueRemove") == [(KCC, SANNE.interface)]


async def test_whom_asterisk_does_not_add_or_remove_is_not_ours(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """Somebody else added or removed them in that moment; the others are tended to all the same."""
    staff = Staff(store)
    pbx.script["QueueAdd"] = ("Response: Error\nMessage: Unable to add interface: Already there",)
    pbx.script["QueueRemove"] = ("Response: Error\nMessage: Member not dynamic",)
    await at_work(store, SANNE, KCC)
    await staff.keep(lease, TOM.interface, [KCC])
    link = ManagerLink("127.0.0.1", pbx.port, USER, SECRET, limits=LIMITS)
    async with link.once():
        parts = parts_of(store, lease, link, feed)
        await parts.members.look()
        await parts.floor.attendant._tend()
    assert asked(pbx, "QueueAdd") == [(KCC, SANNE.interface)]
    assert asked(pbx, "QueueRemove") == [(KCC, TOM.interface)]
    assert await staff.added("pbx") == {}


@pytest.mark.req("S4")
async def test_without_the_right_nobody_is_added(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """And nobody tries."""
    pbx.script["ListCommands"] = (MAY_NOT,)
    await at_work(store, SANNE, KCC)
    async with tending(store, lease, feed, pbx) as parts:
        await looks(pbx)
        assert parts.floor.attendant.present(SANNE.interface)
    assert asked(pbx, "QueueAdd") == []


@pytest.mark.req("O6")
async def test_an_asterisk_that_does_not_answer_is_tried_again(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """Told once in the log; one that we perhaps added counts as ours."""
    pbx.script["QueueAdd"] = ()
    await at_work(store, SANNE, KCC)
    with logged() as log:
        async with tending(store, lease, feed, pbx):
            await log.has("staff.untended")
            assert await Staff(store).added("pbx") == {SANNE.interface: frozenset({KCC})}
            allow(pbx)
            await log.has("staff.tended")
    assert log.names().count("staff.untended") == 1


async def test_who_lost_the_lease_tends_to_nobody(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """The watcher ends with it."""
    await at_work(store, SANNE, KCC)
    link = ManagerLink("127.0.0.1", pbx.port, USER, SECRET, limits=LIMITS)
    async with link.once():
        parts = parts_of(store, Lease(store, "pbx"), link, feed)
        parts.members.queues, parts.members.may = frozenset({KCC}), True
        with pytest.raises(LeaseLostError):
            await parts.floor.attendant.run()
    assert asked(pbx, "QueueAdd") == []
