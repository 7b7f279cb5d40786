"""web.agent.doors: in with name and password, out at a click; strangers learn nothing."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

import aiohttp
import pytest

from ivr.session.attributes import Secret
from tests.lab.agents import JOOST, PASSWORD, SANNE, Agents
from tests.lab.front import front
from web import cookies
from web.agent import doors
from web.csrf import HEADER

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.logins import Logins
    from web.route import Room

WRONG = "This name and password do not go together."
OFTEN = "Too many attempts."


@pytest.mark.req("A1")
async def test_an_agent_comes_in(agents: Agents) -> None:
    """To the desktop, with a cookie that scripts and other hosts cannot have."""
    async with agents.client() as client, await client.log_in(SANNE) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/en/agent")
        (cookie,) = [one for one in answer.headers.getall("Set-Cookie") if one.startswith(cookies.AGENT)]
        assert cookies.AGENT.startswith("__Host-")
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag in cookie
        assert "Max-Age" not in cookie
        async with client.http.get("/en/agent", allow_redirects=False) as desktop:
            assert desktop.status == 200
            assert "Sanne de Wit" in await desktop.text()


async def test_a_name_may_be_typed_with_capitals_and_spaces(agents: Agents) -> None:
    """Phones put them there by themselves."""
    async with agents.client() as client, await client.log_in(" Sanne ") as answer:
        assert answer.status == 303


@pytest.mark.req("S3", "S4")
async def test_a_wrong_name_and_a_wrong_password_look_the_same(agents: Agents) -> None:
    """The same status and the same page, but for the name that was typed; no cookie."""
    pages = set()
    async with agents.client() as client:
        for name, password in ((SANNE, "wrong password!"), ("stranger", PASSWORD)):
            async with await client.log_in(name, password) as answer:
                text = await answer.text()
                assert WRONG in text
                assert password not in text
                assert cookies.AGENT not in str(answer.headers)
                pages.add((answer.status, text.replace(name, "")))
    assert len(pages) == 1


async def test_a_typed_name_cannot_write_on_the_page(agents: Agents) -> None:
    """It comes back as text, and not at any length."""
    async with (
        agents.client() as client,
        await client.log_in('"><script>alert(1)</script>' + "x" * 99) as answer,
    ):
        text = await answer.text()
    assert "<script>alert" not in text
    assert "x" * 50 not in text


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


@pytest.mark.req("S3")
async def test_guessing_is_slowed_down_for_that_name_at_that_place(room: Room) -> None:
    """The right password does not help then; another name, or the same from elsewhere, is not kept out."""
    async with (
        front(room, trusted_proxies=(ip_network("127.0.0.1"),)) as running,
        Agents(running).client(address="192.0.2.1") as client,
        Agents(running).client(address="198.51.100.7") as elsewhere,
    ):
        statuses = []
        for _ in range(9):
            async with await client.log_in(SANNE, "wrong password!") as answer:
                statuses.append(answer.status)
        assert statuses == [403] * 8 + [429]
        async with await client.log_in(SANNE) as answer:
            assert answer.status == 429
            assert int(answer.headers["Retry-After"]) > 0
            assert OFTEN in await answer.text()
        for who, name in ((client, JOOST), (elsewhere, SANNE)):
            async with await who.log_in(name) as answer:
                assert answer.status == 303


def test_a_made_up_name_makes_no_rule_of_its_own() -> None:
    """What is counted per name has a name of ours, so nobody fills the memory with names."""
    assert doors.for_name("x" * 5000) == doors.for_name("../../etc") == doors.for_name("")
    assert doors.for_name(SANNE) != doors.for_name(JOOST)


@pytest.mark.req("S7")
async def test_a_form_that_is_none_is_refused_kindly(agents: Agents) -> None:
    """Fields missing, or files in their place."""
    async with agents.client() as client:
        async with await client.post("/en/agent/login") as answer:
            assert answer.status == 403
        form = aiohttp.FormData()
        form.add_field("name", b"sanne", filename="name.txt")
        form.add_field("password", b"x", filename="password.txt")
        headers = {HEADER: await client.csrf()}
        async with client.http.post("/en/agent/login", data=form, headers=headers) as answer:
            assert answer.status == 403
            assert WRONG in await answer.text()


@pytest.mark.req("S7")
async def test_a_broken_file_of_accounts_lets_nobody_in(agents: Agents, tmp_path: Path) -> None:
    """And says nothing of it to the browser."""
    async with agents.client(SANNE) as client:
        (tmp_path / "agents.json").write_text("{")
        async with await client.log_in(SANNE) as answer:
            assert answer.status == 500
            assert "agents.json" not in await answer.text()
        async with client.http.get("/en/agent", allow_redirects=False) as answer:
            assert answer.status == 500


async def test_the_page_for_when_nobody_can_be_known_goes_back_by_itself(agents: Agents) -> None:
    """It says that calls go on."""
    async with agents.client() as client, client.http.get("/nl/agent/away") as answer:
        assert answer.status == 503
        assert answer.headers["Refresh"] == f"{doors.AWAY_SECONDS}; url=/nl/agent"
        assert "Het gesprek loopt door" in await answer.text()
