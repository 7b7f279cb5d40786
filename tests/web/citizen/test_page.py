"""The citizen's pages in a real browser: js/call.js, css/citizen.css and templates, as people meet them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from ivr.session.code import grouped
from ivr.session.wait import Place
from tests.lab.axe import violations
from tests.lab.browser import STEP_MS
from tests.lab.squares import read
from tests.lab.visitors import Visitors, follows, log_in, start
from tests.web.citizen.conftest import AGENT, PHONE
from web.socket import close_sockets

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from ivr.store.client import Store
    from tests.lab.switchboard import Switchboard

pytestmark = pytest.mark.e2e
expect.set_options(timeout=STEP_MS)

HAND: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
BOTH_EYES_PX = 28  # of a digit: read at two arms' length


def heading(page: Page) -> Any:
    """What the page says first."""
    return page.locator("main h1")


@pytest.mark.req("C6")
async def test_the_page_follows_the_call_and_says_each_change_once(
    browser: Browser, visitors: Visitors, switchboard: Switchboard
) -> None:
    """Politely, to who listens; without a reload."""
    page = await arrived(browser, visitors)
    await page.evaluate(
        """() => {
          globalThis.heard = [];
          const said = document.getElementById("said");
          new MutationObserver(() => heard.push(said.textContent)).observe(said, {childList: true});
        }"""
    )
    call = await switchboard.arrives(await visitors.of(page))
    await expect(heading(page)).to_have_text("U staat in de wachtrij")
    for ahead, minutes, said in ((4, 10, "nummer 5"), (3, 10, "nummer 4"), (0, 1, "als eerste")):
        await switchboard.stands(call, Place(ahead, minutes))
        await expect(page.locator("#status-heading")).to_contain_text(said)
    await switchboard.answers(call, PHONE)
    await expect(heading(page)).to_have_text(f"U bent in gesprek met {AGENT}")
    await switchboard.hangs_up(call)
    await expect(heading(page)).to_have_text("Uw gesprek is klaar")
    heard = [words for words in await page.evaluate("heard") if words != "Uw code klopt"]
    assert heard == [
        "U staat in de wachtrij",
        "U wacht waarschijnlijk nog ongeveer 10 minuten.",
        "U bent als eerste aan de beurt. U wacht waarschijnlijk minder dan 2 minuten.",
        f"U bent in gesprek met {AGENT}",
        "Uw gesprek is klaar",
    ]
    assert await page.locator("#said").get_attribute("role") == "status"


@pytest.mark.req("C6")
async def test_what_the_reader_is_busy_with_is_left_alone(
    browser: Browser, visitors: Visitors, store: Store
) -> None:
    """Time passes: the sentence changes, the opened part stays open and the focus where it was."""
    page = await arrived(browser, visitors)
    await page.locator("summary").click()
    await page.get_by_role("button", name="Nieuwe code vragen").focus()
    key = store.keys.session((await visitors.of(page)).session)
    now = (await store.redis.time())[0]
    await store.redis.hset(key, "expires", str(now + 300))
    await store.redis.publish(store.keys.changed(), key.replace("idb:", ""))
    await expect(page.locator("#status-heading")).to_contain_text("5 minuten")
    assert await page.locator("details[open]").count() == 1
    assert await page.evaluate("document.activeElement.textContent.trim()") == "Nieuwe code vragen"
    assert await page.locator("#said").text_content() == ""


@pytest.mark.req("C9")
async def test_who_was_in_a_part_that_went_away_finds_the_new_heading(
    browser: Browser, visitors: Visitors, switchboard: Switchboard
) -> None:
    """The keyboard's place is not lost to the top of the document."""
    page = await arrived(browser, visitors)
    await page.locator("#status-action a").focus()
    await switchboard.arrives(await visitors.of(page))
    await expect(heading(page)).to_have_text("U staat in de wachtrij")
    await expect(heading(page)).to_be_focused()


@pytest.mark.req("C6")
async def test_after_a_lost_connection_the_page_says_so_and_recovers_by_itself(
    browser: Browser, visitors: Visitors, switchboard: Switchboard
) -> None:
    """What happened meanwhile is there at once."""
    page = await arrived(browser, visitors)
    await follows(page)
    citizen = await visitors.of(page)
    await page.route("**/call/ticket", lambda route: route.abort())
    await close_sockets(visitors.front.app)
    await expect(page.locator("#lost")).to_be_visible()
    await expect(page.locator("#said")).to_have_text("Er is nu geen verbinding.")
    assert await violations(page) == []
    await switchboard.arrives(citizen)
    await page.unroute("**/call/ticket")
    await expect(heading(page)).to_have_text("U staat in de wachtrij", timeout=30_000)
    await expect(page.locator("#lost")).to_be_hidden()


async def test_a_session_that_is_gone_leads_to_a_page_with_a_way_to_start(
    browser: Browser, visitors: Visitors, store: Store
) -> None:
    """The open page notices when it comes back, and does not go on trying."""
    page = await arrived(browser, visitors)
    await follows(page)
    await store.redis.flushall()
    await close_sockets(visitors.front.app)
    await expect(page.locator("#status")).to_have_count(0)
    await page.locator("main a[href='/nl']").click()
    await expect(heading(page)).to_have_text("Waarover wilt u bellen?")


async def test_a_page_that_is_refused_from_the_start_stays_as_it_is(
    browser: Browser, visitors: Visitors
) -> None:
    """It says that it is not live, and does not ask for itself again and again."""
    page = await arrived(browser, visitors)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.is_navigation_request() else None)
    await page.route("**/call/ticket", lambda route: route.fulfill(status=403))
    await page.reload()
    await expect(page.locator("#lost")).to_be_visible()
    assert len(asked) == 1
    assert await page.locator("#code").is_visible()


@pytest.mark.req("C6")
async def test_reload_second_tab_and_back_show_how_things_stand(browser: Browser, visitors: Visitors) -> None:
    """One code everywhere; stopped in one tab is stopped in the other."""
    page = await arrived(browser, visitors)
    code = await page.locator("#code").inner_text()
    await page.reload()
    assert await page.locator("#code").inner_text() == code
    await page.go_back()
    await page.go_forward()
    assert await page.locator("#code").inner_text() == code
    other = await page.context.new_page()
    await other.goto(page.url)
    assert await other.locator("#code").inner_text() == code
    await other.locator("form[action$='/call/stop'] button").click()
    await expect(heading(page)).to_have_text("U bent gestopt")
    assert await page.locator("#code").count() == 0


@pytest.mark.req("C8")
async def test_all_of_it_works_without_scripts(
    browser: Browser, visitors: Visitors, switchboard: Switchboard
) -> None:
    """The page asks itself again every ten seconds, unless the reader stops that."""
    page = await visitors.window(browser, java_script_enabled=False, **HAND)
    await page.locator("main ul a").first.click()
    await start(page)
    await log_in(page)
    citizen = await visitors.of(page)
    assert await page.locator("meta[http-equiv=refresh]").get_attribute("content") == "10"
    await page.locator("noscript a").click()
    assert await page.locator("meta[http-equiv=refresh]").count() == 0
    await page.locator("#status-extra summary").click()
    assert await page.locator("#status-extra .idb-digits").is_visible()
    call = await switchboard.arrives(citizen)
    await page.locator("noscript a").click()
    assert await heading(page).inner_text() == "U staat in de wachtrij"
    await switchboard.hangs_up(call)
    await page.reload()
    assert await heading(page).inner_text() == "Uw gesprek is klaar"
    assert await page.locator("meta[http-equiv=refresh]").count() == 0


@pytest.mark.req("C9")
async def test_a_keyboard_is_enough(browser: Browser, visitors: Visitors) -> None:
    """From the first page to stopping, and the focus can be seen at every step."""
    page = await visitors.window(browser)

    async def to(locator: str) -> None:
        for _ in range(40):
            await page.keyboard.press("Tab")
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", await page.evaluate("document.activeElement.outerHTML")
            if await page.evaluate("(css) => document.activeElement.matches(css)", locator):
                return
        raise AssertionError(f"the keyboard does not come to {locator}")

    await to("main ul a")
    await page.keyboard.press("Enter")
    await page.locator("[name=agree]").wait_for()
    await to("[name=agree]")
    await page.keyboard.press("Space")
    await to("[name=method]")
    await page.keyboard.press("Enter")
    await page.locator("[name=person]").first.wait_for()
    await to("[name=person]")
    await page.keyboard.press("ArrowDown")
    await to("form[action$='/login/demo'] button")
    await page.keyboard.press("Enter")
    await page.locator("#code").wait_for()
    await to("#status-action a")
    await to("summary")
    await page.keyboard.press("Enter")
    await expect(page.locator("#status-extra .idb-digits")).to_be_visible()
    await to("form[action$='/call/stop'] button")
    await page.keyboard.press("Enter")
    await expect(heading(page)).to_have_text("U bent gestopt")


@pytest.mark.req("C5")
async def test_on_a_phone_one_tap_calls_and_on_a_desktop_a_camera_does(
    browser: Browser, visitors: Visitors
) -> None:
    """The button is under the thumb without scrolling, the code on one line; the square is for a desktop."""
    in_hand = await arrived(browser, visitors, **HAND)
    code = (await visitors.of(in_hand)).code.reveal()
    button = in_hand.locator("#status-action a")
    assert await button.get_attribute("href") == f"tel:+31141234567,,{code}"
    await expect(button).to_be_in_viewport(ratio=1)
    assert not await in_hand.locator("#status-scan").is_visible()
    digits = await in_hand.locator("#code").evaluate(
        "(e) => [e.getClientRects()[0].height, parseFloat(getComputedStyle(e).fontSize)]"
    )
    assert digits[1] >= BOTH_EYES_PX
    assert digits[0] < digits[1] * 2
    at_desk = await arrived(browser, visitors, **DESKTOP)
    await expect(at_desk.locator("#status-scan svg")).to_be_visible()


@pytest.mark.req("C9")
async def test_ears_get_digit_after_digit_and_a_hand_can_take_the_code(
    browser: Browser, visitors: Visitors
) -> None:
    """In groups with a rest between; what is copied is digits and spaces."""
    page = await arrived(browser, visitors)
    code = (await visitors.of(page)).code.reveal()
    heard = await page.locator("#code").aria_snapshot()
    assert heard == f"- paragraph: {spelled(code)}"
    await page.locator("#code").evaluate("(e) => getSelection().selectAllChildren(e)")
    copied = await page.evaluate("getSelection().toString()")
    assert copied.replace(" ", "").strip() == code


@pytest.mark.req("C5", "P9")
async def test_the_square_says_what_the_button_says(browser: Browser, visitors: Visitors) -> None:
    """Read off the screen by a decoder that is not the one that drew it, light and dark."""
    page = await arrived(browser, visitors, **DESKTOP)
    address = await page.locator("#status-action a").get_attribute("href")
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        assert read(await page.locator("#status-scan svg").screenshot()) == address, scheme


@pytest.mark.req("C7", "C9")
async def test_who_listens_is_told_while_there_is_time_to_ask_for_more(
    browser: Browser, visitors: Visitors, store: Store
) -> None:
    """Once, minutes before the code's time is over; more of it is one button."""
    page = await arrived(browser, visitors)
    key = store.keys.session((await visitors.of(page)).session)
    now = (await store.redis.time())[0]
    await store.redis.hset(key, "expires", str(now + 200))
    await store.redis.publish(store.keys.changed(), key.replace("idb:", ""))
    await expect(page.locator("#said")).to_have_text("U kunt nog een paar minuten bellen met uw code.")
    await page.locator("form[action$='/call/time'] button").click()
    await expect(page.locator("#status-heading")).to_contain_text("20 minuten")
    assert await page.locator("#said").text_content() == ""


async def test_on_paper_stand_number_and_code_and_no_buttons(browser: Browser, visitors: Visitors) -> None:
    """For who likes to have it beside the telephone: until when it works, and what a screen folds away."""
    page = await arrived(browser, visitors)
    await expect(page.locator("#status-extra-on-paper")).to_be_hidden()
    await page.emulate_media(media="print")
    for shown in ("#code", "#status-extra-on-paper"):
        await expect(page.locator(shown)).to_be_visible()
    await expect(page.locator("#status-steps")).to_contain_text(re.compile(r"tot \d\d:\d\d uur\."))
    for hidden in ("#status-action", "#status-more", "#status-scan", "#status-extra"):
        await expect(page.locator(hidden)).to_be_hidden()


@pytest.mark.req("S1")
async def test_a_browser_keeps_nothing_but_its_cookies(browser: Browser, visitors: Visitors) -> None:
    """No storage of any kind, and no cookie that a script can read."""
    page = await arrived(browser, visitors)
    kept = await page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert kept == [0, 0, ""]
    assert await page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


async def arrived(browser: Browser, visitors: Visitors, **context: Any) -> Page:
    """A page with number and code, in a browser of its own."""
    page = await visitors.window(browser, "/nl/verhuizing", **context)
    await start(page)
    await log_in(page)
    return page


def spelled(code: str) -> str:
    """As a screen reader reads a code."""
    return ", ".join(" ".join(group) for group in grouped(code))
