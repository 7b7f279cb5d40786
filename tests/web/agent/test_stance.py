"""web.agent.stance: a button is an order about one's own phone, and it is told when it did not work."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from ivr.store.orders import Became, Change, Orders, What, orders_topic
from tests.lab.agents import SANNE, Agents
from web.agent import stance as stances
from web.agent.stance import WORDS, said_in
from web.i18n import load_words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.lease import Lease
    from tests.lab.agents import Client

pytestmark = pytest.mark.req("A6")

WAIT_SECONDS = 10.0
SCRIPT = {"Accept": "application/json"}


@asynccontextmanager
async def answering(store: Store, lease: Lease, feed: Feed, became: Became) -> AsyncIterator[list[Change]]:
    """Telephony that answers so; what it was asked."""
    orders, taken = Orders(store), []

    async def answer() -> None:
        with feed.watch(orders_topic("pbx")) as watch:
            while True:
                for order in await orders.take(lease):
                    taken.append(order)
                    await orders.answer(order.id, became)
                await watch.changed(WAIT_SECONDS)

    task = asyncio.create_task(answer())
    try:
        yield taken
    finally:
        task.cancel()
        await asyncio.wait([task])


async def press(client: Client, value: str, path: str = "/en/agent/stance") -> str:
    """Press a button, as the script does; what is said."""
    headers = {**SCRIPT, "X-CSRF-Token": await client.csrf()}
    async with client.http.post(path, data={"do": value}, headers=headers) as answer:
        assert answer.status == 200
        return (await answer.json())["said"]


async def test_a_button_is_an_order_about_ones_own_phone(
    agents: Agents, store: Store, lease: Lease, feed: Feed
) -> None:
    """With the reason by which Asterisk is to know it; each order has a name of its own."""
    async with agents.client(SANNE) as client, answering(store, lease, feed, Became.DONE) as taken:
        assert await press(client, "pause:lunch") == ""
        assert await press(client, "ready") == ""
    mine = f"PJSIP/{SANNE}"
    assert [(each.what, each.interface, each.reason) for each in taken] == [
        (What.PAUSE, mine, "lunch"),
        (What.READY, mine, ""),
    ]
    assert len({each.id for each in taken}) == 2


@pytest.mark.req("S7")
@pytest.mark.parametrize("value", ["", "lunch", "pause:", "pause:idb-wrap-up", "pause:x\r\ny", "READY"])
async def test_what_is_no_button_of_ours_is_no_order(
    agents: Agents, store: Store, lease: Lease, feed: Feed, value: str
) -> None:
    """Whatever somebody writes into the form."""
    async with agents.client(SANNE) as client, answering(store, lease, feed, Became.DONE) as taken:
        assert await press(client, value) == WORDS[Became.REFUSED]
    assert taken == []


@pytest.mark.req("O6")
@pytest.mark.parametrize("became", list(WORDS))
async def test_what_did_not_work_is_told(
    agents: Agents, store: Store, lease: Lease, feed: Feed, became: Became
) -> None:
    """In words; a browser without scripts is led back to its page, which says the same."""
    async with agents.client(SANNE) as client, answering(store, lease, feed, became):
        assert await press(client, "ready") == WORDS[became]
        async with await client.post("/en/agent/stance", {"do": "ready"}) as answer:
            assert answer.status == 303
            there = answer.headers["Location"]
        async with client.http.get(there) as answer:
            assert WORDS[became] in await answer.text()


async def test_without_scripts_what_worked_is_seen_on_the_page(
    agents: Agents, store: Store, lease: Lease, feed: Feed
) -> None:
    """Nothing need be said."""
    async with (
        agents.client(SANNE) as client,
        answering(store, lease, feed, Became.DONE),
        await client.post("/nl/agent/stance", {"do": "ready"}) as answer,
    ):
        assert answer.headers["Location"] == f"/nl/agent/plain?screen={client.window}"


@pytest.mark.req("O6")
async def test_without_telephony_it_is_told_in_time(
    agents: Agents, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody takes the order, or too many wait."""
    monkeypatch.setattr(stances, "WAIT_SECONDS", 0.1)
    async with agents.client(SANNE) as client:
        assert await press(client, "ready") == WORDS[Became.FAILED]
        for _ in range(1000):
            await store.redis.rpush(store.keys.orders("pbx"), "{}")
        assert await press(client, "ready") == WORDS[Became.FAILED]


def test_only_words_of_ours_are_picked_by_an_address() -> None:
    """Whatever stands there."""
    words = load_words()["en"]
    assert said_in("failed", words) == WORDS[Became.FAILED]
    for text in ("", "done", "<script>", "x" * 9999):
        assert said_in(text, words) == ""
