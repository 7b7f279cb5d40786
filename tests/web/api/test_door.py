"""web.api.door: who may call from where, and what every answer carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.programs import ORIGIN
from web.api.document import VERSION

if TYPE_CHECKING:
    from tests.lab.programs import Program

PLACES = (
    ("GET", "/v1/purposes", 200),
    ("HEAD", "/v1/purposes", 200),
    ("OPTIONS", "/v1/purposes", 204),
    ("GET", "/v1/purposes/nothing", 404),
    ("GET", "/v1/nothing", 404),
    ("GET", "/v1", 404),
    ("GET", "/v1/purposes/", 404),
    ("DELETE", "/v1/purposes", 405),
    ("GET", "/v1/sessions/" + "0" * 32, 401),
    ("POST", "/v1/sessions", 415),
)


@pytest.mark.req("S4")
@pytest.mark.parametrize(("method", "path", "status"), PLACES)
async def test_every_answer_carries_version_and_safety(
    program: Program, method: str, path: str, status: int
) -> None:
    """Also what went wrong, and what is not there. Nothing is kept by any cache."""
    answer = await program.call(method, path)
    assert answer.status == status
    told = {name: answer.headers.get(name) for name in ("API-Version", "X-Frame-Options", "Cache-Control")}
    assert told == {"API-Version": VERSION, "X-Frame-Options": "DENY", "Cache-Control": "no-store"}
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers
    if status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_head_is_a_get_without_its_body(program: Program) -> None:
    """The same headers, its length too."""
    read, asked = [await program.call(method, "/v1/purposes") for method in ("GET", "HEAD")]
    for name in ("Content-Type", "Content-Length", "Content-Language", "API-Version"):
        assert read.headers[name] == asked.headers[name]


async def test_a_listed_origin_may_call_and_read(program: Program) -> None:
    """After a preflight, as browsers do it; errors too. Never with cookies."""
    browser = {"Origin": ORIGIN, "Access-Control-Request-Method": "DELETE"}
    allowed = await program.call("OPTIONS", "/v1/sessions/" + "0" * 32, headers=browser)
    assert allowed.status == 204
    assert allowed.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert (
        allowed.headers["Access-Control-Allow-Methods"]
        == "DELETE, GET, HEAD, OPTIONS"
        == allowed.headers["Allow"]
    )
    assert "Authorization" in allowed.headers["Access-Control-Allow-Headers"]
    for path, status in (("/v1/purposes", 200), ("/v1/nothing", 404)):
        answer = await program.call("GET", path, headers={"Origin": ORIGIN})
        assert answer.status == status
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "API-Version" in answer.headers["Access-Control-Expose-Headers"]
        assert "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_our_own_pages_may_call(program: Program) -> None:
    """A browser states their origin with what they send."""
    own = str(program.front.url.origin())
    assert (await program.call("GET", "/v1/purposes", headers={"Origin": own})).status == 200


@pytest.mark.req("S5", "S7")
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        ORIGIN + ".evil.example",
        ORIGIN.replace("https", "http"),
        ORIGIN + "/",
        f"{ORIGIN}, {ORIGIN}",
        "",
    ],
)
async def test_a_foreign_origin_is_refused_and_may_read_nothing(program: Program, origin: str) -> None:
    """Nothing is started for it either; the preflight tells it nothing."""
    verifier = "v" * 43
    refused = await program.call(
        "POST", "/v1/login-requests", json=program.wish(verifier), headers={"Origin": origin}
    )
    assert refused.status == 403
    assert refused.body["title"] == "Niet vanaf hier"
    assert "Access-Control-Allow-Origin" not in refused.headers
    asked = await program.call("OPTIONS", "/v1/login-requests", headers={"Origin": origin})
    assert not [name for name in asked.headers if name.startswith("Access-Control")]


@pytest.mark.req("S1", "S7")
@pytest.mark.parametrize("query", ["token=x", "access_token=x", "x", "purpose=afval&purpose=afval"])
async def test_a_query_is_refused_so_that_no_token_gets_into_an_address(program: Program, query: str) -> None:
    """Whatever it is called."""
    answer = await program.call("GET", f"/v1/purposes?{query}")
    assert answer.status == 400
    assert "x" not in answer.body["detail"].split()


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("text/html, application/*;q=0.2", 200),
        ("application/json; charset=utf-8", 200),
        ("text/html", 406),
        ("application/xml", 406),
        ("application/json;q=0", 406),
        ("", 406),
        ("x" * 4000, 406),
    ],
)
async def test_who_does_not_accept_json_is_told(program: Program, accept: str, status: int) -> None:
    """As problem details all the same: there is nothing else."""
    answer = await program.call("GET", "/v1/purposes", headers={"Accept": accept})
    assert answer.status == status
    assert (answer.body["title"] == "Wij spreken alleen JSON") if status == 406 else answer.body["purposes"]
