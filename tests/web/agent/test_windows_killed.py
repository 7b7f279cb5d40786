"""One active desktop of an agent, over several processes that serve the pages, one of which is killed."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from ivr.store.calls import Calls
from ivr.store.lease import Lease
from ivr.store.sealing import KeySet, Sealer
from scripts.bench_parts.beside import rooms_of, stack_without_asterisk
from tests.lab import guard, people
from tests.lab.agents import left_in
from tests.lab.citizens import PERSON
from tests.lab.people import Desk
from tests.lab.relay import Relay
from tests.lab.stack import Service
from tests.lab.switchboard import ASTERISK, Switchboard

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from scripts.bench_parts.beside import Rooms
    from tests.lab.stack import Stack

LEASE_SECONDS = 300


def _web(stack: Stack, name: str) -> tuple[Service, int]:
    """A process that serves these pages, at a port of its own behind the address that all share."""
    folder, port = stack.folder / name, guard.free_port()
    folder.mkdir()
    text, listens = stack.config.read_text(), f"\nport = {stack.web_port}\n"
    assert listens in text
    config = folder / "idbellen.toml"
    config.write_text(text.replace(listens, f"\nport = {port}\n"))
    return Service(config, "web"), port


async def _switchboard(rooms: Rooms) -> Switchboard:
    lease = Lease(rooms.store, ASTERISK)
    assert await lease.hold()
    await rooms.store.redis.expire(rooms.store.keys.lease(ASTERISK), LEASE_SECONDS)
    codes = Sealer(KeySet.read(rooms.settings.code_file))
    return Switchboard(Calls(rooms.store, lease, codes), rooms.claims)


@pytest.mark.e2e
@pytest.mark.req("A5", "P3", "O3", "O6")
async def test_the_newest_window_stays_the_one_when_its_process_is_killed(browser: Browser) -> None:
    """Another process goes on with it; the older window, at a third place, stays as it is."""
    async with AsyncExitStack() as exits:
        enter = exits.enter_async_context
        relay = await enter(Relay())
        stack = await enter(stack_without_asterisk(web_port=relay.port))
        rooms = await enter(rooms_of(stack))
        switchboard = await enter((await _switchboard(rooms)).running())
        (one, at_one), (two, at_two) = _web(stack, "one"), _web(stack, "two")
        for process in (one, two):
            await process.start()
            exits.push_async_callback(process.stop)
        relay.lead_to(at_one)
        first = await enter(people.agent(browser, stack.url, "agent1"))
        relay.lead_to(at_two)
        second = Desk(await first.page.context.new_page())
        await second.page.goto(first.page.url)
        await first.shows("elsewhere")
        await switchboard.answers(await switchboard.arrives(await rooms.citizens.verified()), "PJSIP/agent1")
        await second.shows("verified")
        relay.lead_to(at_one)
        await second.page.context.route("**/agent/ticket", lambda route: route.abort())
        await two.kill()
        await second.shows("lost")
        assert await left_in(second.page, PERSON.values()) == []
        await second.page.context.unroute("**/agent/ticket")
        await second.shows("verified")
        await first.shows("elsewhere")
        assert await left_in(first.page, PERSON.values()) == []
