"""web.area: where programs call, failures and headers are the area's own."""

from __future__ import annotations

import pytest
from aiohttp import web

from ivr.errors import TooOftenError
from tests.lab.front import front
from web.area import Area
from web.route import Audience, Room, get, post


async def hello(_request: web.Request) -> web.StreamResponse:
    """An answer."""
    return web.Response(text="hello")


async def fail(_request: web.Request) -> web.StreamResponse:
    """No answer."""
    raise TooOftenError("999990019", seconds=7)


def tell(_request: web.Request, error: Exception) -> web.Response:
    """What the area makes of a failure."""
    status = error.status if isinstance(error, web.HTTPException) else 418
    return web.Response(status=status, text=f"area: {type(error).__name__}")


def adorn(_request: web.Request, response: web.StreamResponse) -> None:
    """The area's own headers: one more, and one in place of ours."""
    response.headers["X-Area"] = "yes"
    response.headers["Referrer-Policy"] = "origin"


ROOM = Room(
    name="programs",
    areas=(Area(path="/v1", tell=tell, adorn=adorn),),
    routes=(
        get("/v1/things", hello, Audience.PUBLIC, "things", localized=False),
        post("/v1/things", fail, Audience.PUBLIC, "things", localized=False, csrf=False),
        get("/v10", hello, Audience.PUBLIC, "page", localized=False),
        get("/", hello, Audience.PUBLIC, "home"),
    ),
)


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/v1/things", 200, "hello"),
        ("POST", "/v1/things", 418, "area: TooOftenError"),
        ("PUT", "/v1/things", 405, "area: HTTPMethodNotAllowed"),
        ("GET", "/v1/nothing", 404, "area: HTTPNotFound"),
        ("GET", "/v1", 404, "area: HTTPNotFound"),
        ("GET", "/v1/things/", 404, "area: HTTPNotFound"),
        ("GET", "/v1//things", 404, "area: HTTPNotFound"),
    ],
)
async def test_every_answer_below_its_path_is_the_areas(
    method: str, path: str, status: int, text: str
) -> None:
    """A wrong address is wrong: a slash too many is not mended by a redirect."""
    async with front(ROOM) as running, running.client.request(method, path) as answer:
        assert (answer.status, await answer.text()) == (status, text)
        assert answer.headers["X-Area"] == "yes"
        assert answer.headers["Referrer-Policy"] == "origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers.get("Allow") == ("GET,HEAD,POST" if status == 405 else None)
        assert answer.headers.get("Retry-After") == ("7" if status == 418 else None)


@pytest.mark.parametrize(("path", "status"), [("/v10", 200), ("/v2/things", 404), ("/nl/", 200)])
async def test_other_addresses_are_pages(path: str, status: int) -> None:
    """Also one whose name begins in the same way."""
    async with front(ROOM) as running, running.client.get(path) as answer:
        assert answer.status == status
        assert "X-Area" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert (await answer.text() == "hello") is (status == 200)


async def test_a_room_is_told_that_we_go_away_while_it_still_answers() -> None:
    """So that whoever waits for news is answered instead of cut off."""
    heard: list[str] = []

    async def goodbye(_app: web.Application) -> None:
        heard.append("goodbye")

    async with front(Room(name="waits", routes=(), goodbyes=(goodbye,))) as running:
        assert running.url
        assert not heard
    assert heard == ["goodbye"]
