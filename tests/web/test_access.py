"""web.access: one line a request, with nothing in it that is somebody's."""

from __future__ import annotations

import json

import pytest
import structlog
from aiohttp import web

from ivr.errors import NotFoundError
from tests.lab.front import front
from web.route import Audience, Room, get


async def show(request: web.Request) -> web.StreamResponse:
    """A page with somebody's reference in its path."""
    if request.match_info["ref"] == "gone":
        raise NotFoundError("gone")
    return web.Response(text="hello")


ROOM = Room(name="show", routes=(get("/call/{ref}", show, Audience.PUBLIC, "call"),))


async def lines_of(*paths: str, method: str = "GET") -> list[dict[str, object]]:
    """What the access log says of these requests."""
    with structlog.testing.capture_logs() as lines:
        async with front(ROOM) as running:
            for path in paths:
                async with running.client.request(method, path, allow_redirects=False):
                    pass
    return [line for line in lines if line["event"] == "request"]


@pytest.mark.req("S1", "O4")
async def test_a_line_has_the_routes_template_and_no_more() -> None:
    """No address, no path, no query, no user agent."""
    [line] = await lines_of("/nl/call/ref-4711?bsn=999990019")
    assert set(line) == {"event", "log_level", "method", "route", "status", "ms"}
    assert (line["method"], line["route"], line["status"]) == ("GET", "/{lang}/call/{ref}", 200)
    assert float(str(line["ms"])) >= 0
    for somebodys in ("4711", "999990019", "127.0.0.1"):
        assert somebodys not in json.dumps(line)


async def test_a_failure_and_a_redirect_have_their_status() -> None:
    """That of the page which is shown."""
    lines = await lines_of("/nl/call/gone", "/call/ref-4711")
    assert [line["status"] for line in lines] == [404, 303]


@pytest.mark.req("S1", "S7")
async def test_what_matches_no_route_is_a_dash() -> None:
    """A path that anybody may have made up is not written down."""
    [line] = await lines_of("/wp-admin/999990019")
    assert (line["route"], line["status"]) == ("-", 404)


@pytest.mark.req("S7")
async def test_a_method_that_nobody_knows_is_other() -> None:
    """Nor is a method that anybody may have chosen."""
    [line] = await lines_of("/nl/call/x", method="PROPFIND")
    assert line["method"] == "other"
