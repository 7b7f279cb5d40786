"""web.errors: each failure told to the person whom it happens to, and nothing of its cause."""

from __future__ import annotations

import json
import re

import pytest
import structlog
from aiohttp import web

from ivr import errors
from tests.lab.front import front
from web.route import Audience, Room, get, post
from web.stories import BY_STATUS, STORIES, story_of

BSN = "999990019"


def every_kind(root: type[errors.IdBellenError]) -> list[type[errors.IdBellenError]]:
    """The tree of errors, flat."""
    return [root, *(kind for child in root.__subclasses__() for kind in every_kind(child))]


def made(kind: type[errors.IdBellenError]) -> errors.IdBellenError:
    """One of a kind, with something in it that nobody should read."""
    further: dict[type[errors.IdBellenError], dict[str, object]] = {
        errors.TooOftenError: {"seconds": 60},
        errors.IdentityError: {"reason": "cancelled"},
        errors.ProviderError: {"reason": "slow"},
    }
    return kind(BSN, **further.get(kind, {}))


def failing(error: BaseException) -> Room:
    """A page that fails."""

    async def fail(_request: web.Request) -> web.StreamResponse:
        raise error

    return Room(
        name="failing",
        routes=(
            get("/fail", fail, Audience.PUBLIC, "fail"),
            post("/only-post", fail, Audience.PUBLIC, "only-post", localized=False),
        ),
    )


@pytest.mark.req("S7", "S1")
@pytest.mark.parametrize("kind", every_kind(errors.IdBellenError))
@pytest.mark.parametrize("language", ["nl", "en"])
async def test_every_error_of_ours_has_its_page(kind: type[errors.IdBellenError], language: str) -> None:
    """What happened, what to do, the number to call; never the cause, and no line of code."""
    with structlog.testing.capture_logs() as lines:
        async with front(failing(made(kind))) as running, running.client.get(f"/{language}/fail") as answer:
            text = await answer.text()
    assert answer.status == story_of(made(kind)).status >= 400
    assert f'<html lang="{language}"' in text
    assert 'href="tel:+3114012"' in text
    assert not re.search(rf"{BSN}|{kind.__name__}|Traceback|\.py\b|\b{answer.status}\b", text)
    assert BSN not in json.dumps(lines, default=repr)


@pytest.mark.req("S7", "S1")
async def test_what_nobody_expected_has_a_page_and_a_line_without_data() -> None:
    """The log says which kind and where; what the error says may be anything, so it is left out."""
    with structlog.testing.capture_logs() as lines:
        async with (
            front(failing(ZeroDivisionError(BSN))) as running,
            running.client.get("/en/fail") as answer,
        ):
            text = await answer.text()
    assert answer.status == 500
    assert "It is not your fault" in text
    assert BSN not in text
    [line] = [line for line in lines if line["event"] == "unexpected"]
    assert (line["log_level"], line["error"]) == ("error", "ZeroDivisionError")
    assert line["where"].endswith(":fail")
    assert "test_errors.py:" in line["where"]
    assert BSN not in json.dumps(lines, default=repr)


def test_every_story_is_told_by_some_error_or_status() -> None:
    """No page that nobody can meet, and none missing for the statuses that aiohttp itself gives."""
    assert {story.status for story in STORIES.values()} <= set(BY_STATUS)
    assert {400, 404, 413} <= set(BY_STATUS)


@pytest.mark.parametrize(("path", "status"), [("/nl/nowhere", 404), ("/nowhere", 404), ("/only-post", 405)])
async def test_what_is_not_there_has_its_page(path: str, status: int) -> None:
    """In the reader's language, also where the path names none."""
    english = {"Accept-Language": "en"}
    async with (
        front(failing(ZeroDivisionError())) as running,
        running.client.get(path, headers=english) as answer,
    ):
        assert answer.status == status
        assert answer.content_type == "text/html"
        assert f'lang="{"nl" if path.startswith("/nl") else "en"}"' in await answer.text()
        assert answer.headers.get("Allow") == ("POST" if status == 405 else None)


@pytest.mark.parametrize("kind", [errors.StoreError, errors.TooSlowError])
async def test_what_is_down_for_a_moment_says_when_to_come_back(kind: type[errors.IdBellenError]) -> None:
    """For proxies and scripts."""
    async with front(failing(made(kind))) as running, running.client.get("/nl/fail") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "10")


async def test_a_redirect_is_no_error() -> None:
    """It passes as it is."""
    async with (
        front(failing(web.HTTPSeeOther("/nl"))) as running,
        running.client.get("/nl/fail", allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (303, "/nl")
