"""web.agent.lookup: what Asterisk is told of a telephone, and that nobody else is told anything."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest

from ivr.store.keyspace import Member
from tests.lab.agents import JOOST, PASSWORD, SANNE, Agents, Client
from tests.lab.switchboard import ASTERISK

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.valkey import Valkey
    from web.agent.accounts import Accounts

pytestmark = pytest.mark.req("A7", "S4")

SECRET = "a secret of the lab, long enough"
REALM = "voorbeeld"


async def asked(
    client: Client, name: str = SANNE, *, asterisk: str = ASTERISK, secret: str = SECRET, **other: str
) -> tuple[int, str]:
    """Ask as Asterisk does; return status and text."""
    form = {"secret": f"{secret}\n", "asterisk": asterisk, "ask": f"/single,id={name}", **other}
    async with client.http.post("/asterisk", data=form) as answer:
        return answer.status, await answer.text()


async def password(client: Client) -> str:
    """What this agent's page is given."""
    async with await client.post("/en/agent/phone") as answer:
        assert answer.status == 200
        return (await answer.json())["password"]


def md5(given: str) -> str:
    """What Asterisk compares with, made of what the page was given (RFC 2617)."""
    return hashlib.md5(f"{SANNE}:{REALM}:{given}".encode(), usedforsecurity=False).hexdigest()


async def test_asterisk_is_told_what_to_compare_with(phone_agents: Agents) -> None:
    """Never the password itself; a new one takes the old one's place."""
    async with phone_agents.client(SANNE) as sanne:
        await password(sanne)
        given = await password(sanne)
        status, text = await asked(sanne)
        told = {"id": SANNE, "auth_type": "md5", "username": SANNE, "realm": REALM, "md5_cred": md5(given)}
        assert (status, dict(parse_qsl(text))) == (200, told)
        assert given not in text
        assert await asked(sanne, asterisk="") == (200, text)  # of the one whose dialplan gives no name


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "\u00e9" * 40])
async def test_nothing_without_the_secret(phone_agents: Agents, secret: str) -> None:
    """Nor is anything of it said."""
    async with phone_agents.client(SANNE) as sanne:
        await password(sanne)
        assert await asked(sanne, secret=secret) == (403, "")


@pytest.mark.req("S7")
async def test_nothing_but_one_telephone_at_a_time(phone_agents: Agents) -> None:
    """Other questions of that module, other names and other Asterisks have no answer."""
    async with phone_agents.client(SANNE) as sanne:
        await password(sanne)
        for ask in (
            "/multi,id LIKE=%",
            "/single,id LIKE=%",
            "/single,username=sanne",
            "/update?id=sanne,",
            "",
        ):
            assert await asked(sanne, ask=ask) == (200, "")
        for name in ("tom", "Sanne", "*", "", "x" * 81, "sanne&id=tom", "%2e%2e/sanne", "\x00", "sanne/x"):
            assert await asked(sanne, name) == (200, "")
        assert await asked(sanne, asterisk="other") == (200, "")
        async with sanne.http.get("/asterisk") as answer:
            assert (answer.status, await answer.text()) == (405, "")
        async with sanne.http.post("/asterisk/elsewhere") as answer:
            assert (answer.status, await answer.text()) == (404, "")


async def cannot_come_in(client: Client, given: str) -> None:
    """What the page was given is not what Asterisk compares with; each answer is another one."""
    (status, first), (_, second) = await asked(client), await asked(client)
    assert status == 200
    assert md5(given) not in first
    assert first != second
    assert dict(parse_qsl(first)).keys() == dict(parse_qsl(second)).keys()


async def test_nobody_comes_in_after_logging_out(phone_agents: Agents) -> None:
    """What the page knew is worth nothing then, and a new one is not given. A stranger sees no difference."""
    async with phone_agents.client(SANNE) as sanne:
        given = await password(sanne)
        async with await sanne.post("/en/agent/logout"):
            pass
        await cannot_come_in(sanne, given)
        async with await sanne.post("/en/agent/phone") as answer:
            assert answer.status == 401


async def test_nobody_comes_in_when_the_account_is_another_by_then(
    phone_agents: Agents, accounts: Accounts
) -> None:
    """Removed, without a telephone, made again."""
    async with phone_agents.client(SANNE) as sanne:
        given = await password(sanne)
        accounts.remove(SANNE)
        assert await asked(sanne) == (200, "")
        member = Member(ASTERISK, f"PJSIP/{SANNE}")
        accounts.add(SANNE, PASSWORD, "Sanne", member)
        assert await asked(sanne) == (200, "")
        accounts.remove(SANNE)
        accounts.add(SANNE, PASSWORD, "Sanne", member, softphone=True)
        await cannot_come_in(sanne, given)


async def test_nothing_while_the_accounts_cannot_be_read(phone_agents: Agents, tmp_path: Path) -> None:
    """Whoever it was."""
    async with phone_agents.client(SANNE) as sanne:
        await password(sanne)
        (tmp_path / "agents.json").write_text("{")
        assert await asked(sanne) == (200, "")


async def test_nobody_has_a_telephone_by_another_name(phone_agents: Agents) -> None:
    """An agent gets a proof for their own telephone; who has none in the page gets none."""
    async with phone_agents.client(JOOST) as joost, phone_agents.client(SANNE) as sanne:
        async with await joost.post("/en/agent/phone", {"user": SANNE, "member": f"PJSIP/{SANNE}"}) as answer:
            assert answer.status == 404
        assert await asked(joost, JOOST) == (200, "")
        given = await password(sanne)
        async with await joost.post("/en/agent/phone", {"user": SANNE}):
            pass
        assert md5(given) in (await asked(sanne))[1]


@pytest.mark.req("P4")
async def test_a_store_that_is_away_is_told_without_a_word(phone_agents: Agents, valkey: Valkey) -> None:
    """Asterisk would read any text as an object."""
    async with phone_agents.client(SANNE) as sanne:
        await password(sanne)
        valkey.pause()
        try:
            assert await asked(sanne) == (503, "")
        finally:
            valkey.resume()
        assert (await asked(sanne))[0] == 200


async def test_without_telephones_there_is_nothing_to_ask(agents: Agents) -> None:
    """No such address."""
    async with (
        agents.client() as anybody,
        await anybody.post("/asterisk", {"secret": SECRET}) as answer,
    ):
        assert answer.status == 404
