"""web.agent.doors: who is let in has a token that nobody knew; who logs out is out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.session.attributes import Secret
from tests.lab.agents import JOOST, PASSWORD, SANNE
from web import cookies
from web.agent import doors
from web.csrf import HEADER

if TYPE_CHECKING:
    from ivr.store.logins import Logins
    from tests.lab.agents import Agents


@pytest.mark.req("S4")
@pytest.mark.parametrize("path", ["/en/agent/login", "/en/agent/logout"])
async def test_other_sites_log_nobody_in_or_out(agents: Agents, path: str) -> None:
    """A form without this browser's own token does nothing."""
    form = {"name": JOOST, "password": PASSWORD}
    async with agents.client(SANNE) as client:
        before = client.token
        for headers in ({}, {HEADER: "forged"}):
            async with client.http.post(path, data=form, headers=headers, allow_redirects=False) as answer:
                assert answer.status == 403
        headers = {HEADER: await client.csrf(), "Origin": "https://evil.example"}
        async with client.http.post(path, data=form, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 403
        assert client.token == before
        async with client.http.get("/en/agent", allow_redirects=False) as desktop:
            assert "Sanne de Wit" in await desktop.text()


@pytest.mark.req("S4")
async def test_a_planted_token_is_not_taken_over(agents: Agents) -> None:
    """Session fixation: who logs in gets a token that nobody knew."""
    async with agents.client() as client:
        client.http.cookie_jar.update_cookies({cookies.AGENT: "planted"}, agents.front.url)
        async with await client.log_in(SANNE) as answer:
            assert answer.status == 303
        assert client.token != "planted"


@pytest.mark.req("S4")
async def test_logging_in_again_ends_the_login_before(agents: Agents, logins: Logins) -> None:
    """One browser, one log-in."""
    async with agents.client(SANNE) as client:
        before = client.token
        async with await client.log_in(JOOST):
            pass
        assert await logins.seen(Secret(before)) is None
        seen = await logins.seen(Secret(client.token))
        assert seen is not None
        assert seen.agent == JOOST


@pytest.mark.req("A1")
async def test_who_logs_out_is_out(agents: Agents, logins: Logins) -> None:
    """In the store, so that a copy of the cookie opens nothing either; and the cookie is gone."""
    async with agents.client(SANNE) as client:
        copied = client.token
        async with await client.post("/en/agent/logout") as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/en/agent/login")
        assert await logins.seen(Secret(copied)) is None
        assert cookies.AGENT not in {cookie.key for cookie in client.http.cookie_jar}
        async with await client.post("/en/agent/logout") as answer:
            assert answer.status == 303


async def test_the_page_for_when_nobody_can_be_known_goes_back_by_itself(agents: Agents) -> None:
    """It says that calls go on."""
    async with agents.client() as client, client.http.get("/nl/agent/away") as answer:
        assert answer.status == 503
        assert answer.headers["Refresh"] == f"{doors.AWAY_SECONDS}; url=/nl/agent"
        assert "Het gesprek loopt door" in await answer.text()
