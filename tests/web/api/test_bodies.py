"""web.api.bodies: what programs send is right, or told to be wrong where it is; and nothing is repeated."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.lab.programs import Program

PATH = "/v1/login-requests"
VERIFIER = "v" * 43
MARK = "kanarie"
JSON = {"Content-Type": "application/json"}


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": "nothing"}, "purpose"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": 1}, "purpose"),
        ({"purpose": None}, "purpose"),
        ({"purpose": ["verhuizing"]}, "purpose"),
        ({"consent": False}, "consent"),
        ({"consent": 1}, "consent"),
        ({"consent": "yes"}, "consent"),
        ({"method": "nothing"}, "method"),
        ({"method": ""}, "method"),
        ({"returnUrl": "https://evil.example/"}, "returnUrl"),
        ({"returnUrl": ""}, "returnUrl"),
        ({"returnUrl": "x" * 5000}, "returnUrl"),
        ({"codeChallenge": "x" * 42}, "codeChallenge"),
        ({"codeChallenge": "x" * 42 + "="}, "codeChallenge"),
        ({"codeChallenge": "x" * 43 + "\n"}, "codeChallenge"),
        ({"state": "a b"}, "state"),
        ({"state": "x" * 201}, "state"),
        ({"language": "de"}, "language"),
        ({"language": None}, "language"),
        ({MARK: MARK}, ""),
    ],
)
async def test_a_field_that_is_wrong_is_named(program: Program, changes: dict[str, Any], field: str) -> None:
    """Where, and what; never what was sent."""
    answer = await program.call("POST", PATH, json=program.wish(VERIFIER, **changes))
    assert answer.status == 400
    (error,) = answer.body["errors"]
    assert (error["in"], error["location"]) == ("body", f"#/{field}" if field else "#")
    assert MARK not in json.dumps(answer.body)


async def test_all_that_is_missing_is_named_at_once(program: Program) -> None:
    """An empty object."""
    answer = await program.call("POST", PATH, json={})
    assert {one["location"] for one in answer.body["errors"]} == {
        *("#/purpose", "#/consent", "#/returnUrl", "#/codeChallenge")
    }


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"{", b"\xff\xfe{}", b"[" * 5000, b'{"purpose": "\\ud800"}', b"\x00"],
)
async def test_what_is_no_json_object_is_refused(program: Program, body: bytes) -> None:
    """However deep or odd."""
    answer = await program.call("POST", PATH, data=body, headers=JSON)
    assert (answer.status, answer.body["status"]) == (400, 400)


@pytest.mark.req("S7")
async def test_a_huge_body_is_refused(program: Program) -> None:
    """Above our own limit, above the server's, and packed: a small one that grows."""
    for size in (9_000, 100_000):
        answer = await program.call("POST", PATH, data=b" " * size, headers=JSON)
        assert (answer.status, answer.body["title"]) == (413, "De inhoud is te groot")
    bomb = gzip.compress(b" " * 5_000_000)
    answer = await program.call("POST", PATH, data=bomb, headers={**JSON, "Content-Encoding": "gzip"})
    assert answer.status == 413


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "x"]
)
async def test_a_body_must_be_said_to_be_json(program: Program, kind: str) -> None:
    """What a form of another site can send, never is."""
    body = json.dumps(program.wish(VERIFIER)).encode()
    answer = await program.call("POST", PATH, data=body, headers={"Content-Type": kind})
    assert answer.status == 415
