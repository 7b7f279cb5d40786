"""web.agent.access: a log-in counts for as long as it and its account are what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import AnonymousError
from ivr.session.attributes import Secret
from ivr.store.keyspace import Member
from tests.lab.agents import JOOST, PASSWORD, SANNE
from web import cookies
from web.agent.access import Gate

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.client import Store
    from ivr.store.logins import Logins
    from tests.lab.agents import Agents
    from web.agent.accounts import Accounts


@pytest.fixture
def gate(accounts: Accounts, logins: Logins) -> Gate:
    """The gate that the pages have."""
    return Gate(accounts, logins)


@pytest.fixture
async def token(accounts: Accounts, logins: Logins) -> Secret:
    """Sanne is logged in."""
    sanne = accounts.find(SANNE)
    assert sanne is not None
    return await logins.enter(sanne.name, sanne.account, sanne.member)


@pytest.mark.req("A1")
async def test_a_login_gives_its_agent(gate: Gate, token: Secret) -> None:
    """And the member, from the account as it is now."""
    entry = await gate.who(token)
    assert (entry.agent.name, entry.agent.member) == (SANNE, Member("pbx", "PJSIP/sanne"))
    assert entry.login != token.reveal()


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
