"""The agent's screen while the store is killed and comes back: blank, said so, and full again by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.agents import SANNE, left_in, shows
from tests.lab.citizens import PERSON
from tests.lab.switchboard import NUMBER

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.lab.agents import Agents
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard
    from tests.lab.valkey import Valkey


@pytest.fixture
def valkey(own_valkey: Valkey) -> Valkey:
    """Every room of these tests stands on a store that they may harm."""
    return own_valkey


@pytest.mark.req("O6", "S5")
async def test_without_a_store_there_is_no_ticket(agents: Agents, own_valkey: Valkey) -> None:
    """A script is told to come back; a page is led to one that says so."""
    async with agents.client(SANNE) as client:
        own_valkey.kill()
        async with await client.post("/nl/agent/ticket") as answer:
            assert answer.status == 503
            assert "Retry-After" in answer.headers
        async with client.http.get("/nl/agent", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/nl/agent/away")


@pytest.mark.e2e
@pytest.mark.req("O6", "S2")
async def test_a_killed_store_blanks_the_screen(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, browser: Browser, own_valkey: Valkey
) -> None:
    """The page says that the call goes on; a reload says the same; an empty store later means no call."""
    page = await agents.desktop(browser, SANNE)
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    await shows(page, "verified")
    await switchboard.dies()
    own_valkey.kill()
    await shows(page, "unavailable")
    assert "Het gesprek loopt door" in await page.locator("#screen").inner_text()
    assert await left_in(page, (*PERSON.values(), NUMBER)) == []
    await page.reload()
    await page.locator("[data-state=unavailable]").wait_for()
    assert page.url.endswith("/nl/agent/away")
    own_valkey.start()
    await page.wait_for_url("**/nl/agent/login")
