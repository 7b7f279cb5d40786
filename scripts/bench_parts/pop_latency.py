"""A screen pop: from AgentConnect on the manager's line to the caller's name in the agent's DOM.

* **ours**: a stand-in for Asterisk's manager sends AgentConnect to `idbellen ivr`, which moves the call in
  the store; `idbellen web` wakes, looks, opens the seal, writes the processing log and sends the picture
  down the websocket; the desktop's script draws it in a real Chromium. The caller has claimed a code.
* **floor**: PUBLISH in the same Valkey; a bare aiohttp websocket passes it on; one line of script in the same
  Chromium puts it into the DOM.

Both end in a MutationObserver, which runs as soon as the DOM has changed. The page's clock (timeOrigin +
now) and ours are the machine's; that they agree is checked, to within a round trip. Pops come in turn; each
run gives a p99, and the median of these counts.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import uvloop
from aiohttp import web
from redis.asyncio import Redis

from ivr.store.feed import Feed, session_topic
from ivr.store.keyspace import CallId
from scripts.bench_parts.beside import rooms_of, stack_without_asterisk
from scripts.bench_parts.rig import RUNS, Row, percentile, row, say, served
from scripts.bench_parts.screens import Screen
from tests.lab import people
from tests.lab.ami_server import SECRET, AmiServer
from tests.lab.browser import chromium
from tests.lab.citizens import PERSON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from playwright.async_api import Page

    from scripts.bench_parts.beside import Rooms

POPS = 100
WARM_UP = 10
BOUND_SECONDS = 10.0
PERCENT = 99
ASTERISK, MEMBER, QUEUE = "pbx", "PJSIP/agent1", "idbellen"
CHANNEL = "bench"
PUBLISH = "redis.call('PUBLISH', KEYS[1], ARGV[1]) return redis.call('TIME')"
"""Valkey says when: we may have to wait for a processor ourselves."""
LISTED = "Response: Success\nEventList: start\nMessage: A list will follow"
PAGE = """<!doctype html><title>floor</title><p id="screen"></p>
<script>
const line = new WebSocket(location.href.replace("http", "ws") + "live");
line.onmessage = (event) => { document.getElementById("screen").textContent = event.data; };
line.onopen = () => { document.title = "open"; };
</script>"""


@asynccontextmanager
async def floor(url: str) -> AsyncIterator[int]:
    """Pass on what is published, bare; the port."""
    lines: set[web.WebSocketResponse] = set()
    redis = Redis.from_url(url)

    async def show(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def live(request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse(compress=False)
        await line.prepare(request)
        lines.add(line)
        async for _ in line:
            pass
        lines.discard(line)
        return line

    async def pass_on() -> None:
        async for message in subscription.listen():
            for line in lines:
                await line.send_str(message["data"].decode())

    app = web.Application()
    app.router.add_get("/", show)
    app.router.add_get("/live", live)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with redis.pubsub(ignore_subscribe_messages=True) as subscription:
        await subscription.subscribe(CHANNEL)
        passing = asyncio.create_task(pass_on())
        yield runner.addresses[0][1]
        passing.cancel()
    await runner.cleanup()
    await redis.aclose()


@dataclass
class Bare:
    """The floor's page, and what is published for it."""

    page: Page
    redis: Redis
    numbers: count[int] = field(default_factory=lambda: count(1))

    async def open(self, port: int) -> None:
        """Show it, connected."""
        await self.page.goto(f"http://localhost:{port}/")
        await self.page.wait_for_function("document.title === 'open'")
        self._screen = Screen(self.page)
        await self._screen.watch()

    async def pop(self) -> float:
        """The seconds from a word published to a word shown."""
        word = f"Beller {next(self.numbers)}."
        seconds, micros = await self.redis.eval(PUBLISH, 1, CHANNEL, word)
        return await self._screen.shows(word) - (int(seconds) + int(micros) / 1e6)


@dataclass
class Calls:
    """Calls of proven citizens, as the manager tells of them."""

    rooms: Rooms
    feed: Feed
    manager: AmiServer
    numbers: count[int] = field(default_factory=lambda: count(1))

    def list(self, *channels: dict[str, str]) -> None:
        """Answer so when all channels are asked for."""
        texts = [_event("CoreShowChannel", **channel) for channel in channels]
        end = f"Event: CoreShowChannelsComplete\nEventList: Complete\nListItems: {len(texts)}"
        self.manager.script["CoreShowChannels"] = (LISTED, *texts, end)

    async def pop(self, screen: Screen) -> float:
        """One call, from the queue to the hangup; the seconds from pickup to pop."""
        line, number = await self.manager.logged_in(), next(self.numbers)
        name, uniqueid = f"Beller {number}.", f"1763776800.{number}"
        caller = {"Channel": "PJSIP/trunk-1", "Uniqueid": uniqueid, "Linkedid": uniqueid}
        phone = {"Channel": f"{MEMBER}-1", "Uniqueid": f"{uniqueid}1", "Linkedid": uniqueid}
        ends = {"DestChannel": phone["Channel"], "DestUniqueid": phone["Uniqueid"], "Interface": MEMBER}
        live = {"ChannelState": "6", "Application": "Queue", "ChanVariable": "IDB_REF="}
        citizen = await self.rooms.citizens.verified({**PERSON, "fullname": name})
        await self.rooms.claims.claim(CallId(ASTERISK, uniqueid), citizen.code, None, "0612345678")
        self.list({**caller, **live})
        line.tell(_event("QueueCallerJoin", **caller, Queue=QUEUE, Position="1", Count="1"))
        await self._queued(uniqueid, citizen.session)

        began = time.time()
        line.tell(_event("AgentConnect", **caller, **ends, Queue=QUEUE, HoldTime="1", RingTime="1"))
        self.list({**caller, **live, "BridgeId": "b"}, {**phone, **live, "BridgeId": "b"})
        came = await screen.shows(name)

        line.tell(_event("Hangup", **caller, Cause="16"))
        self.list()
        await screen.shows("Geen gesprek")
        return came - began

    async def _queued(self, uniqueid: str, session: str) -> None:
        key = self.rooms.store.keys.call(CallId(ASTERISK, uniqueid))
        with self.feed.watch(session_topic(session)) as watch:
            while await self.rooms.store.redis.hget(key, "state") != b"queued":
                if not await watch.changed(BOUND_SECONDS):
                    raise TimeoutError("the call did not come into the queue")


def _event(name: str, **fields: str) -> str:
    return "\n".join((f"Event: {name}", *(f"{key}: {value}" for key, value in fields.items())))


def run(runs: int = RUNS) -> list[Row]:
    """Measure."""
    return uvloop.run(_run(runs))


async def _run(runs: int) -> list[Row]:
    async with AsyncExitStack() as exits:
        enter = exits.enter_async_context
        manager, browser = await enter(AmiServer()), await enter(chromium())
        manager.script["QueueStatus"] = (
            LISTED,
            "Event: QueueStatusComplete\nEventList: Complete\nListItems: 0",
        )
        stack = await enter(stack_without_asterisk(manager.port, SECRET))
        rooms = await enter(rooms_of(stack))
        await enter((feed := Feed(rooms.store)).running())
        calls = Calls(rooms, feed, manager)
        calls.list()
        for service in (stack.ivr, stack.web):
            await service.start()
            exits.push_async_callback(service.stop)
        desk = await enter(people.agent(browser, stack.url, "agent1"))
        ours = Screen(desk.page)
        bare = Bare(await browser.new_page(), Redis.from_url(stack.valkey.url))
        port = exits.enter_context(served(floor, stack.valkey.url)).port
        await bare.open(port)
        await ours.watch()
        say("pop latency: the agent is at the desktop")
        found = await _in_turn({"ours": partial(calls.pop, ours), "floor": bare.pop}, runs)
    return [row("pop_latency_vs_floor", found["ours"], "ms p99", found["floor"])]


async def _in_turn(pops: Mapping[str, Callable[[], Awaitable[float]]], runs: int) -> dict[str, float]:
    """The p99 of each, in milliseconds: the median of the runs, after a short one for warming up."""
    tails: dict[str, list[float]] = {name: [] for name in pops}
    for run in range(runs + 1):
        took: dict[str, list[float]] = {name: [] for name in pops}
        for _ in range(POPS if run else WARM_UP):
            for name, pop in pops.items():
                took[name].append(await pop() * 1000)
        for name, each in took.items():
            tails[name].append(percentile(each, PERCENT))
            say(f"pop latency: {name} p50 {statistics.median(each):.1f} p99 {tails[name][-1]:.1f} ms")
    return {name: statistics.median(each[1:]) for name, each in tails.items()}
