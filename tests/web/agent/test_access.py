"""web.agent.access: a log-in counts for as long as it and its account are what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from ivr.errors import AnonymousError
from ivr.session.attributes import Secret
from ivr.store.keyspace import Member
from tests.lab.agents import JOOST, PASSWORD, SANNE, Agents
from tests.lab.front import front
from web import cookies, keys
from web.agent.access import ENTRY, VISIT, Gate
from web.agent.person import Role
from web.csrf import HEADER
from web.route import Audience, Room, get, post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from ivr.store.client import Store
    from ivr.store.logins import Logins
    from web.agent.accounts import Accounts


@pytest.fixture
def gate(accounts: Accounts, logins: Logins) -> Gate:
    """The gate that the pages have."""
    return Gate(accounts, logins)


class Work:
    """Pages of each audience, that say who asked."""

    @staticmethod
    async def show(request: web.Request) -> web.StreamResponse:
        """Tell the name, and whether an agent's entry is there."""
        return web.Response(text=f"{request[VISIT].person.name} {ENTRY in request}")

    @classmethod
    def room(cls) -> Room:
        """All of them, beside the agents' room that guards them."""
        audiences = (Audience.STAFF, Audience.AGENT, Audience.LEADER, Audience.OPERATOR)
        pairs = [(make, audience) for make in (get, post) for audience in audiences]
        paths = (make(f"/at/{who.value}", cls.show, who, f"work-{who.value}") for make, who in pairs)
        return Room(name="work", routes=tuple(paths))


@pytest.fixture
async def at_work(room: Room, accounts: Accounts) -> AsyncIterator[Agents]:
    """With a leader, an operator, and an agent who leads as well."""
    accounts.add("lena", PASSWORD, "Lena", None, roles=(Role.LEADER,))
    accounts.add("omar", PASSWORD, "Omar", None, roles=(Role.OPERATOR,))
    accounts.change(JOOST, roles=(Role.AGENT, Role.LEADER))
    async with front(room, Work.room()) as running:
        yield Agents(running)


@pytest.fixture
async def token(accounts: Accounts, logins: Logins) -> Secret:
    """Sanne is logged in."""
    sanne = accounts.find(SANNE)
    assert sanne is not None
    return await logins.enter(sanne.name, sanne.account, sanne.member)


@pytest.mark.req("A1")
async def test_a_login_gives_its_agent(gate: Gate, token: Secret) -> None:
    """And the member, from the account as it is now."""
    visit, agent = await gate.who(token), await gate.agent(token)
    assert agent == visit.person
    assert (agent.name, agent.member) == (SANNE, Member("pbx", "PJSIP/sanne"))
    assert visit.login != token.reveal()


@pytest.mark.parametrize("token", [None, Secret(""), Secret("sanne")])
async def test_without_a_login_there_is_nobody(gate: Gate, token: Secret | None) -> None:
    """A name is not a token."""
    with pytest.raises(AnonymousError):
        await gate.who(token)


async def _ends(gate: Gate, logins: Logins, token: Secret) -> None:
    with pytest.raises(AnonymousError):
        await gate.who(token)
    assert await logins.seen(token) is None


@pytest.mark.req("S4")
async def test_a_removed_account_ends_its_logins(
    gate: Gate, accounts: Accounts, logins: Logins, token: Secret
) -> None:
    """At once, and for good: making the account again does not bring them back."""
    accounts.remove(SANNE)
    await _ends(gate, logins, token)
    accounts.add(SANNE, PASSWORD, "Sanne de Wit", Member("pbx", "PJSIP/sanne"))
    await _ends(gate, logins, token)


@pytest.mark.req("P3", "S4")
async def test_another_member_ends_the_logins(
    gate: Gate, logins: Logins, token: Secret, tmp_path: Path
) -> None:
    """Whoever moves to another phone logs in again."""
    path = tmp_path / "agents.json"
    path.write_text(path.read_text().replace("PJSIP/sanne", "PJSIP/other"))
    await _ends(gate, logins, token)


@pytest.mark.req("S4")
@pytest.mark.parametrize("cookie", [None, "", "sanne", "x" * 5000, "../../etc/passwd", "\u00e9"])
async def test_pages_lead_strangers_to_the_login(agents: Agents, cookie: str | None) -> None:
    """In their language; a script's question and a websocket are refused outright."""
    async with agents.client() as client:
        if cookie is not None:
            client.http.cookie_jar.update_cookies({cookies.AGENT: cookie}, agents.front.url)
        for page in ("/nl/agent", "/nl/agent/plain"):
            async with client.http.get(page, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (303, "/nl/agent/login")
        async with await client.post("/nl/agent/ticket") as answer:
            assert answer.status == 401
        async with client.http.get("/agent/live", headers={"Upgrade": "websocket"}) as answer:
            assert answer.status == 401


@pytest.mark.req("S4")
async def test_one_agents_cookie_does_not_open_anothers_screen(agents: Agents) -> None:
    """The cookie decides whose desktop it is; nothing in the request does."""
    async with agents.client(JOOST) as client:
        path = "/nl/agent?name=sanne&agent=sanne&member=pbx:PJSIP/sanne"
        async with client.http.get(path) as answer:
            text = await answer.text()
    assert "Joost Bakker" in text
    assert "sanne" not in text.replace("name=sanne&amp;agent=sanne&amp;member=pbx:PJSIP/sanne", "")


@pytest.mark.req("A5")
async def test_an_idle_login_leads_to_the_login(agents: Agents, store: Store) -> None:
    """When the store has forgotten it."""
    async with agents.client(SANNE) as client:
        for key in await store.redis.keys("idb:login:*"):
            await store.redis.delete(key)
        async with client.http.get("/nl/agent", allow_redirects=False) as answer:
            assert answer.headers["Location"] == "/nl/agent/login"


MAY = {
    SANNE: {"staff", "agent"},
    JOOST: {"staff", "agent", "leader"},
    "lena": {"staff", "leader"},
    "omar": {"staff", "leader", "operator"},
}


@pytest.mark.req("S4")
@pytest.mark.parametrize("name", MAY)
async def test_everybody_comes_where_their_role_may_and_nowhere_else(at_work: Agents, name: str) -> None:
    """Pages lead others away; whatever changes something is refused. No leader is an agent by it."""
    async with at_work.client(name) as client:
        for audience in ("staff", "agent", "leader", "operator"):
            path, may = f"/en/at/{audience}", audience in MAY[name]
            async with client.http.get(path, allow_redirects=False) as answer:
                lead = answer.headers.get("Location")
                expected = (200, None) if may else (303, "/en/agent/others")
                assert (answer.status, lead) == expected
                if may:
                    assert await answer.text() == f"{name} {audience == 'agent'}"
            async with await client.post(path) as answer:
                assert answer.status == (200 if may else 403)


@pytest.mark.req("S4")
async def test_no_leader_gets_anything_of_a_call(at_work: Agents) -> None:
    """Walk the route table: every route for agents refuses who is none, or leads them away."""
    walked = 0
    async with at_work.client("omar") as client:
        headers = {HEADER: await client.csrf()}
        for route, entry in at_work.front.app[keys.ROUTES].items():
            if entry.audience is not Audience.AGENT:
                continue
            path = route.resource.canonical.replace("{lang}", "en")
            async with client.http.request(
                route.method, path, headers=headers, allow_redirects=False
            ) as answer:
                assert answer.status in {303, 403}
                assert answer.headers.get("Location") in {None, "/en/agent/team", "/en/agent/others"}
            walked += 1
    assert walked > 9


@pytest.mark.req("S4")
async def test_an_agent_who_becomes_a_leader_only_sees_no_calls_from_then_on(
    gate: Gate, accounts: Accounts, logins: Logins, token: Secret
) -> None:
    """The log-in is over at once."""
    accounts.change(SANNE, roles=(Role.LEADER,), member=None)
    with pytest.raises(AnonymousError):
        await gate.agent(token)
    await _ends(gate, logins, token)


@pytest.mark.req("S4")
async def test_a_new_password_ends_the_logins(
    gate: Gate, accounts: Accounts, logins: Logins, token: Secret
) -> None:
    """Whoever knew the one of before is out."""
    accounts.change(SANNE, password="another long password")
    await _ends(gate, logins, token)
