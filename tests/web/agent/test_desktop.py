"""web.agent.desktop: a page without data, a ticket for one screen, and the same without scripts."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import aiohttp
import jwt
import pytest

from tests.lab.agents import JOOST, SANNE, Client
from tests.lab.citizens import LOGGED_IN_AT, PERSON
from tests.lab.front import Spent, options
from tests.lab.switchboard import NUMBER
from web import keys
from web.agent.desktop import RENEW_SECONDS
from web.csrf import HEADER
from web.tickets import ISSUER, TICKET_SECONDS, Tickets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.lab.agents import Agents
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard


async def _refused(client: Client, ticket: str | None, headers: Mapping[str, str] | None = None) -> int:
    with pytest.raises(aiohttp.WSServerHandshakeError) as error:
        await client.dial(ticket, headers)
    return error.value.status


@pytest.mark.req("S2", "P3")
async def test_the_page_itself_holds_nothing_of_the_call(
    agents: Agents, switchboard: Switchboard, citizens: Citizens
) -> None:
    """A copy of it, in a cache or a history, says nothing; and no copy may be kept."""
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    async with agents.client(SANNE) as client, client.http.get("/nl/agent") as answer:
        text = await answer.text()
        assert answer.headers["Cache-Control"] == "no-store"
    assert not any(value in text for value in (*PERSON.values(), NUMBER))


async def test_a_browser_without_scripts_is_led_to_the_plain_page(agents: Agents) -> None:
    """At once, by a tag that others do not see."""
    async with agents.client(SANNE) as client, client.http.get("/nl/agent") as answer:
        text = await answer.text()
    assert '<noscript><meta http-equiv="refresh" content="0; url=/nl/agent/plain"></noscript>' in text


@pytest.mark.req("P3", "A2")
async def test_the_plain_page_shows_the_call_of_its_agent_only(
    agents: Agents, switchboard: Switchboard, citizens: Citizens
) -> None:
    """Whole, and read again every moment so that it does not outstay the call."""
    call = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(call, "PJSIP/sanne")
    async with agents.client(SANNE) as sanne, agents.client(JOOST) as joost:
        async with sanne.http.get("/nl/agent/plain") as answer:
            text = await answer.text()
            seconds, _, again = answer.headers["Refresh"].partition("; url=")
            assert (seconds, again.partition("=")[0]) == (str(RENEW_SECONDS), "/nl/agent/plain?screen")
            assert answer.headers["Cache-Control"] == "no-store"
        for shown in ("Bewezen", PERSON["fullname"], PERSON["bsn"], NUMBER, "Substantieel"):
            assert shown in text
        assert str(datetime.fromtimestamp(LOGGED_IN_AT, UTC).astimezone().year) in text
        async with joost.http.get("/nl/agent/plain") as answer:
            text = await answer.text()
        assert "Geen gesprek" in text
        assert PERSON["fullname"] not in text
        await switchboard.hangs_up(call)
        async with sanne.http.get(again) as answer:
            text = await answer.text()
        assert "Geen gesprek" in text
        assert not any(value in text for value in (*PERSON.values(), NUMBER))


@pytest.mark.req("S7")
async def test_the_plain_page_takes_values_as_text(
    agents: Agents, switchboard: Switchboard, citizens: Citizens
) -> None:
    """Markup in them is shown, not obeyed."""
    evil = "<img src=x onerror=alert(1)>'\"&"
    citizen = await citizens.verified({"fullname": evil, "bsn": "</dd></dl><script>alert(1)</script>"})
    await switchboard.answers(await switchboard.arrives(citizen), "PJSIP/sanne")
    async with agents.client(SANNE) as client, client.http.get("/en/agent/plain") as answer:
        text = await answer.text()
    assert "<img" not in text
    assert "<script>alert" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


@pytest.mark.req("S5")
async def test_a_ticket_needs_the_pages_own_token(agents: Agents) -> None:
    """Another site cannot have one made."""
    async with agents.client(SANNE) as client:
        for headers in (
            {},
            {HEADER: "forged"},
            {HEADER: await client.csrf(), "Origin": "https://evil.example"},
        ):
            async with client.http.post("/nl/agent/ticket", headers=headers) as answer:
                assert answer.status == 403


@pytest.mark.req("S5")
@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1:1"]
)
async def test_a_foreign_page_opens_no_websocket(agents: Agents, origin: str | None) -> None:
    """Refused before the upgrade, though cookie and ticket are good."""
    async with agents.client(SANNE) as client:
        headers = {} if origin is None else {"Origin": origin}
        assert await _refused(client, await client.ticket(), headers) == 403


@pytest.mark.req("S5")
async def test_a_ticket_opens_one_websocket(agents: Agents) -> None:
    """The second time it is worth nothing; nor is none, nor a made-up one."""
    async with agents.client(SANNE) as client:
        ticket = await client.ticket()
        async with await client.dial(ticket) as socket:
            assert (await socket.receive_json())["version"] == 1
        for refused in (ticket, None, "", "x", ticket + "x", "x" * 2000):
            assert await _refused(client, refused) == 401


@pytest.mark.req("S5")
async def test_a_ticket_does_not_fit_another_login(agents: Agents) -> None:
    """Not another agent's, nor another log-in of the same agent."""
    async with agents.client(SANNE) as client:
        for name in (JOOST, SANNE):
            async with agents.client(name) as other:
                assert await _refused(other, await client.ticket()) == 401
        async with agents.client() as stranger:
            assert await _refused(stranger, await client.ticket()) == 401


@pytest.mark.req("S5", "S7")
async def test_a_forged_ticket_opens_nothing(agents: Agents) -> None:
    """Unsigned, for something else, from the past, or signed by another."""
    tickets = agents.front.app[keys.TICKETS]
    async with agents.client(SANNE) as client:
        good = jwt.decode(await client.ticket(), options={"verify_signature": False})
        now = int(time.time())
        fresh = good | {"jti": "another", "exp": now + TICKET_SECONDS}
        old = Tickets(options(), Spent(), now=lambda: now - 2 * TICKET_SECONDS)
        forged = {
            "unsigned": jwt.encode(fresh, None, algorithm="none"),
            "by another": jwt.encode(fresh, b"another secret of thirty-two bytes", algorithm="HS256"),
            "for the citizen": tickets.issue("citizen", "nl"),
            "for any screen": tickets.issue("agent-screen/", "nl"),
            "too old": old.issue(good["aud"], "nl"),
            "without an end": jwt.encode({k: v for k, v in fresh.items() if k != "exp"}, tickets._key),
            "for two": jwt.encode(fresh | {"aud": [good["aud"], "x"]}, tickets._key),
            "by another issuer": jwt.encode(fresh | {"iss": f"not {ISSUER}"}, tickets._key),
        }
        statuses = {how: await _refused(client, ticket) for how, ticket in forged.items()}
        assert set(statuses.values()) == {401}, statuses
        async with await client.dial(jwt.encode(fresh, tickets._key, algorithm="HS256")) as socket:
            assert (await socket.receive_json())["version"] == 1


async def test_a_websocket_speaks_the_language_of_its_page(agents: Agents, switchboard: Switchboard) -> None:
    """Which the ticket remembers."""
    await switchboard.answers(await switchboard.arrives(), "PJSIP/sanne")
    async with agents.client(SANNE) as client:
        for language, label in (("nl", "Wachtrij"), ("en", "Queue")):
            async with await client.post(f"/{language}/agent/ticket") as answer:
                ticket = (await answer.json())["ticket"]
            async with await client.dial(ticket) as socket:
                picture = (await socket.receive_json())["picture"]
                assert label in {fact["label"] for fact in picture["facts"]}
