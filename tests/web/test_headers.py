"""web.headers: on every answer, whoever made it; and what a real browser makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from yarl import URL

from tests.lab.front import front, options, stranger
from web.headers import FIXED, allow_form_action, content_policy
from web.health import health_room
from web.pages import page
from web.route import Audience, Room, get, post
from web.socket import open_socket

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = pytest.mark.usefixtures("sample_pages")


async def show(request: web.Request) -> web.StreamResponse:
    """A page with a form."""
    if elsewhere := request.query.get("to"):
        allow_form_action(request, elsewhere)
    return page(request, "gallery.html")


async def leave(request: web.Request) -> web.StreamResponse:
    """A form's answer that leads to a log-in elsewhere."""
    raise web.HTTPSeeOther(request.query["to"])


async def broken(_request: web.Request) -> web.StreamResponse:
    """A handler with a fault."""
    raise ZeroDivisionError


async def live(request: web.Request) -> web.StreamResponse:
    """A websocket."""
    socket, _ = await open_socket(request, "sample")
    return socket


EVERYWHERE = ("/nl", "/", "/nl/broken", "/nl/nowhere", "/healthz", "/live", "/static/none")
SITE = Room(
    name="site",
    routes=(
        get("/", show, Audience.PUBLIC, "home"),
        post("/", leave, Audience.PUBLIC, "home"),
        get("/broken", broken, Audience.PUBLIC, "broken"),
        get("/live", live, Audience.PUBLIC, "live", localized=False),
    ),
)


@pytest.mark.req("S4")
@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_answer_carries_them(path: str) -> None:
    """Pages, redirects, errors, a refused websocket."""
    async with (
        front(SITE, health_room({})) as running,
        running.client.get(path, allow_redirects=False) as answer,
    ):
        for name, value in FIXED.items():
            assert answer.headers[name] == value
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Server" not in answer.headers
        assert "Strict-Transport-Security" not in answer.headers


async def test_over_https_the_browser_is_told_to_stay_there() -> None:
    """Only then: on plain http it would be a lie."""
    public = URL("https://bellen.voorbeeld.nl")
    async with front(SITE, public_url=public) as running, running.client.get("/nl") as answer:
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_what_is_built_may_be_kept_for_ever() -> None:
    """Its name changes with its content."""
    async with front(SITE) as running:
        async with running.client.get("/nl") as answer:
            href = (await answer.text()).partition('rel="stylesheet" href="')[2].partition('"')[0]
        async with running.client.get(href) as answer:
            assert (answer.status, answer.content_type) == (200, "text/css")
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer.headers["Content-Encoding"] == "gzip"


def test_a_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    """Word for word, so that a change is seen."""
    public = options(public_url=URL("https://bellen.voorbeeld.nl:8443/x"))
    assert content_policy(public, ("https://idp.nl",)) == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self' wss://bellen.voorbeeld.nl:8443; form-action 'self' https://idp.nl; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


@pytest.mark.e2e
@pytest.mark.req("S7")
async def test_a_real_browser_runs_no_inline_script_or_style(browser: Browser) -> None:
    """Even when one gets into the page."""
    async with front(SITE) as running:
        tab = await browser.new_page()
        await tab.goto(str(running.url / "nl"))
        await tab.evaluate(
            """() => {
                const script = document.createElement('script');
                script.textContent = 'window.ran = true';
                document.body.append(script);
                const styled = '<p id="styled" style="color: rgb(1, 2, 3)">x</p>';
                document.body.insertAdjacentHTML('beforeend', styled);
            }"""
        )
        assert await tab.evaluate("window.ran") is None
        assert await tab.evaluate("getComputedStyle(styled).color") != "rgb(1, 2, 3)"


@pytest.mark.e2e
@pytest.mark.req("S5")
async def test_a_real_browser_opens_a_websocket_here_and_nowhere_else(browser: Browser) -> None:
    """connect-src covers ws: on our own origin; another one is blocked before anything is sent."""
    async with front(SITE) as running, stranger("") as other:
        tab = await browser.new_page()
        await tab.goto(str(running.url / "nl"))
        blocked = """(url) => new Promise((done) => {
            addEventListener('securitypolicyviolation', () => done(true));
            new WebSocket(url).onerror = () => setTimeout(() => done(false));
        })"""
        assert not await tab.evaluate(blocked, str(running.url.with_scheme("ws") / "live"))
        assert await tab.evaluate(blocked, str(other.with_scheme("ws")))


@pytest.mark.e2e
async def test_a_forms_answer_leads_elsewhere_only_where_the_page_said_so(browser: Browser) -> None:
    """Chromium holds form-action against redirects as well."""
    async with front(SITE) as running, stranger("<title>log in</title>") as other:
        tab = await browser.new_page()
        send = f"document.forms[0].action = '?to={other}'; document.forms[0].submit()"
        await tab.goto(str(running.url / "nl"))
        violated = await tab.evaluate(
            """() => new Promise((done) => {
                addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
                send();
            })""".replace("send();", send)
        )
        assert violated == "form-action"
        await tab.goto(str((running.url / "nl").with_query(to=str(other.origin()))))
        await tab.evaluate(send)
        await tab.wait_for_url(str(other))


def test_forms_may_end_at_front_ends_to_which_a_browser_goes_back() -> None:
    """Those in the options, on every page: a log-in can end anywhere."""
    policy = content_policy(options(return_origins=("https://www.voorbeeld.nl",)), ("https://login.example",))
    assert "form-action 'self' https://www.voorbeeld.nl https://login.example;" in policy


def test_scripts_may_speak_elsewhere_only_where_the_page_said_so() -> None:
    """To that origin, and on that page alone."""
    usual = "connect-src 'self' ws://127.0.0.1:8000"
    assert f"{usual};" in content_policy(options())
    assert f"{usual} https://irma.example;" in content_policy(
        options(), connections=("https://irma.example",)
    )
