"""web.cookies: set so that only this host over a safe line gets them back."""

from __future__ import annotations

import pytest
from aiohttp import web

from tests.lab.front import front
from web import cookies
from web.route import Audience, Room, get

NAMES = (cookies.CSRF, cookies.LANGUAGE, cookies.CITIZEN, cookies.AGENT)


async def give(_request: web.Request) -> web.StreamResponse:
    """Every cookie of ours."""
    response = web.Response(text="given")
    for name in NAMES:
        cookies.put(response, name, "kept", seconds=600)
    return response


async def take(request: web.Request) -> web.StreamResponse:
    """How many came back."""
    return web.Response(text=str([cookies.read(request, name) for name in NAMES].count("kept")))


async def forget(_request: web.Request) -> web.StreamResponse:
    """All gone."""
    response = web.Response(text="gone")
    for name in NAMES:
        cookies.drop(response, name)
    return response


JAR = Room(
    name="jar",
    routes=(
        get("/give", give, Audience.PUBLIC, "give"),
        get("/take", take, Audience.PUBLIC, "take"),
        get("/forget", forget, Audience.PUBLIC, "forget"),
    ),
)


@pytest.mark.req("S4")
async def test_each_cookie_is_for_this_host_alone_and_no_script() -> None:
    """The prefix makes the browser hold us to it."""
    async with front(JAR) as running, running.client.get("/nl/give") as answer:
        assert set(answer.cookies) == set(NAMES)
        for name, cookie in answer.cookies.items():
            assert name.startswith("__Host-")
            assert (cookie["path"], cookie["samesite"], cookie["max-age"]) == ("/", "Lax", "600")
            assert cookie["secure"]
            assert cookie["httponly"]
            assert not cookie["domain"]


async def test_a_value_longer_than_a_browser_keeps_is_not_ours() -> None:
    """It is as if there were none."""
    async with front(JAR) as running:
        too_long = f"{cookies.CSRF}={'x' * (cookies.MAX_CHARS + 1)}"
        async with running.client.get("/nl/take", headers={"Cookie": too_long}) as answer:
            assert await answer.text() == "0"


@pytest.mark.e2e
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_chromium_keeps_them_on_the_loopback_without_https(browser, host: str) -> None:  # noqa: ANN001
    """So the demo needs no certificate: these hosts count as safe."""
    async with front(JAR) as running:
        tab = await browser.new_page()
        base = running.url.with_host(host)
        await tab.goto(str(base / "nl/give"))
        await tab.goto(str(base / "nl/take"))
        assert await tab.inner_text("body") == str(len(NAMES))
        await tab.goto(str(base / "nl/forget"))
        await tab.goto(str(base / "nl/take"))
        assert await tab.inner_text("body") == "0"
