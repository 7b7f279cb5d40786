"""web.agent.opened: of all windows that an agent has open one gets the call, whoever serves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import WSCloseCode

from ivr.errors import InputError
from ivr.session.attributes import Secret
from ivr.store.feed import Feed
from ivr.store.keyspace import Member
from tests.lab.agents import SANNE, Agents, Line
from tests.lab.citizens import MASKED, PERSON
from tests.lab.front import front
from tests.lab.switchboard import ASTERISK
from web.agent.access import Entry
from web.agent.opened import newly_opened, opened
from web.agent.person import Agent, Role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from ivr.session.purpose import Purposes
    from ivr.store.client import Store
    from tests.lab.agents import Client
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard
    from web.route import Room

pytestmark = pytest.mark.req("A5", "P3")

MEMBER = Member(ASTERISK, "PJSIP/sanne")


@pytest.fixture
def purposes() -> Purposes:
    """With a BSN that is masked."""
    return MASKED


@pytest.fixture
async def call(switchboard: Switchboard, citizens: Citizens) -> str:
    """Somebody who is proven talks with Sanne."""
    uniqueid = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(uniqueid, MEMBER.interface)
    return uniqueid


@pytest.fixture
async def beside(make_room: Callable[..., Room], store: Store) -> AsyncIterator[Agents]:
    """The same pages, as another process serves them."""
    feed = Feed(store)
    async with feed.running(), front(make_room(feed)) as running:
        yield Agents(running)


def _entry(login: str = "a1") -> Entry:
    agent = Agent(name="x", display_name="X", account="1", roles=frozenset({Role.AGENT}), member=MEMBER)
    return Entry(agent, login, Secret("t"))


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "given", [{}, {"screen": ""}, {"screen": "../x"}, {"screen": "a" * 33}, {"screen": b"a" * 32}]
)
def test_a_window_has_a_name_of_its_own_or_none(given: dict[str, Any]) -> None:
    """Anything else is no window."""
    with pytest.raises(InputError):
        opened(_entry(), given)


def test_a_windows_name_counts_within_its_login_only() -> None:
    """Whoever learns it cannot speak for it."""
    window = newly_opened(_entry())
    assert opened(_entry(), {"screen": window.id}) == window
    assert opened(_entry("b2"), {"screen": window.id}).name != window.name


async def _opens(client: Client, *, take: bool = True) -> Line:
    return Line(await client.dial(await client.ticket(take=take)))


@pytest.mark.parametrize("same_process", [True, False])
async def test_the_newest_window_gets_the_call_and_the_others_are_told(
    agents: Agents, beside: Agents, call: str, switchboard: Switchboard, *, same_process: bool
) -> None:
    """In one browser or two, at one process or two. The older line ends, after a picture without the call."""
    other = agents if same_process else beside
    async with agents.client(SANNE) as old, other.client(SANNE) as new:
        older = await _opens(old)
        await older.state("verified")
        newer = await _opens(new)
        assert (await newer.frame())["picture"]["state"] == "verified"
        told = await older.state("elsewhere")
        assert (told["call"], told["proven"], told["facts"]) == ("", [], [])
        assert await older.closed() == WSCloseCode.OK
        await switchboard.hangs_up(call)
        await newer.state("empty")


async def test_a_window_that_comes_back_takes_nothing_from_the_newer(agents: Agents, call: str) -> None:
    """A connection that was lost does not turn the order round."""
    async with agents.client(SANNE) as old, agents.client(SANNE) as new:
        older = await _opens(old)
        await older.state("verified")
        await older.socket.close()
        newer = await _opens(new)
        await newer.state("verified")
        again = await _opens(old, take=False)
        assert (await again.frame())["picture"]["state"] == "elsewhere"
        assert not [value for value in PERSON.values() if value in again.said()]
        assert "picture" not in await newer.frame()


async def test_a_window_that_comes_back_goes_on_when_no_other_was_opened(agents: Agents, call: str) -> None:
    """Its network was away; or the store was, and knows of none."""
    async with agents.client(SANNE) as client:
        for take in (True, False):
            line = await _opens(client, take=take)
            assert (await line.frame())["picture"]["state"] == "verified"
            await line.socket.close()


async def test_after_a_store_that_forgot_the_first_that_asks_is_the_one(
    agents: Agents, call: str, store: Store
) -> None:
    """And only the first."""
    async with agents.client(SANNE) as one, agents.client(SANNE) as two:
        await (await _opens(one)).state("verified")
        await store.redis.delete(store.keys.screen(MEMBER))
        assert (await (await _opens(two, take=False)).frame())["picture"]["state"] == "verified"
        assert (await (await _opens(one, take=False)).frame())["picture"]["state"] == "elsewhere"


async def test_a_page_that_names_no_window_is_a_new_one(agents: Agents, call: str) -> None:
    """One that was loaded before windows had names."""
    async with agents.client(SANNE) as client:
        line = await _opens(client)
        await line.state("verified")
        client.window = ""
        async with client.http.post(
            "/en/agent/ticket", headers={"X-CSRF-Token": await client.csrf()}
        ) as answer:
            ticket = (await answer.json())["ticket"]
        assert (await Line(await client.dial(ticket)).frame())["picture"]["state"] == "verified"
        await line.state("elsewhere")


def _written(log: Path) -> str:
    return log.read_text()


@pytest.mark.req("S6", "A4")
async def test_in_an_older_window_nothing_can_be_asked_or_done(
    agents: Agents, call: str, processing_log: Path, store: Store
) -> None:
    """No masked value, no button; no line in the processing log, no step of the call."""
    async with agents.client(SANNE) as old, agents.client(SANNE) as new:
        await (await _opens(old)).state("verified")
        await (await _opens(new)).state("verified")
        before, form = _written(processing_log), {"call": f"{ASTERISK}:{call}"}
        async with await old.post("/en/agent/reveal", form | {"attribute": "bsn"}) as answer:
            assert answer.status == 409
            assert PERSON["bsn"] not in await answer.text()
        async with await old.post("/en/agent/plain", form | {"attribute": "bsn"}) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, old.plain())
        assert _written(processing_log) == before
        async with await new.post("/en/agent/reveal", form | {"attribute": "bsn"}) as answer:
            assert PERSON["bsn"] in await answer.text()


@pytest.mark.req("A8")
async def test_the_buttons_of_an_older_window_do_nothing(
    agents: Agents, switchboard: Switchboard, store: Store
) -> None:
    """They say why; the newer one's work."""
    call = await switchboard.arrives()
    await switchboard.answers(call, MEMBER.interface)
    form = {"call": f"{ASTERISK}:{call}", "purpose": "verhuizing", "digits": "1234567890"}
    async with agents.client(SANNE) as old, agents.client(SANNE) as new:
        await (await _opens(old)).state("ordinary")
        await (await _opens(new)).state("ordinary")
        for button in ("ask", "keypad", "confirm"):
            async with await old.post(f"/en/agent/identify/{button}", form) as answer:
                assert answer.headers["Location"] == f"{old.plain('identify')}&said=elsewhere"
        assert not await store.redis.hexists(f"idb:call:{ASTERISK}:{call}", "asked")
        async with old.http.get(old.plain("identify"), allow_redirects=False) as answer:
            assert answer.headers["Location"] == old.plain()
        async with await new.post("/en/agent/identify/ask", form) as answer:
            assert answer.headers["Location"] == new.plain("identify")
        assert await store.redis.hexists(f"idb:call:{ASTERISK}:{call}", "asked")


@pytest.mark.req("C8")
async def test_without_scripts_the_newest_window_gets_the_call_as_well(agents: Agents, call: str) -> None:
    """The older one is not read again by itself; its button makes it the newest."""
    async with agents.client(SANNE) as client:
        again = []
        for _ in range(2):
            async with client.http.get("/en/agent/plain") as answer:
                assert PERSON["fullname"] in await answer.text()
                again.append(answer.headers["Refresh"].partition("url=")[2])
        async with client.http.get(again[0]) as answer:
            text = await answer.text()
            assert "Refresh" not in answer.headers
        assert "You are at work in another window" in text
        assert 'method="get" action="/en/agent/plain"' in text
        assert PERSON["fullname"] not in text
        async with client.http.get(again[1]) as answer:
            assert PERSON["fullname"] in await answer.text()


async def test_the_plain_page_and_the_desktop_are_windows_alike(agents: Agents, call: str) -> None:
    """The newer of them gets the call."""
    async with agents.client(SANNE) as client:
        line = await _opens(client)
        await line.state("verified")
        async with client.http.get("/en/agent/plain") as answer:
            assert PERSON["fullname"] in await answer.text()
        await line.state("elsewhere")


@pytest.mark.req("S7")
@pytest.mark.parametrize("path", ["plain?screen=x", "identify?screen=x", "plain?screen="])
async def test_a_made_up_name_is_refused(agents: Agents, path: str) -> None:
    """With a page that says so."""
    async with agents.client(SANNE) as client, client.http.get(f"/en/agent/{path}") as answer:
        assert answer.status == 400


async def test_the_buttons_page_without_a_window_leads_to_the_call(agents: Agents) -> None:
    """Which gives one a window."""
    async with (
        agents.client(SANNE) as client,
        client.http.get("/en/agent/identify", allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (303, "/en/agent/plain")
