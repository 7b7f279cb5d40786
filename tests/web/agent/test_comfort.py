"""The agent's desktop in a real browser: what is masked, links, keys, sound, notification, title."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Error

from tests.lab.agents import SANNE, left_in, record, recorded, shows
from tests.lab.axe import violations
from tests.lab.citizens import MASKED, PERSON

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser, BrowserContext, Page, Route

    from ivr.session.purpose import Purposes
    from tests.lab.agents import Agents
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard

pytestmark = pytest.mark.e2e

BSN = PERSON["bsn"]
EARS = """
    window.heard = []; window.noted = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
        window.heard.push(this.frequency.value);
        start.call(this, when);
    };
    window.Notification = class extends EventTarget {
        static permission = "default";
        static async requestPermission() { return Notification.permission = "granted"; }
        constructor(title, options) { super(); window.noted.push(title + JSON.stringify(options)); }
        close() { window.noted.push("closed"); }
    };
"""
"""Write down what sounds, and what is notified: a browser without a screen shows no notifications."""


@pytest.fixture
def purposes() -> Purposes:
    """With a BSN that is masked."""
    return MASKED


@pytest.fixture
async def sanne(agents: Agents, browser: Browser) -> Page:
    """Sanne's desktop, empty."""
    return await agents.desktop(browser, SANNE, viewport={"width": 1280, "height": 800})


async def _calls(page: Page, switchboard: Switchboard, citizens: Citizens, **values: str) -> str:
    call = await switchboard.arrives(await citizens.verified(PERSON | values))
    await switchboard.answers(call, "PJSIP/sanne")
    await shows(page, "verified")
    return call


async def _shown(page: Page) -> None:
    await page.locator("[data-masked=shown]").wait_for()


@pytest.mark.req("A4", "A10", "S2", "S6")
async def test_one_key_shows_and_hides_what_is_masked(
    sanne: Page, switchboard: Switchboard, citizens: Citizens, processing_log: Path
) -> None:
    """It is nowhere in the page before and after; each time it is asked for anew."""
    call = await _calls(sanne, switchboard, citizens)
    out = sanne.get_by_role("link", name="Personen")
    for _ in range(2):
        assert await left_in(sanne, [BSN]) == []
        assert await out.count() == 0
        await sanne.keyboard.press("F2")
        await _shown(sanne)
        assert await sanne.locator("[data-value]").inner_text() == BSN
        assert await out.get_attribute("href") == f"https://brp.example.nl/{BSN}"
        assert await out.get_attribute("rel") == "noreferrer noopener"
        assert await violations(sanne) == []
        await sanne.keyboard.press("F2")
        await sanne.locator("[data-masked=hidden]").wait_for()
    assert await left_in(sanne, [BSN]) == []
    await sanne.keyboard.press("F2")
    await _shown(sanne)
    await switchboard.hangs_up(call)
    await shows(sanne, "empty")
    assert await left_in(sanne, [BSN, PERSON["fullname"]]) == []
    names = [json.loads(line)["name"] for line in _read(processing_log).splitlines()]
    assert names == ["show-caller", *["show-masked bsn"] * 3]


def _read(file: Path) -> str:
    return file.read_text()


@pytest.mark.req("A4", "A10")
async def test_the_whole_job_is_done_by_keyboard(
    sanne: Page, switchboard: Switchboard, citizens: Citizens
) -> None:
    """To the call, to what is masked, to the link; a screen reader is told what each is."""
    await _calls(sanne, switchboard, citizens)
    await sanne.keyboard.press("F8")
    assert await sanne.evaluate("document.activeElement.textContent") == "Bewezen"
    await sanne.keyboard.press("Tab")
    button = sanne.get_by_role("button", name="Toon bsn (nl)")
    assert await button.evaluate("(button) => button === document.activeElement")
    await sanne.keyboard.press("Enter")
    await _shown(sanne)
    assert await sanne.get_by_role("button", name="Verberg bsn (nl)").count() == 1
    await sanne.keyboard.press("Tab")
    assert await sanne.evaluate("document.activeElement.href") == (
        "https://zaken.example.nl/?naam=Kanarie%20Vogelzang"
    )
    for pressed in ("Control+F2", "Alt+F8", "F4", "Shift+F2"):  # those of others are left alone
        await sanne.keyboard.press(pressed)
    assert await sanne.locator("[data-masked=shown]").count() == 1


class Held:
    """Holds the answers to questions for masked values until a test lets them go."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[None] = asyncio.Queue()
        self.free = asyncio.Event()
        self.done: asyncio.Queue[None] = asyncio.Queue()

    async def __call__(self, route: Route) -> None:
        """Ask the server at once; let the browser have its answer later."""
        answer = await route.fetch()
        self.asked.put_nowait(None)
        await self.free.wait()
        with suppress(Error):  # the page did not want it any more
            await route.fulfill(response=answer)
        self.done.put_nowait(None)


@pytest.mark.req("P3", "A4", "S2")
async def test_an_answer_that_comes_late_is_not_shown_to_the_next_caller(
    sanne: Page, switchboard: Switchboard, citizens: Citizens
) -> None:
    """The call changed meanwhile: the canary of A is never in the document while B is on the line."""
    held = Held()
    await sanne.route("**/agent/reveal", held)
    first = await _calls(sanne, switchboard, citizens)
    await record(sanne)
    await sanne.keyboard.press("F2")
    await held.asked.get()
    await switchboard.hangs_up(first)
    await shows(sanne, "empty")
    await _calls(sanne, switchboard, citizens, fullname="Tweede Beller", bsn="999990020")
    async with sanne.expect_event("requestfinished", lambda one: "/agent/reveal" in one.url):
        held.free.set()
    await held.done.get()
    await sanne.keyboard.press("F2")
    await _shown(sanne)
    assert await sanne.locator("[data-value]").inner_text() == "999990020"
    assert not any(BSN in seen for seen in await recorded(sanne))


@pytest.mark.req("P3", "A4")
async def test_an_answer_that_is_not_wanted_any_more_is_not_shown(
    sanne: Page, switchboard: Switchboard, citizens: Citizens
) -> None:
    """The agent pressed the key again before it came."""
    held = Held()
    await sanne.route("**/agent/reveal", held)
    await _calls(sanne, switchboard, citizens)
    await record(sanne)
    for _ in range(2):
        await sanne.keyboard.press("F2")
    await held.asked.get()
    held.free.set()
    await sanne.unroute("**/agent/reveal")
    assert not any(BSN in seen for seen in await recorded(sanne))
    await sanne.keyboard.press("F2")
    await _shown(sanne)


@pytest.mark.req("P3", "S2")
async def test_rapid_calls_with_questions_do_not_mix(
    sanne: Page, switchboard: Switchboard, citizens: Citizens
) -> None:
    """Asked of every caller, hung up at once: never one caller's name with another's number."""
    people = [(f"Kanarie-{number}-van-Dam", f"canary-bsn-{number}-x") for number in range(8)]
    await record(sanne)
    for name, bsn in people:
        call = await switchboard.arrives(await citizens.verified({"fullname": name, "bsn": bsn}))
        await switchboard.answers(call, "PJSIP/sanne")
        await sanne.get_by_text(name).first.wait_for()
        await sanne.keyboard.press("F2")
        if (name, bsn) != people[-1]:
            await switchboard.hangs_up(call)
    await _shown(sanne)
    for seen in await recorded(sanne):
        names = {number for number, (name, _) in enumerate(people) if name in seen}
        numbers = {number for number, (_, bsn) in enumerate(people) if bsn in seen}
        assert len(names) <= 1
        assert numbers <= names


@pytest.mark.req("A4", "O6")
async def test_what_cannot_be_shown_says_so(
    sanne: Page, switchboard: Switchboard, citizens: Citizens
) -> None:
    """And can be asked again."""
    await sanne.route("**/agent/reveal", lambda route: route.abort())  # a page hears of it a moment later
    await _calls(sanne, switchboard, citizens)
    await sanne.keyboard.press("F2")
    await sanne.get_by_text("Kan nu niet worden getoond").wait_for()
    assert await violations(sanne) == []
    await sanne.unroute("**/agent/reveal")
    await sanne.keyboard.press("F2")
    await _shown(sanne)


async def _comfortable(agents: Agents, browser: Browser) -> tuple[BrowserContext, Page]:
    context = await browser.new_context()
    await context.add_init_script(EARS)
    return context, await agents.log_in(context, SANNE)


@pytest.mark.req("A2", "A10", "S2")
async def test_signals_are_off_until_they_are_chosen_and_hold_no_data(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, browser: Browser
) -> None:
    """A sound and a notification for a new call, once; the browser keeps the choice, and nothing else."""
    _, page = await _comfortable(agents, browser)
    await switchboard.hangs_up(await _calls(page, switchboard, citizens))
    await shows(page, "empty")
    assert await page.evaluate("[window.heard, window.noted]") == [[], []]
    await page.get_by_text("Signalen en toetsen").click()
    await page.get_by_label("Geluid").select_option("rising")
    await page.get_by_role("button", name="Melding als").click()
    await page.locator("[data-permit][aria-pressed=true]").wait_for()
    assert await violations(page) == []
    assert json.loads(await page.evaluate("localStorage['idb-agent']")) == {"sound": "rising", "notify": True}
    await page.evaluate("document.hasFocus = () => false")
    call = await _calls(page, switchboard, citizens)
    await page.wait_for_function("window.heard.length === 2")
    agents.cut()
    await shows(page, "lost")
    await shows(page, "verified")
    await switchboard.hangs_up(call)
    await shows(page, "empty")
    heard, noted = await page.evaluate("[window.heard, window.noted]")
    assert heard == [440, 659]
    assert [text.partition("{")[0] for text in noted] == ["Gesprek. Bewezen.", "closed"]
    assert not any(value in repr(noted) for value in PERSON.values())
    await page.reload()
    await shows(page, "empty")
    assert await page.locator("[data-sound]").input_value() == "rising"
    assert await page.evaluate("Object.keys(localStorage)") == ["idb-agent"]


@pytest.mark.req("A10")
async def test_the_title_tells_the_state_and_nobodys_name(
    sanne: Page, switchboard: Switchboard, citizens: Citizens
) -> None:
    """So that a tab behind others can be told."""
    assert (await sanne.title()).startswith("Geen gesprek ")
    call = await _calls(sanne, switchboard, citizens)
    assert (await sanne.title()).startswith("Bewezen ")
    await switchboard.hangs_up(call)
    await shows(sanne, "empty")
    await switchboard.answers(await switchboard.arrives(), "PJSIP/sanne")
    await shows(sanne, "ordinary")
    assert (await sanne.title()).startswith("Niet geïdentificeerd ")
