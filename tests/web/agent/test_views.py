"""web.agent.views: each pickup that showed data is written down once, and never what it showed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from ivr.errors import StoreError
from ivr.store.client import Store
from ivr.store.keyspace import Keyspace, Member
from ivr.store.once import Once
from tests.lab.citizens import PERSON
from web.agent import views
from web.agent.accounts import Agent
from web.agent.views import Views

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.desk import Desk, OnLine
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard

SANNE = Agent("sanne", "Sanne de Wit", Member("pbx", "PJSIP/sanne"), "a1")
JOOST = Agent("joost", "Joost Bakker", Member("pbx", "PJSIP/joost"), "a2")


@pytest.fixture
async def online(switchboard: Switchboard, citizens: Citizens, desk: Desk) -> OnLine:
    """A verified caller on Sanne's line."""
    call = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(call, "PJSIP/sanne")
    online = await desk.look(SANNE.member)
    assert online is not None
    return online


@pytest.mark.req("S6")
async def test_a_view_is_written_down_once(store: Store, online: OnLine) -> None:
    """Who, whose, for what; not again for a second look, a reload or another web process."""
    with capture_logs() as lines:
        for _ in range(2):
            process = Views(Once(store))
            await process.note(SANNE, online)
            await process.note(SANNE, online)
    assert lines == [
        {
            "event": "processing.viewed",
            "log_level": "info",
            "agent": "sanne",
            "session": online.session,
            "purpose": "verhuizing",
            "activity": "screen-pop",
        }
    ]
    assert not any(value in repr(lines) for value in PERSON.values())


@pytest.mark.req("S6")
async def test_each_agent_has_a_line(store: Store, online: OnLine) -> None:
    """After a transfer two people saw it."""
    process = Views(Once(store))
    with capture_logs() as lines:
        await process.note(SANNE, online)
        await process.note(JOOST, online)
    assert [line["agent"] for line in lines] == ["sanne", "joost"]


@pytest.mark.req("S6")
async def test_each_pickup_has_a_line(
    store: Store, online: OnLine, switchboard: Switchboard, desk: Desk
) -> None:
    """Back from the queue to the same agent is another look."""
    process = Views(Once(store))
    with capture_logs() as lines:
        await process.note(SANNE, online)
        again = online
        while again.view.connected_at == online.view.connected_at:  # the store's clock has milliseconds
            await switchboard.requeues(online.call.uniqueid)
            await switchboard.answers(online.call.uniqueid, "PJSIP/sanne")
            looked = await desk.look(SANNE.member)
            assert looked is not None
            again = looked
        await process.note(SANNE, again)
    assert len(lines) == 2


async def test_what_shows_no_data_has_no_line(
    store: Store, switchboard: Switchboard, citizens: Citizens, desk: Desk
) -> None:
    """An ordinary caller, or one who has not logged in yet, is nobody whom we know."""
    process = Views(Once(store))
    with capture_logs() as lines:
        for citizen in (None, await citizens.pending()):
            call = await switchboard.arrives(citizen)
            await switchboard.answers(call, "PJSIP/sanne")
            online = await desk.look(SANNE.member)
            assert online is not None
            await process.note(SANNE, online)
            await switchboard.hangs_up(call)
    assert lines == []


@pytest.mark.req("S6")
async def test_what_cannot_be_written_down_is_not_seen(online: OnLine, tmp_path: Path) -> None:
    """Without the store nobody knows, so it is an error, each time."""
    away = Store(f"unix://{tmp_path}/nothing.sock", Keyspace())
    process = Views(Once(away))
    for _ in range(2):
        with pytest.raises(StoreError):
            await process.note(SANNE, online)
    await away.close()


async def test_the_memory_of_views_is_bounded(
    store: Store, online: OnLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what a process forgets the store still knows."""
    monkeypatch.setattr(views, "MAX_NOTED", 1)
    process = Views(Once(store))
    with capture_logs() as lines:
        for agent in (SANNE, JOOST, SANNE, JOOST):
            await process.note(agent, online)
    assert len(lines) == 2
    assert len(process._noted) == 1
