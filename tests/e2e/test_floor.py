"""The work floor on a real Asterisk: pauses, wrap-up, who is in which queue, and the day's figures.

Real phones and the real ``idbellen ivr``; what the pages do is done on the store, as they do it.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from ivr.session.floor import WRAP_UP, State
from ivr.store.keyspace import Member
from ivr.store.orders import Became, Change, Orders, What, order_topic
from tests.lab import people
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.browser import chromium
from tests.lab.desks import Desks, desks
from tests.lab.floors import at_work, fared, stands
from tests.lab.manager import Manager
from tests.lab.phone import AgentPhone, Caller, talk
from tests.lab.prompts import rendered
from tests.lab.stack import PASSWORD, Stack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Page

    from ivr.session.floor import Standing
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from tests.lab.story import Event

pytestmark = [pytest.mark.e2e, pytest.mark.req("A6")]

TEAM = "team"
"""A queue with nobody in it, unless we add them."""
WRAP_UP_SECONDS = 12
"""Long enough for a look to show it, on a machine that is busy."""
WAIT_MS = 20_000
IDLE = 600.0
SETTINGS = f"[agents]\nwrap_up_seconds = {WRAP_UP_SECONDS}\n"
EXTENSIONS = """
[from-trunk](+)
exten => 7,1,Answer()
 same => n,Set(IDB_ASTERISK=pbx)
 same => n,Goto(idbellen-queue,s,1)
"""


@dataclass
class Floor:
    """An Asterisk, telephony beside it, and one agent at work."""

    pbx: Asterisk
    stack: Stack
    manager: Manager
    desks: Desks
    phone: AgentPhone
    caller: Caller

    @property
    def store(self) -> Store:
        """The store."""
        return self.desks.store

    @property
    def feed(self) -> Feed:
        """Its wake-ups."""
        return self.desks._feed

    @property
    def member(self) -> Member:
        """The agent's phone, as the queues know it."""
        return Member(self.pbx.lab.name, f"PJSIP/{self.phone.user}")

    async def at_work(self, *queues: str, seconds: float = IDLE) -> None:
        """The agent's desktop says that it is there."""
        await at_work(self.store, self.member, *queues, seconds=seconds)

    async def orders(self, what: What, reason: str = "") -> Became | None:
        """Press a button; what became of it."""
        change = Change(uuid4().hex, what, self.member.interface, reason)
        with self.feed.watch(order_topic(change.id)) as watch:
            await Orders(self.store).change(self.member, change)
            assert await watch.changed(10)
        return await Orders(self.store).became(change.id)

    async def is_(self, state: State | None) -> Standing | None:
        """Wait until the pages read this state; None: in no queue."""
        return await stands(
            self.store, self.feed, self.member, lambda now: (now.state if now else None) is state
        )

    async def in_queues(self, *queues: str) -> None:
        """Wait until the pages read that the member is in these, and no others."""
        await stands(self.store, self.feed, self.member, lambda now: now is not None and now.queues == queues)

    async def listed(self) -> dict[str, Event]:
        """What Asterisk itself says of this member, by queue."""
        async with Manager(self.pbx.ports.ami) as fresh:
            await fresh.action("QueueStatus")
            await fresh.wait("QueueStatusComplete")
            items = [each for each in fresh.story.events if each.get("Event") == "QueueMember"]
        return {each["Queue"]: each for each in items if each["Location"] == self.member.interface}

    async def calls(self) -> str:
        """Somebody calls, and is answered; the call's Uniqueid."""
        await self.caller.call("7")
        joined = await self.manager.wait("QueueCallerJoin", CallerIDNum=self.caller.user)
        await self.phone.wait("incoming")
        await self.phone.answer()
        await self.phone.wait("confirmed")
        await self.desks.ordinary(self.phone.user)
        return joined["Uniqueid"]

    async def hangs_up(self) -> None:
        """The caller does."""
        await self.caller.hangup()
        await asyncio.gather(*(phone.wait("disconnected") for phone in (self.caller, self.phone)))


@asynccontextmanager
async def opened(folder: Path, *, web: bool = False, **choices: Any) -> AsyncIterator[Floor]:
    """One call centre, in the morning; with its pages, if wanted."""
    async with Stack(folder, settings=SETTINGS) as stack:
        lab = Lab(agi=stack.agi, agents=1, extensions=EXTENSIONS, **choices)
        async with Asterisk(lab, prompts=rendered()) as pbx:
            await stack.serve(pbx, agents=1, web=web)
            async with (
                Manager(pbx.ports.ami) as manager,
                desks(stack, pbx) as on_desks,
                AgentPhone(pbx.sip, "agent1") as phone,
                Caller(pbx.sip) as caller,
            ):
                await phone.register()
                await pbx.staffed(phone.user)
                yield Floor(pbx, stack, manager, on_desks, phone, caller)


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    """Where the agent stands in queues.conf, in one of two queues."""
    async with opened(tmp_path, queues=("queue1",), unstaffed=(TEAM,)) as floor:
        yield floor


@pytest.mark.req("O6", "P4", "P8")
async def test_an_agents_day(floor: Floor) -> None:
    """To work, a pause, a call that rings into the next one, wrap-up with a crash in it, and home."""
    await floor.at_work(TEAM)
    await floor.in_queues("queue1", TEAM)
    await floor.is_(State.READY)
    assert (await floor.listed())[TEAM]["Membership"] == "dynamic"

    assert await floor.orders(What.PAUSE, "lunch") is Became.DONE
    assert (await floor.is_(State.PAUSED)).reason == "lunch"
    said = {queue: (each["Paused"], each["PausedReason"]) for queue, each in (await floor.listed()).items()}
    assert said == dict.fromkeys((TEAM, "queue1"), ("1", "lunch"))
    assert await floor.orders(What.READY) is Became.DONE
    await floor.is_(State.READY)

    # A pause while the phone rings, as our wrap-up may come a moment late: it is answered as any other call.
    await floor.caller.call("7")
    await floor.phone.wait("incoming")
    assert await floor.orders(What.PAUSE, WRAP_UP) is Became.DONE
    await floor.phone.answer()
    await floor.phone.wait("confirmed")
    await talk(floor.caller, floor.phone)
    await floor.is_(State.CALL)
    await floor.hangs_up()

    before = await floor.is_(State.WRAP_UP)
    await floor.stack.ivr.kill()
    await floor.stack.ivr.restart()
    assert before is not None
    await floor.is_(State.READY)
    assert {each["Paused"] for each in (await floor.listed()).values()} == {"0"}

    assert (await fared(floor.store, "queue1")).served == 1
    await floor.at_work(TEAM, seconds=0)
    await floor.in_queues("queue1")
    assert TEAM not in await floor.listed()
    assert "Agent" not in (floor.pbx.logs / "queue_log").read_text()


@pytest.mark.req("O6")
async def test_a_restart_of_asterisk_brings_them_back_as_they_were(tmp_path: Path) -> None:
    """In our queues, still paused: it had forgotten both."""
    async with opened(tmp_path, queues=(), unstaffed=("queue1", TEAM)) as floor:
        await floor.at_work("queue1", TEAM)
        await floor.in_queues("queue1", TEAM)
        assert await floor.orders(What.PAUSE, "lunch") is Became.DONE
        await floor.pbx.restart()
        async with asyncio.timeout(20):
            while [each["PausedReason"] for each in (await floor.listed()).values()] != ["lunch"] * 2:
                pass
        assert (await floor.is_(State.PAUSED)).reason == "lunch"


async def test_without_the_right_the_agent_is_told(floor: Floor) -> None:
    """And all else goes on."""
    file = floor.pbx.folder / "etc/idbellen/manager.conf"
    file.write_text(file.read_text().replace("write = reporting,call,agent", "write = reporting,call"))
    await floor.pbx.cli("manager reload")
    await floor.stack.ivr.stop()
    await floor.stack.ivr.restart()
    await floor.stack.ivr.story.wait(20, event="watcher.following")
    assert await floor.orders(What.PAUSE, "lunch") is Became.FORBIDDEN
    await floor.at_work(TEAM)
    await floor.calls()
    await floor.hangs_up()
    await floor.is_(State.READY)
    assert TEAM not in await floor.listed()


@pytest.mark.req("A1", "P8")
async def test_from_a_button_to_the_queue_and_from_the_queue_to_a_page(tmp_path: Path) -> None:
    """An agent logs in, sees who waits, pauses and goes home; a leader sees all of that."""
    async with (
        opened(tmp_path, web=True, queues=(), unstaffed=("queue1", TEAM)) as floor,
        chromium() as browser,
    ):
        await floor.stack.command("agent", "change", "agent1", "--queue", TEAM, "--queue", "queue1")
        leader = ("agent", "add", "petra", "--display-name", "Petra", "--role", "leader", "--password-stdin")
        await floor.stack.command(*leader, stdin=PASSWORD + "\n")
        async with people.agent(browser, floor.stack.url, "agent1") as anna:
            own = anna.page.locator("#own > [data-mode]")
            await anna.page.locator("#own > [data-mode=ready]").wait_for(timeout=WAIT_MS)
            await floor.in_queues("queue1", TEAM)
            assert set(await floor.listed()) == {TEAM, "queue1"}
            await anna.page.keyboard.press("F10")
            await anna.page.get_by_role("button", name="Overleg").click()
            await anna.page.locator("#own > [data-mode=paused]").wait_for(timeout=WAIT_MS)
            assert {each["PausedReason"] for each in (await floor.listed()).values()} == {"meeting"}
            await floor.caller.call("7")
            waiter = anna.page.locator(".idb-queue", has_text="queue1").locator("li", has_text="Geen code")
            await waiter.wait_for(timeout=WAIT_MS)
            page = await (await browser.new_context()).new_page()
            await _log_in(page, floor.stack.url, "petra")
            await page.locator("tr", has_text="Agent 1").get_by_text("Overleg").wait_for(timeout=WAIT_MS)
            await anna.page.keyboard.press("F10")
            await floor.phone.wait("incoming")
            await floor.phone.answer()
            await anna.shows("ordinary")
            await page.locator("tr", has_text="Agent 1").get_by_text("In gesprek").wait_for(timeout=WAIT_MS)
            await floor.hangs_up()
            await anna.page.locator("#own > [data-mode=wrap-up]").wait_for(timeout=WAIT_MS)
            await anna.shows("empty")
            answered = page.locator("[data-part=today] tbody tr", has_text="queue1").locator("td").nth(1)
            await answered.get_by_text("1", exact=True).wait_for(timeout=WAIT_MS)
            assert await own.count() == 1
            await anna.page.get_by_role("button", name="Uitloggen").click()
            await anna.page.wait_for_url("**/agent/login")
        async with asyncio.timeout(10):
            while await floor.listed():
                pass


async def _log_in(page: Page, url: str, name: str) -> None:
    await page.goto(f"{url}/nl/agent/login")
    await page.locator("[name=name]").fill(name)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.locator("h1", has_text="Het team").wait_for()
