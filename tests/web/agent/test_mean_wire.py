"""The desktop on a line that delays, repeats, reorders and dies: never a caller beside, or after, another.

Real browser, real pages, the real store. The whole document is looked at after each of its changes: text,
attributes, what stands in fields, the title.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import pytest
from playwright.async_api import Error

from tests.lab.agents import JOOST, SANNE, left_in, shows
from tests.lab.citizens import MASKED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Browser, BrowserContext, Page, Route, WebSocketRoute

    from ivr.session.purpose import Purposes
    from tests.lab.agents import Agents
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard

pytestmark = [pytest.mark.e2e, pytest.mark.req("P3", "S2", "A5")]

CALLERS: Final = 14
LATE_SECONDS: Final = 0.4
"""How much later than another a message may come, at most; a call lasts less."""
LOOK: Final = r"""
    addEventListener("DOMContentLoaded", () => {
        const look = () => {
            const fields = [...document.querySelectorAll("input, textarea")].map((field) => field.value);
            const whole = document.documentElement.outerHTML + fields.join(" ") + document.title;
            const found = [...new Set([...whole.matchAll(/canary-(\d+)-/g)].map((match) => match[1]))];
            const call = document.querySelector("#screen [data-call]");
            window.looked([call ? call.dataset.call : "", found]);
        };
        const all = { subtree: true, childList: true, characterData: true, attributes: true };
        new MutationObserver(look).observe(document, all);
    });
"""


class MeanWire:
    """Between a page and the real server. What it does is drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a test's dice
        self.seen: list[tuple[str, list[int]]] = []
        """After each change of the document: the call on the screen, and whose canaries are anywhere."""
        self.mean = False

    async def take(self, context: BrowserContext) -> None:
        """Be between these tabs and the server from now on."""
        await context.expose_function("looked", self._looked)
        await context.add_init_script(LOOK)
        await context.route_web_socket("**/agent/live", self._open)
        await context.route("**/agent/reveal", self._reveal)

    def _looked(self, told: tuple[str, list[str]]) -> None:
        call, found = told
        self.seen.append((call, [int(number) for number in found]))

    def _open(self, page: WebSocketRoute) -> None:
        server, dead = page.connect_to_server(), asyncio.Event()
        server.on_message(lambda message: self._pass(page, message, dead))

    def _pass(self, page: WebSocketRoute, message: str | bytes, dead: asyncio.Event) -> None:
        if not self.mean and not dead.is_set():
            page.send(message)
            return
        fate = self.chance.choice(("dead", *["twice"] * 5, *["sent"] * 20))
        if fate == "dead":
            dead.set()  # open on both sides, and nothing comes through any more
        for _ in range(0 if dead.is_set() else 2 if fate == "twice" else 1):
            late = self.chance.choice((0.0, 0.0, self.chance.uniform(0, LATE_SECONDS)))
            asyncio.get_running_loop().call_later(late, self._send, page, message)

    def _send(self, page: WebSocketRoute, message: str | bytes) -> None:
        with suppress(Error):  # the page has another line by now
            page.send(message)

    async def _reveal(self, route: Route) -> None:
        with suppress(Error):  # it did not want the answer any more
            answer = await route.fetch()
            await asyncio.sleep(self.chance.uniform(0, 2 * LATE_SECONDS))
            await route.fulfill(response=answer)


@pytest.fixture
def purposes() -> Purposes:
    """With a BSN that is masked."""
    return MASKED


async def _desktop(agents: Agents, browser: Browser, wire: MeanWire, name: str) -> Page:
    context = await browser.new_context()
    await wire.take(context)
    return await agents.log_in(context, name)


@contextmanager
def _mean(wires: tuple[MeanWire, ...]) -> Iterator[None]:
    for wire in wires:
        wire.mean = True
    yield
    for wire in wires:
        wire.mean = False


async def _play(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, chance: random.Random, page: Page
) -> dict[str, int]:
    """Callers one after another on Sanne's line, some then on Joost's; asked about at any time."""
    numbers, before = dict[str, int](), ""
    for number in range(CALLERS):
        values = {"fullname": f"canary-{number}-name", "bsn": f"canary-{number}-bsn"}
        call = await switchboard.arrives(await citizens.verified(values))
        numbers[call] = number
        await switchboard.answers(call, "PJSIP/sanne")
        if before:
            await switchboard.hangs_up(before)
        for _ in range(chance.randrange(4)):
            await asyncio.sleep(chance.uniform(0, LATE_SECONDS / 2))  # a hand
            await page.keyboard.press("F2")
        before = ""
        match chance.choice(("hang up", "send on", "send on", "cut", "")):
            case "hang up":
                await switchboard.hangs_up(call)
            case "send on":
                await switchboard.requeues(call)
                await switchboard.answers(call, "PJSIP/joost")
                before = call
            case "cut":
                agents.cut()
                await switchboard.hangs_up(call)
            case _:
                before = call
    return numbers


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 22))])
async def test_never_a_caller_beside_or_after_another(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, browser: Browser, seed: int
) -> None:
    """In the document of either agent; and in the end each sees what is so."""
    wires = MeanWire(seed), MeanWire(-seed)
    page = await _desktop(agents, browser, wires[0], SANNE)
    other = await _desktop(agents, browser, wires[1], JOOST)
    with _mean(wires):
        numbers = await _play(agents, switchboard, citizens, wires[0].chance, page)
    agents.cut()  # a line that is dead by now would be noticed in a minute
    last, idle = (page, other) if seed % 2 else (other, page)
    values = {"fullname": "canary-99-name", "bsn": "canary-99-bsn"}
    final = await switchboard.arrives(await citizens.verified(values))
    await switchboard.answers(final, f"PJSIP/{SANNE if last is page else JOOST}")
    numbers |= {f"pbx:{call}": number for call, number in numbers.items()} | {f"pbx:{final}": 99}
    for call in [call for call in numbers if ":" not in call]:
        await switchboard.ends_if_there(call)
    await last.get_by_text(values["fullname"]).first.wait_for()
    await last.keyboard.press("F2")
    await last.get_by_text(values["bsn"]).first.wait_for()
    await shows(idle, "empty")
    assert await left_in(idle, ["canary-"]) == []
    for wire in wires:
        shown = [found[0] for _, found in wire.seen if found]
        assert shown == sorted(shown)
        assert all(len(found) <= 1 for _, found in wire.seen)
        assert all(numbers[call] in found or not found for call, found in wire.seen if call)
    ours = wires[0 if last is page else 1]
    assert 99 in {number for _, found in ours.seen for number in found}
