"""web.language: the path first, then the choice, then the browser's wish."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Application

from tests.lab.front import options
from web import keys
from web.language import MAX_ACCEPT_CHARS, elsewhere, language_of


def request(path: str = "/", *, method: str = "GET", **headers: str):  # noqa: ANN201 # a request, made by hand
    """A request that has got as far as the application."""
    app = Application()
    app[keys.OPTIONS] = options(default_language="nl")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return make_mocked_request(method, path, headers=named, app=app)


@pytest.mark.parametrize(
    ("wish", "given"),
    [
        ("en", "en"),
        ("en-US,en;q=0.9,nl;q=0.8", "en"),
        ("nl;q=0.2, en;q=0.7", "en"),
        ("fr, de;q=0.9", "nl"),
        ("", "nl"),
        ("en;q=0", "nl"),
        ("en;q=lots", "nl"),
        ("*", "nl"),
        (",;q=,;;", "nl"),
        ("EN", "en"),
        ("x" * MAX_ACCEPT_CHARS + ",en", "nl"),
    ],
)
def test_the_browsers_wish_counts_where_we_speak_it(wish: str, given: str) -> None:
    """Weights are honoured; nonsense is not."""
    assert language_of(request(Accept_Language=wish)) == given


def test_the_path_goes_before_everything() -> None:
    """An address that somebody was sent shows what they were sent."""
    asked = request("/en/start", Accept_Language="nl", Cookie="__Host-idb-language=nl")
    assert language_of(asked) == "en"


def test_a_choice_made_before_goes_before_the_browsers_wish() -> None:
    """The cookie is only believed if it names one of ours."""
    assert language_of(request(Accept_Language="nl", Cookie="__Host-idb-language=en")) == "en"
    assert language_of(request(Accept_Language="nl", Cookie="__Host-idb-language=xx")) == "nl"


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/nl", "/en"),
        ("/nl/start/verhuizen?from=letter", "/en/start/verhuizen?from=letter"),
        ("/nl/nl/x", "/en/nl/x"),
        ("/healthz", "/en"),
        ("/nl//evil.example/", "/en//evil.example/"),
    ],
)
def test_the_language_switch_keeps_the_page(path: str, there: str) -> None:
    """Address and question stay; a place without a language leads to the first page."""
    assert elsewhere(request(path), "en") == there


def test_what_was_sent_is_not_sent_again_by_switching() -> None:
    """The answer to a form has no address of its own to read again."""
    assert elsewhere(request("/nl/start", method="POST"), "en") == "/en"
