"""web.agent.team: a leader sees queues, the day and who does what; of callers nothing personal."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import WSCloseCode, WSMsgType

from ivr.errors import StoreError
from ivr.session.floor import Caller, Phone, Proof, QueueLine, State
from ivr.store.figures import Counts, Fared
from tests.lab.agents import SANNE, Agents, Client
from tests.lab.citizens import PERSON
from tests.lab.floors import IN_TIME, ZONE
from tests.lab.ground import Ground
from tests.lab.markup import faults
from tests.lab.switchboard import NUMBER, QUEUE
from web.agent import team as teams
from web.agent.person import Role
from web.agent.team_view import TeamView
from web.socket import PROTOCOL, TICKET_PREFIX

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.lease import Lease
    from tests.lab.citizens import Citizen, Citizens
    from tests.lab.switchboard import Switchboard
    from web.agent.accounts import Accounts

pytestmark = pytest.mark.req("A6")

LEADER = "petra"
PASSWORD = "een lang wachtwoord"
PHONE = f"PJSIP/{SANNE}"
STEP_SECONDS = 10.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teams, "PACE_SECONDS", 0.01)
    monkeypatch.setattr(teams, "LOOK_SECONDS", 0.2)


@pytest.fixture(autouse=True)
def leader(accounts: Accounts) -> None:
    """Petra leads the team; she has no phone."""
    accounts.add(LEADER, PASSWORD, "Petra Jansen", None, roles=(Role.LEADER,))


@pytest.fixture
async def ground(store: Store, lease: Lease, feed: Feed) -> AsyncIterator[Ground]:
    """Sanne works in the queue, and so does a phone that nobody has an account for."""
    async with Ground(store, lease, feed).running() as ground:
        await ground.stands(PHONE, QUEUE)
        await ground.stands("PJSIP/lobby", QUEUE, phone=Phone.BUSY)
        now = await ground.now()
        caller = Caller(now - 200, "verhuizing", Proof.VERIFIED)
        await ground.waits(QUEUE, QueueLine(7, caller.since, (caller,), {State.READY: 1, State.CALL: 1}))
        yield ground


async def dial(client: Client) -> aiohttp.ClientWebSocketResponse:
    """Open the page's websocket."""
    async with await client.post("/en/agent/team/ticket") as answer:
        ticket = (await answer.json())["ticket"]
    return await client.http.ws_connect(
        "/agent/team/live",
        protocols=(PROTOCOL, f"{TICKET_PREFIX}{ticket}"),
        headers={"Origin": str(client.front.url.origin())},
    )


async def told(socket: aiohttp.ClientWebSocketResponse, part: str, text: str) -> str:
    """Wait until a part of the page says this; the part."""
    async with asyncio.timeout(STEP_SECONDS):
        while True:
            frame: dict[str, Any] = await socket.receive_json()
            if text in (said := frame.get("parts", {}).get(part, "")):
                return said


def texts(html: str) -> list[str]:
    """What is read of it, piece by piece."""
    return [text.strip() for text in re.split(r"<[^>]*>", html) if text.strip()]


async def page(client: Client) -> str:
    """The page."""
    async with client.http.get("/en/agent/team") as answer:
        assert answer.status == 200
        return await answer.text()


async def served(switchboard: Switchboard, store: Store, lease: Lease, citizen: Citizen | None = None) -> str:
    """A caller comes and is answered, and is counted."""
    counts = Counts(store, lease, ZONE, in_time=IN_TIME)
    call = await switchboard.arrives(citizen)
    await counts.count(Fared.OFFERED, call, QUEUE)
    await switchboard.answers(call, PHONE)
    await counts.count(Fared.SERVED, call, QUEUE)
    return call


@pytest.mark.tools
async def test_it_tells_queues_people_and_the_day(
    agents: Agents,
    ground: Ground,
    switchboard: Switchboard,
    citizens: Citizens,
    store: Store,
    lease: Lease,
) -> None:
    """By the names that colleagues know; without an account, the phone's."""
    await ground.pauses(PHONE, "lunch")
    await served(switchboard, store, lease, await citizens.verified())
    await served(switchboard, store, lease)
    async with agents.client(LEADER) as client:
        text = await page(client)
    said = texts(text)
    assert said[said.index("verhuizen") : said.index("verhuizen") + 3] == ["verhuizen", "7", "3 minutes"]
    at = said.index("Sanne de Wit")
    assert said[at + 1 : at + 3] == ["Not available:", "Lunch"]
    assert said[said.index("PJSIP/lobby") + 1] == "In a call"
    today = said.index("Within 1:00")
    assert said[today + 1 : today + 9] == ["verhuizen", "2", "2", "0", "50 %", "0:00", "0:00", "100 %"]
    assert await faults(text) == []


@pytest.mark.req("P3", "S1")
async def test_of_callers_there_is_nothing_but_figures(
    agents: Agents,
    ground: Ground,
    switchboard: Switchboard,
    citizens: Citizens,
    store: Store,
    lease: Lease,
) -> None:
    """Not on the page, and not in what comes over its line."""
    citizen = await citizens.verified()
    async with agents.client(LEADER) as client, await dial(client) as socket:
        before = await told(socket, "today", "Came")
        call = await served(switchboard, store, lease, citizen)
        after = await told(socket, "today", "<rect")
        text = before + after + await told(socket, "now", "") + await page(client)
    secrets = (*PERSON.values(), NUMBER, call, citizen.session, citizen.code.reveal(), "verhuizing")
    assert not any(secret in text.replace("verhuizen", "") for secret in secrets)


async def test_what_changes_comes_by_itself_and_what_does_not_is_not_sent(
    agents: Agents, ground: Ground
) -> None:
    """The part that changed, whole; else only that it is still so."""
    async with agents.client(LEADER) as client, await dial(client) as socket:
        first = await socket.receive_json()
        while "parts" not in first:
            first = await socket.receive_json()
        assert set(first["parts"]) == {"now", "today"}
        assert (await socket.receive_json())["parts"] == {}
        await ground.pauses(PHONE, "meeting")
        now = await told(socket, "now", "Meeting")
        assert "Sanne de Wit" in now


@pytest.mark.req("O6")
async def test_what_is_not_known_is_told_as_that(agents: Agents, ground: Ground, accounts: Accounts) -> None:
    """A telephony that is silent; and accounts that cannot be read: then there is no part at all."""
    async with agents.client(LEADER) as client, await dial(client) as socket:
        await told(socket, "now", "Sanne de Wit")
        await ground.is_silent()
        silent = await told(socket, "now", "Not known now.")
        assert "Not known now who does what" in silent
        path = accounts._file.path
        right = path.read_text()
        path.write_text("{")
        async with asyncio.timeout(STEP_SECONDS):
            while "parts" in await socket.receive_json():
                pass
        path.write_text(right)
        assert set((await _parts(socket)).keys()) == {"now", "today"}


async def _parts(socket: aiohttp.ClientWebSocketResponse) -> dict[str, str]:
    async with asyncio.timeout(STEP_SECONDS):
        while True:
            frame = await socket.receive_json()
            if frame.get("parts"):
                return frame["parts"]


async def test_a_page_without_the_store_says_so(
    agents: Agents, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And comes back by itself."""

    async def away(_self: TeamView) -> None:
        raise StoreError("away")

    async with agents.client(LEADER) as client:
        with monkeypatch.context() as broken:
            broken.setattr(TeamView, "look", away)
            assert "cannot be had now" in await page(client)
        assert "Sanne de Wit" in await page(client)


@pytest.mark.req("S4")
async def test_agents_do_not_see_it(agents: Agents, ground: Ground) -> None:
    """Neither the page nor its line."""
    async with agents.client(SANNE) as client:
        async with client.http.get("/en/agent/team") as answer:
            assert answer.status == 403
        async with await client.post("/en/agent/team/ticket") as answer:
            assert answer.status == 403


@pytest.mark.req("S4", "S5")
async def test_a_log_out_ends_the_line_and_a_word_on_it_too(agents: Agents, ground: Ground) -> None:
    """The page has nothing to say; a ticket counts once."""
    async with agents.client(LEADER) as client:
        async with await dial(client) as socket:
            await socket.send_str("hello")
            assert await _closed(socket) == WSCloseCode.POLICY_VIOLATION
        async with await dial(client) as socket:
            await _parts(socket)
            async with await client.post("/en/agent/logout"):
                assert await _closed(socket) == WSCloseCode.OK


@pytest.mark.req("S4")
async def test_a_leader_who_logs_out_everywhere_has_no_page_left(
    agents: Agents, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at the next look, which is hours away here: each open page is told."""
    for pace in ("LOOK_SECONDS", "PACE_SECONDS"):
        monkeypatch.setattr(teams, pace, 3600.0)
    async with agents.client(LEADER) as here, agents.client(LEADER) as there, await dial(there) as socket:
        await _parts(socket)
        async with await here.post("/en/agent/logout/everywhere"):
            assert await _closed(socket) == WSCloseCode.OK


async def _closed(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    async with asyncio.timeout(STEP_SECONDS):
        while (await socket.receive()).type is WSMsgType.TEXT:
            pass
    return socket.close_code


async def test_nobody_looks_when_nobody_reads(agents: Agents, ground: Ground, store: Store) -> None:
    """The figures of before are not shown to the next who comes."""
    async with agents.client(LEADER) as client:
        async with await dial(client) as socket:
            await told(socket, "now", "Sanne de Wit")
        await ground.pauses(PHONE, "lunch")
        async with await dial(client) as socket:
            await told(socket, "now", "Lunch")


async def test_a_name_is_text_whatever_is_in_it(agents: Agents, ground: Ground, accounts: Accounts) -> None:
    """As a reason is, that somebody else gave Asterisk."""
    accounts.change(SANNE, display_name="<b>Sanne</b>")
    await ground.pauses(PHONE, "<script>alert(1)</script>")
    async with agents.client(LEADER) as client, await dial(client) as socket:
        now = await told(socket, "now", "Sanne")
    assert "<b>" not in now
    assert "<script" not in now
