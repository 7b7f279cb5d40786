"""web.agent.picture: from what the store knows to what an agent reads, and no more than that."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ivr.session.attributes import Level, Secret
from ivr.session.line import AgentView
from ivr.session.model import Identification
from ivr.store.desk import OnLine
from ivr.store.keyspace import CallId
from tests.lab.citizens import LOGGED_IN_AT, PERSON, PURPOSES
from web.agent.picture import Painter, Picture, State, blank
from web.i18n import load_words

WORDS = load_words()
NL, EN = WORDS["nl"], WORDS["en"]
ANSWERED_AT = LOGGED_IN_AT + 300
NUMBER = "0612345678"


def _online(identification: Identification | None, **changes: Any) -> OnLine:
    proven = identification is Identification.VERIFIED
    usual: dict[str, Any] = {
        "version": 3,
        "identification": identification,
        "purpose": "verhuizing" if identification else "",
        "queue": "verhuizen",
        "method": "demo" if proven else "",
        "level": Level.SUBSTANTIAL if proven else Level.NONE,
        "verified_at": LOGGED_IN_AT if proven else 0.0,
        "connected_at": ANSWERED_AT,
        "caller_number": Secret(NUMBER),
        "attributes": tuple((name, Secret(PERSON[name])) for name in ("fullname", "bsn")) if proven else (),
    }
    return OnLine(CallId("pbx", "1700000000.1"), "session-1", AgentView(**(usual | changes)))


@pytest.fixture
def painter() -> Painter:
    """Paints with the purposes of the tests."""
    return Painter(PURPOSES, lambda tag, language: f"{tag} in {language}")


def _lines(lines: tuple[Any, ...]) -> dict[str, Any]:
    return {line.label: line.moment or line.value.reveal() for line in lines}


@pytest.mark.req("A2")
def test_a_verified_caller_is_shown_whole(painter: Painter) -> None:
    """Purpose, attributes by their labels, method, level, times, number and queue."""
    picture = painter.paint(_online(Identification.VERIFIED), EN)
    assert (picture.state, picture.title) == (State.VERIFIED, "Proven")
    assert picture.purpose == "verhuizing in English"
    assert _lines(picture.proven) == {"fullname (en)": PERSON["fullname"], "bsn (en)": PERSON["bsn"]}
    assert _lines(picture.facts) == {
        "Logged in with": "demo in en",
        "Assurance level": "Substantial",
        "Logged in at": LOGGED_IN_AT,
        "Calls from (not proven)": NUMBER,
        "Queue": "verhuizen",
        "Answered at": ANSWERED_AT,
    }


@pytest.mark.req("A2")
def test_attributes_come_in_the_purposes_order(painter: Painter) -> None:
    """Whatever order they are kept in; one that it does not ask for (any more) comes last, by its name."""
    kept = (("shoesize", Secret("43")), ("bsn", Secret("1")), ("fullname", Secret("Q")))
    picture = painter.paint(_online(Identification.VERIFIED, attributes=kept), NL)
    assert [line.label for line in picture.proven] == ["fullname (nl)", "bsn (nl)", "shoesize"]


UNPROVEN = {
    None: (State.ORDINARY, "Niet geïdentificeerd"),
    Identification.PENDING: (State.PENDING, "Nog niet geïdentificeerd"),
    Identification.FAILED: (State.FAILED, "Identificatie mislukt"),
}


@pytest.mark.req("A2", "A3")
@pytest.mark.parametrize("identification", UNPROVEN)
def test_who_is_not_proven_is_called_so(painter: Painter, identification: Identification | None) -> None:
    """In words that cannot be taken for "proven", with nothing that was not."""
    picture = painter.paint(_online(identification), NL)
    assert (picture.state, picture.title) == UNPROVEN[identification]
    assert picture.proven == ()
    assert set(_lines(picture.facts)) == {"Belt met (niet bewezen)", "Wachtrij", "Opgenomen om"}


@pytest.mark.req("P3", "S7")
@pytest.mark.parametrize("identification", UNPROVEN)
def test_attributes_without_proof_are_not_shown(
    painter: Painter, identification: Identification | None
) -> None:
    """Even if a view should hold them."""
    view = _online(identification, attributes=(("bsn", Secret(PERSON["bsn"])),), method="demo")
    assert PERSON["bsn"] not in json.dumps(painter.paint(view, NL).to_json())


@pytest.mark.parametrize("words", WORDS.values(), ids=list(WORDS))
def test_no_call_and_no_sight_are_empty_pictures(painter: Painter, words: Any) -> None:
    """Words only, in each language."""
    assert painter.paint(None, words) == blank(State.EMPTY, words)
    for picture in (blank(state, words) for state in State):
        assert picture.title
        assert picture.text
        assert (picture.call, picture.purpose, picture.proven, picture.facts) == ("", "", (), ())


@pytest.mark.req("A10", "S2")
@pytest.mark.parametrize("identification", [*UNPROVEN, Identification.VERIFIED])
def test_what_is_said_aloud_is_not_personal(painter: Painter, identification: Identification | None) -> None:
    """A screen reader may be heard by others: neither values, nor number, nor purpose."""
    picture = painter.paint(_online(identification), EN)
    for value in (*PERSON.values(), NUMBER, picture.purpose or "-"):
        assert value not in picture.said
        assert value not in picture.title + picture.text


def test_a_withheld_number_is_called_withheld(painter: Painter) -> None:
    """Nothing is not a number."""
    picture = painter.paint(_online(None, caller_number=None), NL)
    assert _lines(picture.facts)["Belt met (niet bewezen)"] == "Afgeschermd"


def test_a_purpose_that_is_no_more_is_shown_by_its_name(painter: Painter) -> None:
    """The operator changed the settings during the call."""
    assert painter.paint(_online(Identification.VERIFIED, purpose="oud"), NL).purpose == "oud"


@pytest.mark.req("S1")
def test_a_picture_does_not_show_values_by_accident(painter: Painter) -> None:
    """Not in a log line, not in a traceback."""
    shown = repr(painter.paint(_online(Identification.VERIFIED), NL))
    assert not any(value in shown for value in (*PERSON.values(), NUMBER))


def test_the_same_view_gives_the_same_picture(painter: Painter) -> None:
    """So that it need not be sent twice."""
    one, other = (painter.paint(_online(Identification.VERIFIED), NL) for _ in range(2))
    assert one == other
    assert one != painter.paint(_online(Identification.VERIFIED), EN)


def test_json_holds_the_whole_picture(painter: Painter) -> None:
    """Every field, as plain JSON; but for the words of the state, which the page has."""
    sent = json.loads(json.dumps(painter.paint(_online(Identification.VERIFIED), NL).to_json()))
    assert set(sent) == set(Picture.__dataclass_fields__) - {"title", "text", "said"}
    assert sent["proven"][0] == {
        "label": "fullname (nl)",
        "value": PERSON["fullname"],
        "moment": 0.0,
        "masked": "",
    }
