"""web.agent.views: each look at data is written down before it is one, and never what it showed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ivr.errors import UnwrittenError
from ivr.store.keyspace import Member
from ivr.store.sealing import Macs
from tests.lab.citizens import PERSON
from tests.lab.switchboard import NUMBER
from web.agent import views as module
from web.agent.journal import Journal
from web.agent.person import Agent, Role
from web.agent.views import Register, Views, subject_text

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.desk import Desk, OnLine
    from ivr.store.sealing import KeySet
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard

SANNE, JOOST = (
    Agent(
        name=name,
        display_name=display_name,
        account=f"of {name}",
        roles=frozenset({Role.AGENT}),
        member=Member("pbx", f"PJSIP/{name}"),
    )
    for name, display_name in (("sanne", "Sanne de Wit"), ("joost", "Joost Bakker"))
)


@pytest.fixture
async def online(switchboard: Switchboard, citizens: Citizens, desk: Desk) -> OnLine:
    """A verified caller on Sanne's line."""
    call = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(call, "PJSIP/sanne")
    online = await desk.look(SANNE.member)
    assert online is not None
    return online


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def _in_the_way(file: Path) -> None:
    file.mkdir()


def _out_of_the_way(file: Path) -> None:
    file.rmdir()


@pytest.mark.req("S6")
async def test_a_view_is_written_down_once(
    views: Views, online: OnLine, processing_log: Path, seal_keys: KeySet
) -> None:
    """Who, whose, when and for what, in the standard's fields; not again for a second look."""
    await views.note(SANNE, online)
    await views.note(SANNE, online)
    (line,) = _lines(processing_log)
    macs = Macs(seal_keys, "processing")
    assert line == {
        "trace_id": macs.first(f"trace|{online.session}")[:32],
        "span_id": line["span_id"],
        "status": "Ok",
        "name": "show-caller",
        "start_time": "2023-11-14T22:21:40.250Z",
        "end_time": "2023-11-14T22:21:40.250Z",
        "resource": {"attributes": {"service.name": "idbellen", "service.version": "1.2.3"}},
        "attributes": {
            "dpl.core.processing_activity_id": "https://example.nl/verwerkingen/verhuizing",
            "dpl.core.data_subject_id": macs.first(subject_text("bsn", PERSON["bsn"])),
            "dpl.core.data_subject_id_type": "bsn",
            "user.name": "sanne",
            "session.id": online.session,
            "idbellen.purpose": "verhuizing",
        },
    }
    assert len(bytes.fromhex(line["trace_id"])) == 16
    assert len(bytes.fromhex(line["span_id"])) == 8


@pytest.mark.req("S1", "S6")
async def test_the_log_holds_no_values(views: Views, online: OnLine, processing_log: Path) -> None:
    """Neither what was proven nor the number, also when a masked value was asked for."""
    await views.note(SANNE, online)
    await views.asked(SANNE, online, "bsn", "0123456789abcdef")
    text = repr(_lines(processing_log))
    assert not any(value in text for value in (*PERSON.values(), NUMBER))


@pytest.mark.req("S6", "A4")
async def test_each_question_for_a_masked_value_has_a_line(
    views: Views, online: OnLine, processing_log: Path
) -> None:
    """However often; each is an action of its own within the view, in the same trace."""
    await views.note(SANNE, online)
    for span in ("0123456789abcdef", "fedcba9876543210"):
        await views.asked(SANNE, online, "bsn", span)
    view, *asked = _lines(processing_log)
    assert [line["name"] for line in asked] == ["show-masked bsn"] * 2
    assert [line["span_id"] for line in asked] == ["0123456789abcdef", "fedcba9876543210"]
    assert {line["parent_span_id"] for line in asked} == {view["span_id"]}
    assert {line["trace_id"] for line in asked} == {view["trace_id"]}


@pytest.mark.req("S6")
async def test_the_same_person_is_the_same_reference(
    views: Views, switchboard: Switchboard, citizens: Citizens, desk: Desk, processing_log: Path
) -> None:
    """In whatever call, so that somebody who asks can be told; another person is another."""
    for values in (PERSON, PERSON, PERSON | {"bsn": "999990020"}):
        call = await switchboard.arrives(await citizens.verified(values))
        await switchboard.answers(call, "PJSIP/sanne")
        online = await desk.look(SANNE.member)
        assert online is not None
        await views.note(SANNE, online)
        await switchboard.hangs_up(call)
    references = [line["attributes"]["dpl.core.data_subject_id"] for line in _lines(processing_log)]
    assert references[0] == references[1] != references[2]


@pytest.mark.req("S6")
async def test_without_a_bsn_the_session_stands_in_its_place(
    views: Views, switchboard: Switchboard, citizens: Citizens, desk: Desk, processing_log: Path
) -> None:
    """As a mac too, and called what it is."""
    call = await switchboard.arrives(await citizens.verified(purpose="afval"))
    await switchboard.answers(call, "PJSIP/sanne")
    online = await desk.look(SANNE.member)
    assert online is not None
    await views.note(SANNE, online)
    (line,) = _lines(processing_log)
    assert line["attributes"]["dpl.core.data_subject_id_type"] == "session"
    assert line["attributes"]["dpl.core.data_subject_id"] != online.session


@pytest.mark.req("S6")
async def test_each_agent_has_a_line(views: Views, online: OnLine, processing_log: Path) -> None:
    """After a transfer two people saw it: one trace, two spans."""
    await views.note(SANNE, online)
    await views.note(JOOST, online)
    first, second = _lines(processing_log)
    assert [first["attributes"]["user.name"], second["attributes"]["user.name"]] == ["sanne", "joost"]
    assert first["trace_id"] == second["trace_id"]
    assert first["span_id"] != second["span_id"]


@pytest.mark.req("S6")
async def test_each_pickup_has_a_line(
    views: Views, online: OnLine, switchboard: Switchboard, desk: Desk, processing_log: Path
) -> None:
    """Back from the queue to the same agent is another look."""
    await views.note(SANNE, online)
    again = online
    while again.view.connected_at == online.view.connected_at:  # the store's clock has milliseconds
        await switchboard.requeues(online.call.uniqueid)
        await switchboard.answers(online.call.uniqueid, "PJSIP/sanne")
        looked = await desk.look(SANNE.member)
        assert looked is not None
        again = looked
    await views.note(SANNE, again)
    assert len({line["span_id"] for line in _lines(processing_log)}) == 2


@pytest.mark.req("S6")
async def test_another_process_writes_the_same_view_under_the_same_span(
    views: Views, online: OnLine, processing_log: Path, seal_keys: KeySet
) -> None:
    """So that whoever counts views can leave out the second."""
    other = Views(
        Journal(processing_log), Macs(seal_keys, "processing"), Register("urn:x", "bsn", "2"), lambda: 0.0
    )
    for process in (views, other):
        await process.note(SANNE, online)
    other.close()
    assert len({line["span_id"] for line in _lines(processing_log)}) == 1


async def test_what_shows_no_data_has_no_line(
    views: Views, switchboard: Switchboard, citizens: Citizens, desk: Desk, processing_log: Path
) -> None:
    """An ordinary caller, or one who has not logged in yet, is nobody whom we know."""
    for citizen in (None, await citizens.pending()):
        call = await switchboard.arrives(citizen)
        await switchboard.answers(call, "PJSIP/sanne")
        online = await desk.look(SANNE.member)
        assert online is not None
        await views.note(SANNE, online)
        await switchboard.hangs_up(call)
    assert _lines(processing_log) == []


@pytest.mark.req("S6")
async def test_what_cannot_be_written_down_is_an_error_each_time(
    views: Views, online: OnLine, processing_log: Path
) -> None:
    """And when it can be again, the view that was not one yet has its line."""
    _in_the_way(processing_log)
    for _ in range(2):
        with pytest.raises(UnwrittenError):
            await views.note(SANNE, online)
        with pytest.raises(UnwrittenError):
            await views.asked(SANNE, online, "bsn", "0123456789abcdef")
    _out_of_the_way(processing_log)
    await views.note(SANNE, online)
    assert len(_lines(processing_log)) == 1


async def test_the_memory_of_views_is_bounded(
    views: Views, online: OnLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is forgotten is written again, which does no harm."""
    monkeypatch.setattr(module, "MAX_NOTED", 1)
    for agent in (SANNE, JOOST, SANNE):
        await views.note(agent, online)
    assert len(views._noted) == 1
