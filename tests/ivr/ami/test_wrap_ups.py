"""ivr.ami.wrap_ups: begun when a call is over, for who has a desktop to end it with, and ended."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from ivr.ami import wrap_ups
from ivr.ami.limits import AmiLimits
from ivr.ami.link import ManagerLink
from ivr.session.floor import WRAP_UP, State
from tests.lab.ami_lists import show
from tests.lab.ami_server import SECRET, USER, AmiServer
from tests.lab.channels import member
from tests.lab.floors import MAY_NOT, allow, at_work, parts_of, running, stands
from tests.lab.logged import logged
from tests.lab.rooms import SANNE, TOM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.lease import Lease
    from tests.lab.floors import Parts

pytestmark = pytest.mark.req("A6")

LIMITS = AmiLimits(answer_seconds=0.5)
MOMENT = 0.3
LONG = 3600


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrap_ups, "LOOK_SECONDS", 0.05)


@pytest.fixture
async def pbx() -> AsyncIterator[AmiServer]:
    """An Asterisk with two members, which does as it is told."""
    async with AmiServer() as server:
        show(server, members=[member(SANNE.interface), member(TOM.interface)])
        allow(server)
        yield server


@asynccontextmanager
async def wrapping(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer, wrap_up: float
) -> AsyncIterator[Parts]:
    """Sanne is at work, and somebody watches."""
    await at_work(store, SANNE)
    link = ManagerLink("127.0.0.1", pbx.port, USER, SECRET, limits=LIMITS)
    async with link.once():
        parts = parts_of(store, lease, link, feed, wrap_up=wrap_up)
        await parts.members.look()
        await parts.floor.attendant._tend()
        async with running(parts.floor.wrap_ups.run):
            yield parts


def paused(pbx: AmiServer) -> list[tuple[str, str, str]]:
    """Whom, whether and why, of each pause that was asked for."""
    asked = [action for action in pbx.actions if action["Action"] == "QueuePause"]
    return [(each["Interface"], each["Paused"], each.get("Reason", "")) for each in asked]


async def test_it_begins_with_the_end_of_a_call_and_ends_by_itself(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """The agent sees it come and go."""
    async with wrapping(store, lease, feed, pbx, MOMENT) as parts:
        parts.floor.freed(SANNE.interface)
        await stands(store, feed, SANNE, lambda now: now is not None and now.state is State.WRAP_UP)
        await stands(store, feed, SANNE, lambda now: now is not None and now.state is State.READY)
    assert paused(pbx) == [(SANNE.interface, "true", WRAP_UP), (SANNE.interface, "false", "")]


async def test_who_has_no_desktop_has_none(store: Store, lease: Lease, feed: Feed, pbx: AmiServer) -> None:
    """They could not end it."""
    async with wrapping(store, lease, feed, pbx, LONG) as parts:
        for interface in (TOM.interface, SANNE.interface):
            parts.floor.freed(interface)
        await pbx.until(lambda: pbx.asked("QueuePause") > 0)
    assert paused(pbx) == [(SANNE.interface, "true", WRAP_UP)]


@pytest.mark.parametrize(("limit", "rights"), [(0, ""), (LONG, MAY_NOT)], ids=["not set", "no right"])
async def test_where_there_is_none_nothing_is_asked(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer, limit: float, rights: str
) -> None:
    """Neither to begin nor to end."""
    if rights:
        pbx.script["ListCommands"] = (rights,)
    async with wrapping(store, lease, feed, pbx, limit) as parts:
        parts.floor.freed(SANNE.interface)
        assert not parts.floor.wrap_ups._freed
    assert paused(pbx) == []


@pytest.mark.req("O6")
async def test_an_asterisk_that_does_not_answer_is_told_once(
    store: Store, lease: Lease, feed: Feed, pbx: AmiServer
) -> None:
    """The one that could not begin is left; one that cannot end is tried until it does."""
    with logged() as log:
        async with wrapping(store, lease, feed, pbx, MOMENT) as parts:
            parts.floor.freed(SANNE.interface)
            await pbx.until(lambda: pbx.asked("QueuePause") == 1)
            pbx.script["QueuePause"] = ()
            await log.has("wrap_up.failed")
            allow(pbx)
            await log.has("wrap_up.works")
            await stands(store, feed, SANNE, lambda now: now is not None and now.state is State.READY)
    assert log.names() == ["wrap_up.failed", "wrap_up.works"]
