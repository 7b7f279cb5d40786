"""web.agent.doors: who is let in has a token that nobody knew; who logs out is out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import WSCloseCode

from ivr.session.attributes import Secret
from ivr.store.feed import Feed
from tests.lab.agents import JOOST, PASSWORD, SANNE, Agents, Line
from tests.lab.front import front
from web import cookies
from web.agent import doors
from web.csrf import HEADER

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.store.client import Store
    from ivr.store.logins import Logins
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard
    from web.route import Room


@pytest.mark.req("S4")
@pytest.mark.parametrize("path", ["/en/agent/login", "/en/agent/logout", "/en/agent/logout/everywhere"])
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


@pytest.mark.req("A5", "S4")
@pytest.mark.parametrize("same_process", [True, False])
async def test_who_logs_out_everywhere_is_out_in_every_browser(
    agents: Agents,
    make_room: Callable[..., Room],
    store: Store,
    switchboard: Switchboard,
    citizens: Citizens,
    *,
    same_process: bool,
) -> None:
    """At once, whatever process serves it: open screens end, copies of cookies open nothing. Others stay."""
    feed = Feed(store)
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    async with (
        feed.running(),
        front(make_room(feed)) as beside,
        agents.client(SANNE) as here,
        (agents if same_process else Agents(beside)).client(SANNE) as there,
        agents.client(JOOST) as joost,
        await there.dial(await there.ticket()) as socket,
    ):
        line = Line(socket)
        await line.state("verified")
        async with await here.post("/en/agent/logout/everywhere") as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/en/agent/login")
        assert await line.closed() == WSCloseCode.OK
        for client, place in ((here, "/en/agent/login"), (there, "/en/agent/login"), (joost, None)):
            async with client.http.get("/en/agent", allow_redirects=False) as answer:
                assert answer.headers.get("Location") == place
        async with await there.post("/en/agent/ticket") as answer:
            assert answer.status == 401
        async with await here.log_in(SANNE) as answer:
            assert answer.status == 303
        async with here.http.get("/en/agent", allow_redirects=False) as answer:
            assert answer.status == 200


async def test_who_is_out_already_ends_nobodys_logins(agents: Agents) -> None:
    """Nor does a made-up token, or another site."""
    async with agents.client(SANNE) as sanne, agents.client() as stranger:
        for token in (None, "made-up"):
            if token:
                stranger.http.cookie_jar.update_cookies({cookies.AGENT: token}, agents.front.url)
            async with await stranger.post("/en/agent/logout/everywhere") as answer:
                assert answer.status == 303
        async with sanne.http.post("/en/agent/logout/everywhere", allow_redirects=False) as answer:
            assert answer.status == 403
        async with sanne.http.get("/en/agent", allow_redirects=False) as answer:
            assert answer.status == 200
