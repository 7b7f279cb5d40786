"""web.agent.organisation: in by the organisation's own provider; with liars, and with others' answers."""

from __future__ import annotations

import json
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from joserfc.jwk import RSAKey
from structlog.testing import capture_logs
from yarl import URL

from ivr.session.attributes import Secret
from tests.lab import guard
from tests.lab.agents import JOOST, SANNE, Agents
from tests.lab.employer import (
    PLAIN,
    STRONG,
    SUBJECT,
    VOUCHING,
    answer_of,
    bring,
    comes_in,
    leave,
    organisation,
)
from tests.lab.false_provider import ABSENT, FalseProvider, by_hand
from tests.lab.front import front
from tests.lab.provider import LOW, SUBSTANTIAL
from web import cookies, keys
from web.agent.organisation import AUDIENCE, RETURN_PATH, RULE, STATE_SECONDS
from web.agent.person import Role
from web.csrf import HEADER
from web.route import Audience

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from ivr.store.feed import Feed
    from ivr.store.logins import Logins
    from tests.lab.agents import Client
    from web.agent.accounts import Accounts
    from web.agent.vouched import Terms
    from web.route import Room

    Office = Callable[..., AbstractAsyncContextManager[Agents]]

pytestmark = pytest.mark.req("A1", "S4")

TOKEN, DISCOVERY = "/token", "/.well-known/openid-configuration"
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}, auto_kid=False)


@pytest.fixture
def port() -> int:
    """Where our pages are."""
    return guard.free_port()


@pytest.fixture
async def provider(port: int) -> AsyncIterator[FalseProvider]:
    """A provider that tells the truth until a test says otherwise."""
    async with FalseProvider(f"http://127.0.0.1:{port}{RETURN_PATH}") as running:
        yield running


@pytest.fixture
def office(
    make_room: Callable[..., Room], feed: Feed, accounts: Accounts, provider: FalseProvider, port: int
) -> Office:
    """The agents' pages with that log-in; Sanne is known there. ``office(terms, only=…, logout=…)``."""
    accounts.change(SANNE, subject=SUBJECT)
    back = f"http://127.0.0.1:{port}{RETURN_PATH}"

    @asynccontextmanager
    async def open_(terms: Terms = PLAIN, **wanted: bool) -> AsyncIterator[Agents]:
        own = organisation(accounts, provider.issuer, back, terms, **wanted)
        async with front(make_room(feed, organisation=own), port=port) as running:
            yield Agents(running)

    return open_


def _is(provider: FalseProvider, subject: str, **claims: Any) -> None:
    """Let somebody else log in there."""
    provider.claims |= {"sub": subject, **claims}
    provider.userinfo["sub"] = subject


async def _who(client: Client) -> str:
    async with client.http.get("/en/agent/account") as answer:
        return await answer.text() if answer.url.path == "/en/agent/account" else ""


async def test_who_is_known_there_comes_in_here(office: Office, provider: FalseProvider) -> None:
    """To their work, with the phone of their account; the next log-in asks anew."""
    async with office() as agents, agents.client() as client:
        with capture_logs() as lines:
            shown = await comes_in(client)
        assert (shown.status, shown.path) == (200, "/en/agent")
        for text in ("Sanne de Wit", "PJSIP/sanne"):
            assert text in await _who(client)
        (entered,) = [line for line in lines if line["event"] == "agent.entered"]
        assert (entered["agent"], entered["method"]) == (SANNE, "organisation")
        assert cookies.AGENT_LOGIN not in {cookie.key for cookie in client.http.cookie_jar}
        await comes_in(client)
    first, second = provider.asked
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


async def test_they_come_back_to_the_language_in_which_they_left(office: Office) -> None:
    """The address to come back to is in no language."""
    async with office() as agents, agents.client() as client:
        assert (await comes_in(client, "nl")).path == "/nl/agent"


async def test_who_is_not_known_here_does_not_come_in(office: Office, provider: FalseProvider) -> None:
    """They read why, and whom to ask; nobody is logged in."""
    _is(provider, "stranger")
    async with office() as agents, agents.client() as client:
        shown = await comes_in(client)
        assert (shown.status, shown.path) == (403, "/en/agent/login?said=unknown")
        assert "You are not known here yet." in shown.text
        assert await _who(client) == ""


@pytest.mark.parametrize("subject", ["Kanarie", "kanari", "kanarie2", "*", ABSENT])
async def test_a_subject_is_that_one_and_no_other(
    office: Office, provider: FalseProvider, subject: Any
) -> None:
    """Not one that looks like it."""
    _is(provider, subject)
    async with office() as agents, agents.client() as client:
        assert (await comes_in(client)).path.startswith("/en/agent/login?said=")


async def test_the_name_of_an_account_is_nobodys_subject(
    office: Office, provider: FalseProvider, accounts: Accounts
) -> None:
    """Whoever chooses a name at the provider does not choose whom to be here; not as a leader either."""
    _is(provider, JOOST, roles=["kcc-lead"])
    async with office(VOUCHING) as agents, agents.client() as client:
        assert (await comes_in(client)).path == "/en/agent/team"
        assert "Joost Bakker" not in await _who(client)
        async with client.http.get("/en/agent", allow_redirects=False) as answer:
            assert answer.status == 303


ROLES: dict[str, tuple[Any, str]] = {
    "an agent": (["kcc"], "Answers calls"),
    "an agent who leads": (["kcc", "kcc-lead", "other"], "Answers calls · Leads a team"),
    "a leader only": ("kcc-lead", "Leads a team"),
    "an operator only": (["beheer"], "Keeps the system running"),
}


@pytest.mark.parametrize("case", ROLES)
async def test_the_provider_says_what_somebody_may_do(
    office: Office, provider: FalseProvider, case: str
) -> None:
    """In place of the account; without the role of agent there is no phone, so no calls."""
    provider.claims["roles"], told = ROLES[case]
    async with office(VOUCHING) as agents, agents.client() as client:
        shown = await comes_in(client)
        text = await _who(client)
        assert f">{told}<" in text
        assert ("PJSIP/sanne" in text) == (shown.path == "/en/agent") == ("Answers" in told)


@pytest.mark.parametrize("roles", [[], "", "admin", None, 7, [["kcc"]], {"kcc": True}, ["KCC", "kcc "], True])
async def test_who_may_do_nothing_does_not_come_in(
    office: Office, provider: FalseProvider, roles: object
) -> None:
    """Whatever stands there in place of a word that we know."""
    provider.claims["roles"] = roles
    async with office(VOUCHING) as agents, agents.client() as client:
        shown = await comes_in(client)
        assert (shown.status, shown.path) == (403, "/en/agent/login?said=idle")


@pytest.mark.parametrize("roles", [["kcc"], [], ["kcc", "unknown"]])
async def test_nobody_is_an_agent_without_an_account(
    office: Office, provider: FalseProvider, roles: list[str]
) -> None:
    """An agent has a phone, which stands in the account."""
    _is(provider, "stranger", roles=roles)
    async with office(VOUCHING) as agents, agents.client() as client:
        assert (await comes_in(client)).path == "/en/agent/login?said=unknown"


async def test_a_leader_needs_no_account_and_sees_no_call(
    office: Office, provider: FalseProvider, logins: Logins
) -> None:
    """Walk the route table: whatever the provider says, nothing of a call is for them."""
    _is(provider, "00u9", name="Lena \u202eBos", roles=["kcc", "kcc-lead"])
    async with office(VOUCHING) as agents, agents.client() as client:
        assert (await comes_in(client)).path == "/en/agent/team"
        text = await _who(client)
        assert "Lena \ufffdBos" in text
        assert ">Leads a team<" in text
        headers = {HEADER: await client.csrf()}
        for route, entry in agents.front.app[keys.ROUTES].items():
            if entry.audience in {Audience.AGENT, Audience.OPERATOR}:
                path = route.resource.canonical.replace("{lang}", "en")
                async with client.http.request(
                    route.method, path, headers=headers, allow_redirects=False
                ) as answer:
                    assert answer.status in {303, 403}
        token = Secret(client.token)
    async with office(PLAIN) as agents, agents.client() as client:
        client.http.cookie_jar.update_cookies({cookies.AGENT: token.reveal()}, agents.front.url)
        assert await _who(client) == ""
        assert await logins.seen(token) is None


async def test_a_way_of_logging_in_may_be_demanded(office: Office, provider: FalseProvider) -> None:
    """It is asked for, and what came back counts."""
    async with office(STRONG) as agents, agents.client() as client:
        assert (await comes_in(client)).path == "/en/agent"
        for acr in (LOW, ABSENT, [SUBSTANTIAL], ""):
            provider.claims["acr"] = acr
            shown = await comes_in(client)
            assert (shown.status, shown.path) == (403, "/en/agent/login?said=weak")
    assert provider.asked[0]["acr_values"] == SUBSTANTIAL
    assert json.loads(provider.asked[0]["claims"])["id_token"]["acr"]["values"] == [SUBSTANTIAL]


@pytest.mark.parametrize("change", ["remove", "subject", "roles", "member"])
async def test_a_login_ends_with_its_account(office: Office, accounts: Accounts, change: str) -> None:
    """As those by password do."""
    changes: dict[str, dict[str, Any]] = {
        "subject": {"subject": "another"},
        "roles": {"roles": (Role.AGENT, Role.LEADER)},
        "member": {"roles": (Role.LEADER,), "member": None},
    }
    async with office() as agents, agents.client() as client:
        await comes_in(client)
        if change == "remove":
            accounts.remove(SANNE)
        else:
            accounts.change(SANNE, **changes[change])
        assert await _who(client) == ""


async def test_who_has_no_account_can_log_out_everywhere(office: Office, provider: FalseProvider) -> None:
    """And ends nobody else's log-ins by it."""
    async with office(VOUCHING) as agents, agents.client() as sanne, agents.client() as other:
        provider.claims["roles"] = ["kcc"]
        await comes_in(sanne)
        _is(provider, "00u9", roles=["kcc-lead"])
        async with agents.client() as lena:
            for client in (lena, other):
                await comes_in(client)
                assert await _who(client)
            async with await lena.post("/en/agent/logout/everywhere"):
                pass
            assert (await _who(lena), await _who(other)) == ("", "")
        assert await _who(sanne)


# Liars, and people who bring what is not theirs.


def _says(**claims: Any) -> Callable[[FalseProvider], object]:
    return lambda provider: provider.claims.update(claims)


def _signed_by_another(provider: FalseProvider) -> None:
    provider.key, provider.sign = OTHER_KEY, provider.signed

    async def keys_of_before(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"keys": []})

    provider.instead["/jwks"] = keys_of_before


def _refuses(path: str) -> Callable[[FalseProvider], object]:
    async def answering(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"error": "invalid_grant"}, status=400)

    return lambda provider: provider.instead.update({path: answering})


LIES: dict[str, Callable[[FalseProvider], object]] = {
    "another nonce": _says(nonce="another"),
    "for another": _says(aud="another"),
    "by another": _says(iss="https://another.example"),
    "expired": _says(exp=int(time.time()) - 3600),
    "about nobody": _says(sub=ABSENT),
    "not signed": lambda provider: setattr(
        provider, "sign", lambda claims: by_hand({"alg": "none"}, claims, lambda _: b"")
    ),
    "signed by another": _signed_by_another,
    "a code that is refused": _refuses(TOKEN),
    "an answer of another": lambda provider: provider.answer.update(iss="https://another.example"),
    "no code": lambda provider: provider.answer.update(code=ABSENT),
    "an error": lambda provider: provider.answer.update(code=ABSENT, error="server_error"),
}


@pytest.mark.req("S7")
@pytest.mark.parametrize("lie", LIES)
async def test_a_lie_lets_nobody_in(office: Office, provider: FalseProvider, lie: str) -> None:
    """The page says that it does not work now; the other way in is still there."""
    LIES[lie](provider)
    async with office() as agents, agents.client() as client:
        with capture_logs() as lines:
            shown = await comes_in(client)
        assert (shown.status, shown.path) == (503, "/en/agent/login?said=unavailable")
        assert "does not work now" in shown.text
        assert await _who(client) == ""
        assert [line for line in lines if line["event"] == "agent.provider_failed"]
        async with await client.log_in(JOOST) as answer:
            assert answer.status == 303


async def test_who_stops_there_is_told_so(office: Office, provider: FalseProvider) -> None:
    """And can log in after all."""
    provider.answer |= {"code": ABSENT, "error": "access_denied"}
    async with office() as agents, agents.client() as client:
        shown = await comes_in(client)
        assert (shown.status, shown.path) == (403, "/en/agent/login?said=cancelled")
        provider.answer.clear()
        assert (await comes_in(client)).path == "/en/agent"


@pytest.mark.req("S3")
async def test_another_ones_answer_logs_nobody_in(office: Office, provider: FalseProvider) -> None:
    """Login CSRF: in a browser that began nothing, or something else, or where somebody is logged in."""
    async with (
        office() as agents,
        agents.client() as attacker,
        agents.client() as stranger,
        agents.client() as busy,
        agents.client(JOOST) as joost,
    ):
        address = await answer_of(attacker, await leave(attacker))
        await leave(busy)
        before = joost.token
        for victim in (stranger, busy, joost):
            shown = await bring(victim, address)
            assert (shown.status, shown.path.partition("?")[2]) == (400, "said=late")
        assert joost.token == before
        assert "Joost Bakker" in await _who(joost)
        assert (await _who(stranger), await _who(busy)) == ("", "")
        assert provider.fetched.count(TOKEN) == 0
        assert (await bring(attacker, address)).path == "/en/agent"


async def test_an_answer_counts_once(office: Office, provider: FalseProvider) -> None:
    """A copy of the address, and of the cookie, opens nothing afterwards; the provider is not asked again."""
    async with office() as agents, agents.client() as client, agents.client() as thief:
        address = await answer_of(client, await leave(client))
        state = {cookie.key: cookie.value for cookie in client.http.cookie_jar}[cookies.AGENT_LOGIN]
        await bring(client, address)
        thief.http.cookie_jar.update_cookies({cookies.AGENT_LOGIN: state}, agents.front.url)
        for browser in (thief, client):
            assert (await bring(browser, address)).path.partition("?")[2] == "said=late"
    assert provider.fetched.count(TOKEN) == 1


async def test_a_code_belongs_to_its_own_log_in(office: Office, provider: FalseProvider) -> None:
    """Put under another state it proves nobody (PKCE, nonce)."""
    async with office() as agents, agents.client() as attacker, agents.client() as victim:
        stolen = await answer_of(attacker, await leave(attacker))
        own = await answer_of(victim, await leave(victim))
        shown = await bring(victim, own.update_query(code=stolen.query["code"]))
        assert shown.path == "/en/agent/login?said=unavailable"


@pytest.mark.parametrize("kind", ["old", "of a screen", "made up", "empty"])
async def test_a_state_that_is_none_of_ours_is_refused(
    office: Office, provider: FalseProvider, kind: str
) -> None:
    """Though the cookie says the same."""
    async with office() as agents, agents.client() as client:
        tickets = agents.front.app[keys.TICKETS]
        state = {
            "old": tickets.issue(AUDIENCE, "en", -1),
            "of a screen": tickets.issue("agent-screen/x", "en", STATE_SECONDS),
            "made up": "x.y.z",
            "empty": "",
        }[kind]
        client.http.cookie_jar.update_cookies({cookies.AGENT_LOGIN: state}, agents.front.url)
        address = URL(RETURN_PATH).with_query(state=state, code="x", iss=provider.issuer)
        shown = await bring(client, address)
        assert shown.path.partition("?")[2] == "said=late"
    assert provider.fetched == []


@pytest.mark.req("S7")
async def test_a_cookie_that_is_no_text_is_no_state_of_ours(office: Office) -> None:
    """As any other."""
    async with office() as agents:
        header = f"Cookie: {cookies.AGENT_LOGIN}=".encode() + b"\xff"
        answer = await agents.front.bare("GET", f"{RETURN_PATH}?state=x&code=x", header)
    assert answer.startswith(b"303 ")
    assert b"said=late" in answer


@pytest.mark.req("S7")
@pytest.mark.parametrize("query", ["code=a&code=b", "state=a&state=b", f"state=x&code={'y' * 5000}"])
async def test_what_is_no_answer_is_refused(office: Office, query: str) -> None:
    """With a clear page."""
    async with office() as agents, agents.client() as client:
        assert (await bring(client, URL(f"{RETURN_PATH}?{query}", encoded=True))).status == 400


async def test_a_planted_login_is_not_taken_over(office: Office) -> None:
    """Session fixation: who comes in gets a token that nobody knew; the one before is over."""
    async with office() as agents, agents.client(JOOST) as client:
        planted = client.token
        await comes_in(client)
        assert client.token != planted
        assert "Sanne de Wit" in await _who(client)
        client.http.cookie_jar.update_cookies({cookies.AGENT: planted}, agents.front.url)
        assert await _who(client) == ""


async def test_a_provider_that_is_away_stops_nothing_else(office: Office, provider: FalseProvider) -> None:
    """Nobody asked it anything before somebody logs in there."""
    await provider.stop()
    async with office() as agents, agents.client() as client:
        shown = await bring(client, "/en/agent/login/organisation")
        assert (shown.status, shown.path) == (503, "/en/agent/login?said=unavailable")
        async with await client.log_in(SANNE) as answer:
            assert answer.status == 303
    assert provider.fetched == []


@pytest.mark.req("S3")
async def test_many_tries_hold_up_nobody_elsewhere(office: Office, provider: FalseProvider) -> None:
    """They are counted by address alone."""
    assert RULE.everyone == ""
    async with office() as agents, agents.client() as client:
        statuses = set()
        for _ in range(121):
            async with client.http.get("/en/agent/login/organisation") as answer:
                statuses.add(answer.status)
        assert statuses == {200, 429}


async def test_passwords_can_be_switched_off(office: Office) -> None:
    """There is no form, and nothing takes one."""
    async with office(only=True) as agents, agents.client() as client:
        shown = await bring(client, "/en/agent/login")
        assert "password" not in shown.text
        assert "your work account" in shown.text
        entries = agents.front.app[keys.ROUTES].values()
        assert [entry.method for entry in entries if entry.name == "agent-login"] == ["GET", "GET"]
        assert (await comes_in(client)).path == "/en/agent"


async def test_without_the_organisations_log_in_there_is_no_trace_of_it(agents: Agents) -> None:
    """No button, no address."""
    async with agents.client() as client:
        assert "organisation" not in (await bring(client, "/en/agent/login?said=nonsense")).text
        for path in ("/en/agent/login/organisation", f"{RETURN_PATH}?state=x&code=y"):
            assert (await bring(client, path)).status == 404


DOOR = "http://localhost:1/logout"
LEAVING = {
    "wanted": (True, DOOR, "organisation"),
    "no page for it": (True, ABSENT, "organisation"),
    "not wanted": (False, DOOR, "organisation"),
    "by password": (True, DOOR, "own"),
}


@pytest.mark.parametrize(("wanted", "door", "way"), LEAVING.values(), ids=LEAVING.keys())
async def test_who_logs_out_here_may_be_led_to_log_out_there(
    office: Office, provider: FalseProvider, logins: Logins, wanted: bool, door: object, way: str
) -> None:
    """If that is wanted, there is a page for it, and they came from there. Out here they are in any case."""
    provider.metadata["end_session_endpoint"] = door
    async with office(logout=wanted) as agents, agents.client() as client:
        if way == "own":
            await client.log_in(SANNE)
        else:
            await comes_in(client)
        token = Secret(client.token)
        async with await client.post("/en/agent/logout") as answer:
            text, place = await answer.text(), answer.headers.get("Location")
        assert await logins.seen(token) is None
        assert cookies.AGENT not in {cookie.key for cookie in client.http.cookie_jar}
        if (wanted, door, way) == LEAVING["wanted"]:
            assert answer.status == 200
            front_door = f"post_logout_redirect_uri={agents.front.url}/en/agent/login"
            assert f'url={DOOR}?client_id=id:bellen&amp;{front_door}"' in text
        else:
            assert (answer.status, place) == (303, "/en/agent/login")


async def test_a_provider_that_is_away_keeps_nobody_in(
    office: Office, provider: FalseProvider, logins: Logins
) -> None:
    """Logging out there is on top of it."""
    async with office(logout=True) as agents, agents.client() as client:
        await comes_in(client)
        await provider.stop()
        async with await client.post("/en/agent/logout"):
            pass
        assert await _who(client) == ""
