"""web.identity.irma.errand: what is kept of a session, and what is taken of a server's answer."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest

from ivr.errors import InputError
from web.identity.irma.errand import APP, Errand

STATE = "a.b.c"


def answer(**pointer: Any) -> dict[str, Any]:
    """A server's answer to a new session."""
    return {
        "sessionPtr": {"u": "https://irma.example.nl/irma/session/abc", "irmaqr": "disclosing", **pointer},
        "token": "secret-token",
        "frontendRequest": {
            "authorization": "front",
            "pairingHint": True,
            "minProtocolVersion": "1.0",
            "maxProtocolVersion": "1.1",
        },
    }


def test_it_survives_being_written_down() -> None:
    """And shows no secret by accident."""
    errand = Errand.of_answer(STATE, answer())
    assert Errand.of_text(errand.to_text()) == errand
    assert "secret-token" not in repr(errand)
    for text in ("{}", "[]", "x", '{"state": 1, "more": 2}'):
        with pytest.raises(InputError):
            Errand.of_text(text)


@pytest.mark.req("S1")
def test_the_browser_gets_what_it_needs_and_never_our_token() -> None:
    """A link for this device, a square for another one, which then stays there."""
    errand = Errand.of_answer(STATE, answer())
    pointer = {"u": "https://irma.example.nl/irma/session/abc", "irmaqr": "disclosing"}
    assert json.loads(unquote(errand.link.removeprefix(APP))) == pointer
    assert json.loads(unquote(errand.square.removeprefix(APP))) == {**pointer, "continueOnSecondDevice": True}
    assert errand.for_browser["sessionPtr"] == pointer
    assert errand.origin == "https://irma.example.nl"
    for shown in (errand.link, errand.square, json.dumps(errand.for_browser)):
        assert "secret-token" not in shown


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "address",
    [
        "http://irma.example.nl/irma/session/abc",
        "javascript:alert(1)",
        "//evil.example",
        "/irma/session/abc",
        "https://evil.example; script-src 'unsafe-inline'/x",
        "https://user@irma.example.nl/x",
        "https:// /x",
        "https://[::1/x",
        "https://irma.example.nl/" + "x" * 600,
        "",
        None,
        7,
    ],
)
def test_an_address_that_no_browser_should_speak_to_is_refused(address: object) -> None:
    """It stands in a header: nothing of that can be written by another."""
    with pytest.raises(InputError):
        Errand.of_answer(STATE, answer(u=address))


def test_on_this_machine_it_need_not_be_https() -> None:
    """For a first look, and for tests."""
    assert (
        Errand.of_answer(STATE, answer(u="http://127.0.0.1:8088/irma/session/a")).origin
        == "http://127.0.0.1:8088"
    )


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        [],
        "x",
        {},
        {**answer(), "token": "../../x"},
        {**answer(), "token": None},
        {**answer(), "frontendRequest": None},
        {**answer(), "sessionPtr": [1]},
        answer(irmaqr='"><script>'),
    ],
    ids=str,
)
def test_an_answer_that_makes_no_sense_is_refused(nonsense: object) -> None:
    """A token that would lead elsewhere, too."""
    with pytest.raises(InputError):
        Errand.of_answer(STATE, nonsense)
