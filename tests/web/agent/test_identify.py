"""The agent's buttons to identify the caller on the line: by keyboard, without scripts, for that call."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.session.code import draw
from ivr.session.upgrade import SPOKEN_LENGTH, Mark
from ivr.store.keyspace import CallId, Member
from ivr.store.lease import Lease
from ivr.store.orders import Orders
from ivr.store.upgrades import Upgrades
from tests.lab.agents import JOOST, SANNE, shows
from tests.lab.axe import violations
from tests.lab.citizens import PERSON
from tests.lab.markup import faults
from tests.lab.switchboard import ASTERISK

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from ivr.store.client import Store
    from tests.lab.agents import Agents, Client
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard

pytestmark = pytest.mark.req("A8", "P11")

PICTURES = os.environ.get("IDBELLEN_PICTURES")
"""A folder to keep a picture of each step in, to look at."""
MEMBER = Member(ASTERISK, f"PJSIP/{SANNE}")


@pytest.fixture
async def call(switchboard: Switchboard) -> CallId:
    """Sanne talks with an ordinary caller."""
    return await ordinary(switchboard)


async def ordinary(switchboard: Switchboard) -> CallId:
    """An ordinary caller, answered by Sanne."""
    uniqueid = await switchboard.arrives()
    await switchboard.answers(uniqueid, MEMBER.interface)
    return CallId(ASTERISK, uniqueid)


async def at(page: Page, step: str) -> None:
    """Wait until the buttons are those of this step; look that everybody can use them."""
    await page.locator(f"#ask > [data-step={step}]").wait_for()
    assert await violations(page) == []
    if PICTURES:
        for name, size in (("wide", 1280), ("small", 360)):
            await page.set_viewport_size({"width": size, "height": 800})
            await page.screenshot(path=Path(PICTURES) / f"ask-{step}-{name}.png", full_page=True)


async def tab_to(page: Page, text: str) -> None:
    """Reach what has the focus by the keyboard alone."""
    for _ in range(30):
        await page.keyboard.press("Tab")
        if text in await page.evaluate("document.activeElement.textContent"):
            return
    raise AssertionError(f"no way to {text}")


@pytest.mark.e2e
@pytest.mark.req("A10")
async def test_from_asking_to_proven_by_keyboard(
    agents: Agents, browser: Browser, switchboard: Switchboard, citizens: Citizens, store: Store
) -> None:
    """Each step as it comes, what to read out, the focus never lost; and the digits that the caller reads."""
    page = await agents.desktop(browser, SANNE)
    call = await ordinary(switchboard)
    await at(page, "none")
    await tab_to(page, "Vraag om in te loggen")
    await page.keyboard.press("Enter")
    await at(page, "asked")
    assert await page.evaluate("document.activeElement.tagName") == "H2"
    assert await page.locator("#ask-said").inner_text() == "Wacht op inloggen"
    number = (await page.locator("[data-slot=groups]").inner_text()).replace(" ", "")
    assert (await Upgrades(store).find(number)).call == call
    assert await page.locator("[data-slot=link]").inner_text() == f"{agents.front.url}/b/{number}"
    citizen = await citizens.verified(bound=call)
    await at(page, "ready")
    for mark, step in ((Mark.OPENING, "opening"), (Mark.KEYING, "keying"), (Mark.FAILED, "failed")):
        await Upgrades(store).mark(call, mark)
        await at(page, step)
    digits = page.locator("[name=digits]")
    await digits.fill(draw(SPOKEN_LENGTH, secrets.randbelow))
    await page.keyboard.press("Enter")
    await page.get_by_text("horen niet bij dit gesprek").wait_for()
    assert await violations(page) == []
    await digits.fill(" ".join(citizen.spoken.reveal()))
    await page.keyboard.press("Enter")
    await shows(page, "verified")
    await page.get_by_text(PERSON["fullname"]).wait_for()
    assert await page.locator("#ask").inner_text() == ""


@pytest.mark.e2e
async def test_the_keypad_is_ordered_once(
    agents: Agents, browser: Browser, switchboard: Switchboard, store: Store
) -> None:
    """The button goes with the press, and the order is there for who watches the Asterisk."""
    page = await agents.desktop(browser, SANNE)
    call = await ordinary(switchboard)
    await page.get_by_role("button", name="Laat de code toetsen").click()
    await page.locator("#ask > [data-step=opening]").wait_for()
    assert await page.locator("#ask button").count() == 0
    lease = Lease(store, ASTERISK)
    await store.redis.set(store.keys.lease(ASTERISK), lease.token, px=2000)
    assert [order.call for order in await Orders(store).take(lease)] == [call]


@pytest.mark.e2e
async def test_what_is_being_typed_stays(
    agents: Agents, browser: Browser, switchboard: Switchboard, store: Store
) -> None:
    """However often the screen is drawn anew meanwhile."""
    page = await agents.desktop(browser, SANNE, viewport={"width": 360, "height": 740})
    call = await ordinary(switchboard)
    await Upgrades(store).mark(call, Mark.FAILED)
    field = page.locator("[name=digits]")
    await field.press_sequentially("123")
    await store.redis.hset(store.keys.call(call), "queue", "afval")
    await page.locator("#screen").get_by_text("afval").wait_for()
    assert await field.input_value() == "123"
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# Without scripts.


async def press(client: Client, button: str, call: CallId, **fields: str) -> str:
    """Press a button; what the page to which it leads is told."""
    async with await client.post(f"/en/agent/identify/{button}", {"call": str(call), **fields}) as answer:
        assert answer.status == 303
        return answer.headers["Location"].removeprefix(client.plain("identify"))


async def text_of(client: Client, said: str = "") -> str:
    """The page with the buttons."""
    async with client.http.get(client.plain("identify") + said) as answer:
        text = await answer.text()
    assert await faults(text) == []
    return text


@pytest.mark.tools
async def test_all_of_it_works_without_scripts(
    agents: Agents, call: CallId, citizens: Citizens, store: Store
) -> None:
    """On a page that does not renew itself; it holds nothing of the caller."""
    async with agents.client(SANNE) as client:
        async with client.http.get(client.plain()) as answer:
            assert f'href="{client.plain("identify")}"' in await answer.text()
        assert "Ask to log in" in await text_of(client)
        assert await press(client, "ask", call, purpose="verhuizing") == ""
        assert "Waiting for the caller to log in" in await text_of(client)
        citizen = await citizens.verified(bound=call)
        assert await press(client, "confirm", call, digits="12 34") == "&said=typo"
        assert "These digits are not right" in await text_of(client, "&said=typo")
        wrong = draw(SPOKEN_LENGTH, secrets.randbelow)
        assert await press(client, "confirm", call, digits=wrong) == "&said=wrong"
        assert await press(client, "confirm", call, digits=citizen.spoken.reveal()) == ""
        page = await text_of(client)
        assert "nobody to identify" in page
        assert not [value for value in PERSON.values() if value in page]
        assert await press(client, "keypad", call) == "&said=gone"


async def test_three_wrong_ones_are_told_apart(agents: Agents, call: CallId) -> None:
    """After them the agent must ask anew; while the caller keys, nothing else can be begun."""
    async with agents.client(SANNE) as client:
        said = [
            await press(client, "confirm", call, digits=draw(SPOKEN_LENGTH, secrets.randbelow))
            for _ in range(4)
        ]
        assert said == ["&said=wrong"] * 3 + ["&said=spent"]
        assert await press(client, "keypad", call) == ""
        assert await press(client, "keypad", call) == "&said=busy"
        assert await press(client, "ask", call, purpose="afval") == "&said=busy"


@pytest.mark.req("P3", "S4")
async def test_a_button_is_for_the_call_that_it_was_shown_for(
    agents: Agents, call: CallId, switchboard: Switchboard, store: Store
) -> None:
    """Not for the next caller, not for a colleague's, not for another Asterisk's; whatever is sent."""
    other = CallId(ASTERISK, await switchboard.arrives())
    async with agents.client(JOOST) as joost, agents.client(SANNE) as sanne:
        for button, fields in (("ask", {"purpose": "afval"}), ("keypad", {})):
            assert await press(joost, button, call, **fields) == "&said=gone"
            assert await press(sanne, button, CallId("elsewhere", call.uniqueid), **fields) == "&said=gone"
            for strange in ("", "x" * 5000, "\r\n", "pbx:", "\x00"):
                assert await press(sanne, button, CallId(strange, ""), **fields) == "&said=gone"
        await switchboard.hangs_up(call.uniqueid)
        await switchboard.answers(other.uniqueid, MEMBER.interface)
        assert await press(sanne, "keypad", call) == "&said=gone"
        async with await sanne.post("/en/agent/identify/ask", {"call": str(other), "purpose": "x"}) as answer:
            assert answer.status == 404
    assert await store.redis.hget(store.keys.call(other), "step") is None


@pytest.mark.req("S1")
async def test_the_digits_are_in_no_address_and_no_log(
    agents: Agents, call: CallId, citizens: Citizens, capsys: pytest.CaptureFixture[str]
) -> None:
    """They go in a form's body, and what became of them is all that is written down."""
    citizen = await citizens.verified(bound=call)
    async with agents.client(SANNE) as client:
        assert await press(client, "confirm", call, digits=citizen.spoken.reveal()) == ""
    told = capsys.readouterr()
    assert "agent.upgrade" in told.out + told.err
    assert citizen.spoken.reveal() not in told.out + told.err
