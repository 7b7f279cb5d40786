"""web.agent.phone: whose page has a telephone, and what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.agents import JOOST, SANNE, Agents
from tests.lab.axe import violations
from tests.lab.browser import MICROPHONE, chromium

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = pytest.mark.req("A7")

ADDRESS = "ws://127.0.0.1:9"


async def test_only_a_page_with_a_telephone_may_have_one(phone_agents: Agents) -> None:
    """The microphone, Asterisk's address and the script are for that page and no other."""
    async with phone_agents.client(SANNE) as sanne, phone_agents.client(JOOST) as joost:
        for client, path, has in (
            (sanne, "/en/agent", True),
            (sanne, "/en/agent/plain", False),
            (sanne, "/en/agent/login", False),
            (joost, "/en/agent", False),
        ):
            async with client.http.get(path) as answer:
                text = await answer.text()
                assert (ADDRESS in answer.headers["Content-Security-Policy"]) is has
                assert ("microphone=(self)" in answer.headers["Permissions-Policy"]) is has
                assert ("microphone=()" in answer.headers["Permissions-Policy"]) is not has
                assert ('id="phone"' in text and "/phone-" in text) is has


async def test_another_window_gets_no_proof(phone_agents: Agents) -> None:
    """The telephone is in the window in which the agent works."""
    async with (
        phone_agents.client(SANNE) as one,
        phone_agents.client(SANNE) as other,
        await one.dial(await one.ticket()) as line,
    ):
        await line.receive_json()
        for client, status in ((one, 200), (other, 409)):
            async with await client.post("/en/agent/phone") as answer:
                assert answer.status == status


async def test_a_call_can_go_to_colleagues_queues_and_places(phone_agents: Agents) -> None:
    """In the language of the page, and not to oneself."""
    async with phone_agents.client(SANNE) as sanne, sanne.http.get("/en/agent/phone/places") as answer:
        places = await answer.json()
        assert {"kind": "colleague", "title": "Joost Bakker", "number": "agent_joost"} in places
        assert {"kind": "place", "title": "Balie Centrum", "number": "601"} in places
        assert [place["number"] for place in places if place["kind"] == "queue"] == [
            "queue_verhuizen",
            "queue_afval",
        ]
        assert not any(place["number"] == "agent_sanne" for place in places)


@pytest.mark.e2e
@pytest.mark.req("A10")
@pytest.mark.parametrize(
    ("flags", "said"), [((), "Er is geen microfoon"), (MICROPHONE, "microfoon niet gebruiken")]
)
async def test_without_a_microphone_it_says_what_to_do(
    phone_agents: Agents, flags: tuple[str, ...], said: str
) -> None:
    """Absent, or refused. The agent asked for it: nothing asks by itself."""
    refusing = [flag for flag in flags if "fake-ui" not in flag]
    async with chromium(*refusing) as browser:
        page = await phone_agents.desktop(browser, SANNE)
        await page.locator("#phone[data-state=off]").wait_for()
        assert not await violations(page)
        await page.keyboard.press("F9")
        await page.locator("#phone[data-state=refused]").wait_for()
        assert said in await page.locator("#phone [data-extra]").inner_text()
        assert not await violations(page)


@pytest.mark.e2e
async def test_who_has_no_telephone_loads_none(phone_agents: Agents, browser: Browser) -> None:
    """Not a byte of it."""
    loaded: list[str] = []
    context = await browser.new_context()
    context.on("request", lambda request: loaded.append(request.url))
    await phone_agents.log_in(context, JOOST)
    assert any("/desktop-" in url for url in loaded)
    assert not any("/phone-" in url for url in loaded)
