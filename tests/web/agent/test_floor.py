"""web.agent.floor: agents are told how they stand and who waits; of callers nothing personal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.session.floor import Caller, Phone, Proof, QueueLine, Standing, State
from ivr.store.lines import Lines
from ivr.store.staff import Staff
from ivr.store.standings import Standings
from tests.lab.agents import JOOST, SANNE, Agents
from tests.lab.citizens import PERSON, PURPOSES
from tests.lab.line import Line, line
from tests.lab.switchboard import NUMBER, QUEUE
from web.agent import board as boards

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ivr.store.client import Store
    from ivr.store.keyspace import Member
    from ivr.store.lease import Lease
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard
    from web.agent.accounts import Accounts

pytestmark = pytest.mark.req("A6")

PHONE = f"PJSIP/{SANNE}"
READY = Standing((QUEUE,), Phone.FREE, paused=False, reason="", since=17)
LUNCH = Standing((QUEUE,), Phone.FREE, paused=True, reason="lunch", since=18)
EMPTY = QueueLine(0, 0, (), {})
ONE = QueueLine(1, 17, (Caller(17, "verhuizing", Proof.PENDING),), {State.READY: 1})


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "PACE_SECONDS", 0.01)


async def stand(store: Store, lease: Lease, standing: Standing | None = READY, *, may: bool = True) -> None:
    """Telephony looked: Sanne stands so."""
    members = {PHONE: standing} if standing else {}
    await Standings(store).put(lease, members, set() if standing else {PHONE}, may=may)


async def test_an_agent_is_told_at_once_how_they_stand(agents: Agents, store: Store, lease: Lease) -> None:
    """When it changes, and only then; by somebody else as well."""
    await stand(store, lease)
    async with line(agents, SANNE) as sanne:
        await sanne.floor(lambda news: news["own"]["mode"] == "ready")
        await Standings(store).change(lease, PHONE, LUNCH)
        told = await sanne.floor(lambda news: news["own"]["mode"] == "paused")
        assert (told["own"]["reason"], told["own"]["since"]) == ("Lunch", 18)
        await stand(store, lease, None)
        await sanne.floor(lambda news: news["own"]["mode"] == "nowhere")
        assert len(sanne.floors) == 3


async def test_what_is_not_known_is_told_as_that(agents: Agents, store: Store, lease: Lease) -> None:
    """Before telephony has looked, and when it looks no more."""
    async with line(agents, SANNE) as sanne:
        await sanne.floor(lambda news: news["own"]["mode"] == "unknown")
        await stand(store, lease, may=False)
        told = await sanne.floor(lambda news: news["own"]["mode"] == "ready")
        assert not told["own"]["may"]


async def test_only_ones_own_queues_are_told(agents: Agents, store: Store, lease: Lease) -> None:
    """Those that Asterisk says, in the language of the page."""
    await stand(store, lease)
    await Lines(store).put(lease, {QUEUE: ONE, "afval": ONE})
    async with line(agents, SANNE) as sanne, line(agents, JOOST) as joost:
        told = await sanne.floor(lambda news: bool(news["queues"]))
        assert [queue["name"] for queue in told["queues"]] == [QUEUE]
        assert told["queues"][0]["callers"] == [[17, "verhuizing in English", "pending"]]
        assert abs(told["now"] - (await store.redis.time())[0]) < 5
        await Lines(store).put(lease, {QUEUE: EMPTY, "afval": ONE})
        await sanne.floor(lambda news: bool(news["queues"]) and not news["queues"][0]["waiting"])
        await joost.floor(lambda news: news["own"]["mode"] == "nowhere")
        assert all(not news["queues"] for news in joost.floors)


@pytest.mark.req("P3", "S1")
async def test_nothing_of_a_caller_is_ever_in_it(
    agents: Agents, store: Store, lease: Lease, switchboard: Switchboard, citizens: Citizens
) -> None:
    """No value, number, code or name of a call: before the pickup, in the call of a colleague, after it."""
    citizen = await citizens.verified()
    call = await switchboard.arrives(citizen)
    await stand(store, lease)
    async with line(agents, SANNE) as sanne, line(agents, JOOST) as joost:
        for move in (
            lambda: asyncio.sleep(0),
            lambda: switchboard.answers(call, f"PJSIP/{JOOST}"),
            lambda: switchboard.hangs_up(call),
        ):
            known = await Lines(store).known("pbx", [call])
            waits = tuple(Caller(17 + len(sanne.floors), *each) for each in known)
            await Lines(store).put(lease, {QUEUE: QueueLine(1, 17, waits, {State.READY: 1})})
            before = len(sanne.floors)
            await sanne.floor(lambda _, before=before: len(sanne.floors) > before)
            await move()
        assert sanne.floors[0]["queues"] or sanne.floors[1]["queues"]
        secrets = (*PERSON.values(), NUMBER, call, citizen.session, citizen.code.reveal(), JOOST)
        for screen in (sanne, joost):
            assert not any(secret in repr(screen.floors) for secret in secrets)
        assert not any(secret in repr(sanne.frames) for secret in secrets)


@pytest.mark.req("P3")
async def test_the_call_goes_first(
    agents: Agents, store: Store, lease: Lease, switchboard: Switchboard, citizens: Citizens
) -> None:
    """In a message of its own, before anything of the floor."""
    await stand(store, lease)
    call = await switchboard.arrives(await citizens.verified())
    async with line(agents, SANNE) as sanne:
        await sanne.floor(lambda news: news["own"]["mode"] == "ready")
        pause = Standings(store).change(lease, PHONE, LUNCH)
        await asyncio.gather(switchboard.answers(call, PHONE), pause)
        seen = len(sanne.floors)
        await sanne.state("verified")
        if len(sanne.floors) > seen:  # the pause came first, with a look of its own
            assert sanne.floors[-1]["own"]["mode"] == "paused"
        await sanne.floor(lambda news: news["own"]["mode"] == "paused")
        assert not any("floor" in frame for frame in sanne.frames)


@pytest.mark.req("A1")
async def test_who_is_at_a_screen_is_at_work(
    agents: Agents, accounts: Accounts, store: Store, lease: Lease
) -> None:
    """In the queues of the account as it is now; until they log out."""
    staff = Staff(store)
    accounts.change(SANNE, queues=(QUEUE,))
    await stand(store, lease, None)
    async with agents.client(SANNE) as client, await client.dial(await client.ticket()) as socket:
        screen = Line(socket)
        await screen.floor(lambda news: news["own"]["mode"] == "nowhere")
        assert await staff.present("pbx") == {PHONE: frozenset({QUEUE})}
        accounts.change(SANNE, queues=(QUEUE, "afval"))
        await stand(store, lease)
        await screen.floor(lambda news: news["own"]["mode"] == "ready")
        assert await staff.present("pbx") == {PHONE: frozenset({QUEUE, "afval"})}
        async with await client.post("/nl/agent/logout"):
            await screen.closed()
    assert await staff.present("pbx") == {}


@pytest.mark.req("A1")
async def test_a_sign_of_life_is_given_each_minute_alone(
    agents: Agents, store: Store, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at each change of the floor."""
    given: list[Member] = []
    monkeypatch.setattr(Staff, "attend", _counted(given))
    await stand(store, lease)
    async with line(agents, SANNE) as sanne:
        for standing in (LUNCH, READY, LUNCH):
            await Standings(store).change(lease, PHONE, standing)
            mode = "paused" if standing is LUNCH else "ready"
            await sanne.floor(lambda news, mode=mode: news["own"]["mode"] == mode)
    assert len(given) == 1


def _counted(given: list[Member]) -> Callable[..., Coroutine[None, None, None]]:
    async def attend(_self: Staff, member: Member, *_: object) -> None:
        given.append(member)

    return attend


@pytest.mark.req("O6")
async def test_a_broken_file_of_accounts_leaves_agents_where_they_are(
    agents: Agents, accounts: Accounts, store: Store, lease: Lease
) -> None:
    """What was known of them counts."""
    accounts.change(SANNE, queues=(QUEUE,))
    await stand(store, lease)
    async with line(agents, SANNE) as sanne:
        await sanne.floor(lambda news: news["own"]["mode"] == "ready")
        path = accounts._file.path
        right = path.read_text()
        path.write_text("{")
        await Standings(store).change(lease, PHONE, LUNCH)
        await store.redis.publish(store.keys.changed(), f"member:pbx:{PHONE}")
        await sanne.state("unavailable")
        await sanne.floor(lambda news: news["own"]["mode"] == "paused")
        path.write_text(right)
        await sanne.state("empty")
    assert await Staff(store).present("pbx") == {PHONE: frozenset({QUEUE})}


@pytest.mark.req("C8")
async def test_the_plain_page_tells_the_same_and_counts_as_work(
    agents: Agents, accounts: Accounts, store: Store, lease: Lease
) -> None:
    """With a button for each reason; nothing of a caller."""
    accounts.change(SANNE, queues=(QUEUE,))
    await stand(store, lease)
    await Lines(store).put(lease, {QUEUE: ONE})
    async with agents.client(SANNE) as client:
        async with client.http.get("/nl/agent/plain") as answer:
            text = await answer.text()
        assert 'value="pause:lunch"' in text
        assert 'role="alert"' not in text
        assert f'<bdi data-slot="subject">{PURPOSES.get("verhuizing").title["nl"]}</bdi>' in text
        assert await Staff(store).present("pbx") == {PHONE: frozenset({QUEUE})}
        await Standings(store).change(lease, PHONE, LUNCH)
        async with client.http.get("/nl/agent/plain") as answer:
            text = await answer.text()
        assert 'value="ready"' in text
        assert 'value="pause:lunch"' not in text
        assert "Niet beschikbaar" in text
