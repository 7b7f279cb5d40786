"""The page for the code: it comes whatever the password was, and judges all three together."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from ivr.store.sealing import Sealer
from tests.lab.agents import JOOST, PASSWORD, SANNE, Agents, shows
from tests.lab.front import front
from tests.lab.looks import DESKTOP, looks_well
from tests.lab.markup import faults
from tests.lab.rooms import rotated
from web import cookies
from web.agent import second
from web.agent.second import STEP_SECONDS, SecondFactor, code_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from playwright.async_api import Browser

    from ivr.session.attributes import Secret
    from ivr.store.feed import Feed
    from ivr.store.sealing import KeySet
    from tests.lab.agents import Client
    from web.agent.accounts import Accounts
    from web.route import Room

pytestmark = pytest.mark.req("A1", "S3", "S4")

CODE = "/en/agent/login/code"
NOW = 1_700_000_010.0
TOGETHER = "This name, password and code do not go together."


@pytest.fixture
def secret(accounts: Accounts, seal_keys: KeySet, second_factor: SecondFactor) -> Secret:
    """Sanne's second factor, at one moment: no step passes while a test runs."""
    second_factor._now = lambda: NOW
    made = second.draw()
    accounts.change(SANNE, totp=second.seal(Sealer(seal_keys), SANNE, made))
    return made


@pytest.fixture
async def demanding(
    make_room: Callable[..., Room], feed: Feed, second_factor: SecondFactor
) -> AsyncIterator[Agents]:
    """Pages that demand a code of all."""
    second_factor._required = True
    async with front(make_room(feed)) as running:
        yield Agents(running)


async def _first(client: Client, name: str = SANNE, password: str = PASSWORD) -> str:
    """Give name and password; where that leads."""
    async with await client.log_in(name, password) as answer:
        return answer.headers.get("Location", "")


async def _second(client: Client, code: str) -> tuple[int, str]:
    """Give the code; the status, and where that leads or what it says."""
    async with await client.post(CODE, {"code": code}) as answer:
        return answer.status, answer.headers.get("Location") or await answer.text()


def _now(secret: Secret, steps: int = 0) -> str:
    return code_at(secret, NOW + steps * STEP_SECONDS)


@pytest.mark.tools
async def test_password_and_code_let_somebody_in(agents: Agents, secret: Secret) -> None:
    """With the password alone nobody is in."""
    async with agents.client() as client:
        assert await _first(client) == CODE
        assert cookies.AGENT not in {cookie.key for cookie in client.http.cookie_jar}
        async with client.http.get("/en/agent", allow_redirects=False) as answer:
            assert answer.headers["Location"] == "/en/agent/login"
        async with client.http.get(CODE) as answer:
            text = await answer.text()
            assert await faults(text) == []
            assert SANNE not in text
        assert await _second(client, _now(secret)) == (303, "/en/agent")
        assert {cookie.key for cookie in client.http.cookie_jar} >= {cookies.AGENT}
        assert cookies.AGENT_CODE not in {cookie.key for cookie in client.http.cookie_jar}


async def test_who_has_none_is_asked_for_none(agents: Agents, secret: Secret) -> None:
    """While it is optional."""
    async with agents.client() as client:
        assert await _first(client, JOOST) == "/en/agent"


async def test_the_code_is_asked_whatever_the_password_was(agents: Agents, secret: Secret) -> None:
    """Nothing tells the two apart: not the answer, nor the page that follows, nor what is said at the end."""
    seen = set()
    for password, code in ((PASSWORD, "000000"), ("wrong password!", _now(secret)), ("wrong password!", "")):
        async with agents.client() as client:
            async with await client.log_in(SANNE, password) as answer:
                flags = [one.partition("; ")[2] for one in answer.headers.getall("Set-Cookie")]
                first = (answer.status, answer.headers["Location"], *flags)
            async with client.http.get(CODE) as answer:
                page = (await answer.text()).partition('name="csrf"')[0]
            status, text = await _second(client, code)
            seen.add((first, page, status, text.partition('name="csrf"')[0]))
            assert TOGETHER in text
    assert len(seen) == 1


async def test_a_demanded_code_is_asked_of_any_name(demanding: Agents, secret: Secret) -> None:
    """So that names cannot be told apart either; who has none does not come in."""
    for name, password in ((SANNE, "wrong password!"), ("stranger", PASSWORD), (JOOST, PASSWORD)):
        async with demanding.client() as client:
            assert await _first(client, name, password) == CODE
            status, text = await _second(client, "123456")
            assert (status, TOGETHER in text) == (403, True)
    async with demanding.client() as client:
        await _first(client)
        assert await _second(client, _now(secret)) == (303, "/en/agent")


async def test_a_code_that_was_used_lets_nobody_in(agents: Agents, secret: Secret) -> None:
    """Whoever looked over a shoulder, with the right password too."""
    code = _now(secret)
    async with agents.client() as owner, agents.client() as thief:
        await _first(owner)
        await _first(thief)
        assert await _second(owner, code) == (303, "/en/agent")
        assert (await _second(thief, code))[0] == 403
        await _first(thief)
        assert (await _second(thief, code))[0] == 403


async def test_nobody_uses_up_the_code_of_somebody_else(agents: Agents, secret: Secret) -> None:
    """Brought with a wrong password it is still good."""
    code = _now(secret)
    async with agents.client() as thief, agents.client() as owner:
        await _first(thief, SANNE, "wrong password!")
        assert (await _second(thief, code))[0] == 403
        await _first(owner)
        assert await _second(owner, code) == (303, "/en/agent")


async def test_half_a_login_is_good_for_one_code(agents: Agents, secret: Secret) -> None:
    """And in the browser that began it; a copy of its cookie is worth nothing afterwards."""
    late = (303, "/en/agent/login?said=late")
    async with agents.client() as client, agents.client() as stranger:
        assert await _second(stranger, _now(secret)) == late
        await _first(client)
        half = {cookie.key: cookie.value for cookie in client.http.cookie_jar}[cookies.AGENT_CODE]
        assert (await _second(client, "000000"))[0] == 403
        for browser in (client, stranger):
            browser.http.cookie_jar.update_cookies({cookies.AGENT_CODE: half}, agents.front.url)
            assert await _second(browser, _now(secret)) == late
        async with client.http.get(CODE, allow_redirects=False) as answer:
            assert answer.status == 200
    async with agents.client() as nobody, nobody.http.get(CODE, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/en/agent/login")


@pytest.mark.parametrize("change", ["password", "totp", "removed"])
async def test_what_changes_meanwhile_counts(
    agents: Agents, secret: Secret, accounts: Accounts, seal_keys: KeySet, change: str
) -> None:
    """Half a log-in is of the account as it was."""
    async with agents.client() as client:
        await _first(client)
        if change == "removed":
            accounts.remove(SANNE)
        elif change == "totp":
            accounts.change(SANNE, totp=second.seal(Sealer(seal_keys), SANNE, secret))
        else:
            accounts.change(SANNE, password="another long password")
        assert (await _second(client, _now(secret)))[0] == 403


async def test_whoever_has_the_password_does_not_guess_the_code(room: Room, secret: Secret) -> None:
    """From however many addresses: after twenty even the right one will not do, and nothing says so."""
    async with front(room, trusted_proxies=(ip_network("127.0.0.0/8"),)) as running:
        agents = Agents(running)
        said = set()
        with capture_logs() as lines:
            for number in range(21):
                async with agents.client(address=f"192.0.2.{number}") as attacker:
                    await _first(attacker)
                    code = _now(secret) if number == 20 else "000000"
                    status, text = await _second(attacker, code)
                    said.add((status, TOGETHER in text))
        assert said == {(403, True)}
        assert [line["agent"] for line in lines if line["event"] == "agent.codes_limited"] == [SANNE]


async def test_who_has_not_the_password_uses_up_nobodys_codes(room: Room, secret: Secret) -> None:
    """Thirty times from thirty addresses; the owner comes in."""
    async with front(room, trusted_proxies=(ip_network("127.0.0.0/8"),)) as running:
        agents = Agents(running)
        for number in range(30):
            async with agents.client(address=f"192.0.2.{number}") as attacker:
                await _first(attacker, SANNE, "wrong password!")
                assert (await _second(attacker, "000000"))[0] == 403
        async with agents.client(address="198.51.100.7") as owner:
            await _first(owner)
            assert await _second(owner, _now(secret)) == (303, "/en/agent")


async def test_a_login_seals_the_secret_under_the_key_of_today(
    make_room: Callable[..., Room],
    feed: Feed,
    second_factor: SecondFactor,
    secret: Secret,
    accounts: Accounts,
    seal_keys: KeySet,
    tmp_path: Path,
) -> None:
    """Without ending anybody's log-in."""
    newer = Sealer(rotated(seal_keys, tmp_path))
    async with front(make_room(feed)) as running, Agents(running).client() as client:
        await _first(client)
        await _second(client, _now(secret, -1))
        second_factor._sealer = newer
        before = accounts.record(SANNE)
        async with Agents(running).client() as other:
            await _first(other)
            assert (await _second(other, _now(secret)))[0] == 303
        after = accounts.record(SANNE)
        assert before is not None
        assert after is not None
        assert (after.id, second.seal_of(newer, after)) == (before.id, second.Seal.NEWEST)
        async with client.http.get("/en/agent", allow_redirects=False) as answer:
            assert answer.status == 200


@pytest.mark.e2e
@pytest.mark.req("A10", "C8")
@pytest.mark.parametrize("scripts", [True, False])
async def test_in_a_browser(agents: Agents, browser: Browser, secret: Secret, scripts: bool) -> None:
    """By keyboard, with scripts and without; axe finds nothing."""
    page = await (await browser.new_context(viewport=DESKTOP, java_script_enabled=scripts)).new_page()
    await page.goto(str(agents.front.url / "nl/agent"))
    await page.locator("[name=name]").fill(SANNE)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Uw code").wait_for()
    field = page.get_by_label("Code van zes cijfers")
    assert await field.get_attribute("autocomplete") == "one-time-code"
    if scripts:
        await looks_well(page, "code")
        await field.fill("000000")
        await page.keyboard.press("Enter")
        await page.get_by_role("alert").wait_for()
        await looks_well(page, "code-refused")
        await page.locator("[name=password]").fill(PASSWORD)
        await page.keyboard.press("Enter")
    await field.fill(_now(secret))
    await page.keyboard.press("Enter")
    if scripts:
        await shows(page, "empty")
    else:
        await page.locator("[data-state=empty]").wait_for()
