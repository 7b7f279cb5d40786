"""web.csrf: what our own pages send gets in, what another site makes a browser send does not."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import FormData, web

from tests.lab.front import Front, front, stranger
from web import cookies
from web.csrf import FIELD, HEADER
from web.pages import page
from web.route import Audience, Room, get, post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

pytestmark = pytest.mark.usefixtures("sample_pages")


class Counter:
    """A room whose form changes something."""

    def __init__(self) -> None:
        self.changes = 0
        self.room = Room(
            name="counter",
            routes=(
                get("/form", self.form, Audience.PUBLIC, "form"),
                get("/plain", self.plain, Audience.PUBLIC, "plain"),
                post("/form", self.change, Audience.PUBLIC, "form"),
                post("/machine", self.change, Audience.PUBLIC, "machine", localized=False, csrf=False),
            ),
        )

    async def form(self, request: web.Request) -> web.StreamResponse:
        """A page with a form."""
        return page(request, "gallery.html")

    async def plain(self, request: web.Request) -> web.StreamResponse:
        """A page without one."""
        return page(request, "error.html", title="-", happened="-", advice="-")

    async def change(self, _request: web.Request) -> web.StreamResponse:
        """Something changes."""
        self.changes += 1
        return web.Response(text="changed")


@asynccontextmanager
async def counting() -> AsyncIterator[tuple[Front, Counter]]:
    """A front with the counter."""
    counter = Counter()
    async with front(counter.room) as running:
        yield running, counter


@pytest.mark.req("S7")
async def test_our_own_form_gets_in_by_field_and_by_header() -> None:
    """A form sends the field, a script the header."""
    async with counting() as (running, counter):
        token = await running.token("/nl/form")
        async with running.client.post("/nl/form", data={FIELD: token[HEADER]}) as answer:
            assert answer.status == 200
        async with running.client.post("/nl/form", json={}, headers=token) as answer:
            assert answer.status == 200
        assert counter.changes == 2


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "sent",
    [
        {},
        {HEADER: ""},
        {HEADER: "x" * 43},
        {HEADER: "é"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1"},
    ],
)
async def test_what_our_pages_did_not_send_is_refused_on_a_clear_page(sent: dict[str, str]) -> None:
    """Even with this browser's right token, if it says that another site sent it."""
    async with counting() as (running, counter):
        token = {} if HEADER in sent or not sent else await running.token("/en/form")
        await running.token("/en/form")
        async with running.client.post("/en/form", headers={**token, **sent}) as answer:
            assert answer.status == 403
            assert "Please do that once more" in await answer.text()
        assert counter.changes == 0


@pytest.mark.req("S7")
@pytest.mark.parametrize(("seed", "token"), [(b"a", b"\xff"), (b"a\xff", b"b")])
async def test_bytes_that_are_no_text_are_refused_like_any(seed: bytes, token: bytes) -> None:
    """In the header and in the cookie."""
    cookie = cookies.CSRF.encode() + b"=" + seed
    async with counting() as (running, counter):
        header = b"Cookie: " + cookie + b"\r\n" + HEADER.encode() + b": " + token
        assert (await running.bare("POST", "/en/form", header)).startswith(b"403 ")
        assert counter.changes == 0


@pytest.mark.req("S7")
@pytest.mark.parametrize("charset", ["utf-8", "no-such-charset"])
async def test_a_form_that_is_no_text_is_refused_like_any(charset: str) -> None:
    """Bytes that are none in its encoding, and an encoding that there is not."""
    kind = {"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"}
    async with (
        counting() as (running, counter),
        running.client.post("/en/form", data=b"csrf=\xff", headers=kind) as answer,
    ):
        assert answer.status == 400
        assert counter.changes == 0


@pytest.mark.req("S7")
async def test_another_browsers_token_is_refused() -> None:
    """The token is bound to the cookie, so one that an attacker got for itself opens nothing."""
    async with counting() as (running, counter):
        token = await running.token("/en/form")
        running.client.cookie_jar.clear()
        async with running.client.post("/en/form", headers=token) as answer:
            assert answer.status == 403
        await running.token("/en/form")
        async with running.client.post("/en/form", headers=token) as answer:
            assert answer.status == 403
        assert counter.changes == 0


async def test_the_origin_of_a_form_under_no_referrer_is_null_and_gets_in() -> None:
    """That is what browsers send with our own forms."""
    async with counting() as (running, counter):
        token = await running.token("/en/form")
        own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        async with running.client.post("/en/form", headers={**token, **own}) as answer:
            assert answer.status == 200
        assert counter.changes == 1


async def test_a_file_in_place_of_the_token_is_refused() -> None:
    """Multipart may carry a file under any name."""
    async with counting() as (running, counter):
        token = await running.token("/en/form")
        body = FormData()
        body.add_field(FIELD, token[HEADER], filename="token.txt", content_type="text/plain")
        async with running.client.post("/en/form", data=body) as answer:
            assert answer.status == 403
        assert counter.changes == 0


async def test_a_machine_with_a_key_of_its_own_needs_no_token() -> None:
    """Only where the route says so."""
    async with counting() as (running, counter):
        async with running.client.post("/machine") as answer:
            assert answer.status == 200
        assert counter.changes == 1


async def test_only_a_page_with_a_form_sets_the_cookie_and_only_once() -> None:
    """A reader gets no cookie that a reader does not need."""
    async with counting() as (running, _):
        async with running.client.get("/nl/plain") as answer:
            assert "Set-Cookie" not in answer.headers
        async with running.client.get("/nl/form") as answer:
            assert answer.cookies[cookies.CSRF].value
        async with running.client.get("/nl/form") as answer:
            assert "Set-Cookie" not in answer.headers


@pytest.mark.e2e
@pytest.mark.req("S7")
async def test_a_real_browser_gets_in_from_our_form_and_not_from_another_origin(browser: Browser) -> None:
    """The same form, sent by our page and by a page on another host."""
    async with counting() as (running, counter):
        tab = await browser.new_page()
        await tab.goto(str(running.url / "en/form"))
        await tab.evaluate("document.forms[0].noValidate = true")
        await tab.evaluate("document.forms[0].submit()")
        await tab.wait_for_url("**/form")
        await tab.wait_for_function("() => document.body.innerText === 'changed'")
        assert counter.changes == 1
        trap = f'<form method="post" action="{running.url / "en/form"}"></form>'
        async with stranger(trap) as address:
            await tab.goto(str(address))
            async with tab.expect_navigation() as landing:
                await tab.evaluate("document.forms[0].submit()")
            assert (await landing.value).status == 403
        assert counter.changes == 1
