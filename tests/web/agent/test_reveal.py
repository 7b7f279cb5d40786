"""web.agent.reveal: a masked value is for who asks it of the call that they have now; it is logged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.lab.agents import JOOST, SANNE
from tests.lab.citizens import MASKED, PERSON

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.session.purpose import Purposes
    from tests.lab.agents import Agents, Client
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard

CALL = "pbx:{}"


@pytest.fixture
def purposes() -> Purposes:
    """With a BSN that is masked."""
    return MASKED


async def _ask(client: Client, call: str, attribute: str = "bsn") -> tuple[int, str]:
    async with await client.post(
        "/nl/agent/reveal", {"call": CALL.format(call), "attribute": attribute}
    ) as answer:
        return answer.status, await answer.text()


def _looks(file: Path) -> list[Any]:
    return [json.loads(line)["name"] for line in file.read_text().splitlines()] if file.exists() else []


@pytest.mark.req("A4", "S6")
async def test_the_value_is_not_there_until_it_is_asked_for(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, processing_log: Path
) -> None:
    """Neither the websocket nor the plain page brings it; the answer does, and a line stands in the log."""
    call = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(call, "PJSIP/sanne")
    async with agents.client(SANNE) as client:
        async with await client.dial(await client.ticket()) as socket:
            frame = await socket.receive_json()
        async with client.http.get(client.plain()) as answer:
            plain = await answer.text()
        assert PERSON["fullname"] in json.dumps(frame)
        assert PERSON["fullname"] in plain
        assert PERSON["bsn"] not in json.dumps(frame) + plain
        assert [line["masked"] for line in frame["picture"]["proven"]] == ["", "bsn"]
        assert [link["title"] for link in frame["picture"]["links"]] == ["Cases"]
        assert _looks(processing_log) == ["show-caller"]
        status, text = await _ask(client, call)
        assert status == 200
        assert json.loads(text) == {
            "call": CALL.format(call),
            "value": PERSON["bsn"],
            "links": [
                {"title": "Zaken", "url": "https://zaken.example.nl/?naam=Kanarie%20Vogelzang"},
                {"title": "Personen", "url": f"https://brp.example.nl/{PERSON['bsn']}"},
            ],
        }
        await _ask(client, call)
    assert _looks(processing_log) == ["show-caller", "show-masked bsn", "show-masked bsn"]


@pytest.mark.req("P3", "A4", "S2")
async def test_of_any_other_call_nothing_is_told(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, processing_log: Path
) -> None:
    """Of one that is over, that went to a colleague, or that was never; and nothing is written down."""
    first = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(first, "PJSIP/sanne")
    async with agents.client(SANNE) as sanne, agents.client(JOOST) as joost:
        assert (await _ask(joost, first))[0] == 404
        await switchboard.requeues(first)
        assert (await _ask(sanne, first))[0] == 404
        await switchboard.answers(first, "PJSIP/joost")
        assert (await _ask(sanne, first))[0] == 404
        second = await switchboard.arrives(await citizens.verified(PERSON | {"bsn": "999990020"}))
        await switchboard.answers(second, "PJSIP/sanne")
        for call in (first, "1700000000.99", "", "x" * 5000):
            status, text = await _ask(sanne, call)
            assert status == 404
            assert "9999900" not in text
        await switchboard.hangs_up(second)
        assert (await _ask(sanne, second))[0] == 404
    assert _looks(processing_log) == []


@pytest.mark.req("S7")
@pytest.mark.parametrize("attribute", ["fullname", "postcode", "", "BSN", "x" * 5000, "\x00"])
async def test_only_what_is_masked_can_be_asked_for(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, attribute: str, processing_log: Path
) -> None:
    """What the agent sees already is no look; what there is not is nothing."""
    call = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(call, "PJSIP/sanne")
    async with agents.client(SANNE) as client:
        assert (await _ask(client, call, attribute))[0] == 404
    assert _looks(processing_log) == []


@pytest.mark.req("P3", "S7")
async def test_nothing_is_told_of_a_caller_who_is_not_proven(
    agents: Agents, switchboard: Switchboard, citizens: Citizens
) -> None:
    """Ordinary, or still logging in."""
    async with agents.client(SANNE) as client:
        for citizen in (None, await citizens.pending()):
            call = await switchboard.arrives(citizen)
            await switchboard.answers(call, "PJSIP/sanne")
            assert (await _ask(client, call))[0] == 404
            await switchboard.hangs_up(call)


@pytest.mark.req("S6", "O6")
async def test_what_cannot_be_written_down_is_not_shown(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, processing_log: Path
) -> None:
    """Neither the caller nor a masked value: the screen says that the call goes on. Later all is there."""
    call = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(call, "PJSIP/sanne")
    _in_the_way(processing_log)
    async with agents.client(SANNE) as client:
        async with await client.dial(await client.ticket()) as socket:
            frame = await socket.receive_json()
        assert (frame["picture"]["state"], frame["picture"]["proven"]) == ("unavailable", [])
        for path, data in (("reveal", {}), ("plain", {})):
            asked = {"call": CALL.format(call), "attribute": "bsn"} | data
            async with await client.post(f"/nl/agent/{path}", asked) as answer:
                text = await answer.text()
            assert not any(value in text for value in PERSON.values())
        _out_of_the_way(processing_log)
        assert PERSON["bsn"] in (await _ask(client, call))[1]


def _in_the_way(file: Path) -> None:
    file.mkdir()


def _out_of_the_way(file: Path) -> None:
    file.rmdir()


@pytest.mark.req("C8", "A4")
async def test_without_scripts_a_form_shows_it_for_a_moment(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, processing_log: Path
) -> None:
    """Then the page goes back to the mask by itself; of another call it shows the call that there is."""
    call = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(call, "PJSIP/sanne")
    form = {"call": CALL.format(call), "attribute": "bsn"}
    async with agents.client(SANNE) as client:
        async with await client.post("/en/agent/plain", form) as answer:
            assert PERSON["bsn"] in await answer.text()
            assert answer.headers["Refresh"] == f"4; url={client.plain()}"
            assert answer.headers["Cache-Control"] == "no-store"
        assert _looks(processing_log) == ["show-masked bsn"]
        async with await client.post("/en/agent/plain", form | {"call": "pbx:1.1"}) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, client.plain())


@pytest.mark.req("S4")
async def test_a_page_of_another_site_cannot_ask(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, processing_log: Path
) -> None:
    """Without our token there is no answer and no line."""
    call = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(call, "PJSIP/sanne")
    form = {"call": CALL.format(call), "attribute": "bsn"}
    async with agents.client(SANNE) as client:
        for path in ("reveal", "plain"):
            async with client.http.post(f"/nl/agent/{path}", data=form) as answer:
                assert answer.status == 403
    assert _looks(processing_log) == []
