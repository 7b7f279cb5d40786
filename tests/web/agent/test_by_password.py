"""web.agent.by_password: in with name and password; strangers learn nothing, and keep nobody out."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.lab.agents import JOOST, PASSWORD, SANNE, Agents
from tests.lab.front import front
from web import cookies
from web.agent import by_password
from web.csrf import HEADER

if TYPE_CHECKING:
    from pathlib import Path

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


@pytest.mark.req("S3")
async def test_nobody_can_lock_a_colleague_out_from_elsewhere(room: Room) -> None:
    """From many addresses one name is guessed at, to the end; its owner comes in all the same."""
    async with front(room, trusted_proxies=(ip_network("127.0.0.0/8"),)) as running:
        agents = Agents(running)

        async def guesses(number: int) -> list[int]:
            statuses = []
            async with agents.client(address=f"192.0.2.{number}") as attacker:
                for _ in range(9):
                    async with await attacker.log_in(SANNE, "wrong password!") as answer:
                        statuses.append(answer.status)
            return statuses

        for number in range(1, 21):
            assert await guesses(number) == [403] * 8 + [429]
        async with agents.client(address="198.51.100.7") as owner, await owner.log_in(SANNE) as answer:
            assert answer.status == 303


@pytest.mark.req("S3")
def test_nothing_is_counted_for_all_addresses_together() -> None:
    """Or so many attackers would keep everybody out, whatever the figure."""
    assert by_password.ANY.everyone == by_password.for_name(SANNE).everyone == ""


@pytest.mark.req("S3")
async def test_many_names_from_one_address_are_slowed_down(room: Room) -> None:
    """Whoever tries one password on everybody; at another address all goes on."""
    async with (
        front(room, trusted_proxies=(ip_network("127.0.0.0/8"),)) as running,
        Agents(running).client(address="192.0.2.1") as attacker,
        Agents(running).client(address="198.51.100.7") as elsewhere,
    ):
        statuses = []
        for number in range(121):
            async with await attacker.log_in(f"agent{number}", "Welkom2026!!") as answer:
                statuses.append(answer.status)
        assert statuses == [403] * 120 + [429]
        async with await elsewhere.log_in(SANNE) as answer:
            assert answer.status == 303


def test_a_made_up_name_makes_no_rule_of_its_own() -> None:
    """What is counted per name has a name of ours, so nobody fills the memory with names."""
    assert by_password.for_name("x" * 5000) == by_password.for_name("../../etc") == by_password.for_name("")
    assert by_password.for_name(SANNE) != by_password.for_name(JOOST)


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
