"""web.agent.staff: each page behind the log-in says who is logged in, and leads to their own work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.agents import PASSWORD, SANNE
from web.agent import staff
from web.agent.person import Role

if TYPE_CHECKING:
    from tests.lab.agents import Agents
    from web.agent.accounts import Accounts


@pytest.fixture
def lena(accounts: Accounts) -> str:
    """A leader, who has no phone."""
    accounts.add("lena", PASSWORD, "Lena Bos", None, roles=(Role.LEADER, Role.OPERATOR))
    return "lena"


@pytest.mark.req("A1")
async def test_an_agent_lands_at_the_desktop(agents: Agents) -> None:
    """After the log-in."""
    async with agents.client() as client, await client.log_in(SANNE) as answer:
        assert answer.headers["Location"] == "/en/agent"


@pytest.mark.req("A1")
async def test_who_has_no_desktop_lands_at_the_pages_that_are_theirs(agents: Agents, lena: str) -> None:
    """Also when they go to the address that all are told."""
    async with agents.client() as client:
        async with await client.log_in(lena) as answer:
            assert answer.headers["Location"] == "/en/agent/team"
        async with client.http.get("/en/agent", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/en/agent/team")


async def test_the_account_says_whom_we_take_you_for(agents: Agents, lena: str) -> None:
    """Name, tasks, and the phone of who has one."""
    async with agents.client(lena) as client, client.http.get("/en/agent/account") as answer:
        text = await answer.text()
    for shown in ("Lena Bos", ">lena<", "Leads a team · Keeps the system running"):
        assert shown in text
    assert "Your phone" not in text
    async with agents.client(SANNE) as client, client.http.get("/nl/agent/account") as answer:
        text = await answer.text()
    for shown in ("Sanne de Wit", "PJSIP/sanne", "Beantwoordt gesprekken"):
        assert shown in text


def test_every_role_has_words() -> None:
    """On the account's page."""
    assert set(staff.TITLES) == set(Role)


async def test_a_page_for_others_says_so_and_leads_back(agents: Agents, lena: str) -> None:
    """To where they work."""
    for name, start in ((lena, "/en/agent/team"), (SANNE, "/en/agent")):
        async with agents.client(name) as client, client.http.get("/en/agent/others") as answer:
            assert answer.status == 403
            assert f'href="{start}"><span class="nl-button__label">To your own pages' in await answer.text()
