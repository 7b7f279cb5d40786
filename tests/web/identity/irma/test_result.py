"""web.identity.irma.result: what counts of what a server says, and what does not."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ivr.errors import IdentityError
from ivr.session.attributes import MAX_VALUE, Level
from tests.lab.citizens import PURPOSES
from tests.lab.yivi import CARD, LEVEL, NAMED, OTHER
from tests.lab.yivi_login import demo_asking
from tests.web.identity.irma.test_asking import purpose
from web.identity.irma.result import read
from web.identity.refusal import Refusal

if TYPE_CHECKING:
    from ivr.session.attributes import Attributes

TOKEN = "GZSK4dBMyZs2PZbR3SMo"
ASKING = demo_asking()
QUESTIONS = ASKING.questions(PURPOSES.get("verhuizing"))


def one(attribute: str, value: str | None, status: str = "PRESENT") -> dict[str, Any]:
    """One attribute as a server tells it."""
    return {"rawvalue": value, "value": {"": value}, "id": attribute, "status": status, "issuancetime": 1}


def told(level: str | None = "25", **changes: Any) -> dict[str, Any]:
    """A sound result, with changes."""
    disclosed = [
        [one(f"{NAMED}.firstnames", "Kanarie"), one(f"{NAMED}.familyname", "Vogelzang")],
        [one(f"{CARD}.studentID", "999990019"), one(LEVEL, level)],
    ]
    usual = {"token": TOKEN, "status": "DONE", "type": "disclosing", "proofStatus": "VALID"}
    return {**usual, "disclosed": disclosed, **changes}


def taken(result: object) -> tuple[Attributes, Level]:
    """What is taken of a result for ``verhuizing``."""
    return read(result, TOKEN, QUESTIONS, ASKING)


def refused(result: object) -> str:
    """Why nothing is taken of it."""
    with pytest.raises(IdentityError) as refusal:
        taken(result)
    assert "999990019" not in str(refusal.value)
    return refusal.value.reason


def test_a_sound_result_gives_our_names_and_the_cards_level() -> None:
    """Values that are one together have a space between."""
    attributes, level = taken(told())
    assert attributes.reveal() == {"fullname": "Kanarie Vogelzang", "bsn": "999990019"}
    assert level is Level.SUBSTANTIAL


@pytest.mark.req("S8")
@pytest.mark.parametrize(
    ("value", "level"),
    [("10", Level.LOW), ("20", Level.LOW), ("25", Level.SUBSTANTIAL), ("30", Level.HIGH)]
    + [(value, Level.NONE) for value in ("", "2", "99", "high", "30 ", "٣٠")],
)
def test_the_level_is_what_the_table_says_and_none_when_it_does_not(value: str, level: Level) -> None:
    """Fails closed."""
    assert taken(told(value))[1] is level


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "changes",
    [
        {"token": "another"},
        {"token": None},
        {"status": "CONNECTED"},
        {"status": "CANCELLED"},
        {"type": "signing"},
        {"proofStatus": "INVALID"},
        {"proofStatus": "EXPIRED"},
        {"proofStatus": "MISSING_ATTRIBUTES"},
        {"proofStatus": "valid"},
        {"proofStatus": None},
        {"error": {"error": "REJECTED"}},
        {"disclosed": None},
        {"disclosed": "x"},
        {"disclosed": [1, 2]},
        {"disclosed": {"0": []}},
    ],
    ids=lambda changes: "-".join(f"{name}={str(value)[:9]}" for name, value in changes.items()),
)
def test_of_any_other_result_nothing_is_taken(changes: dict[str, Any]) -> None:
    """Of another session, not done, not valid, or not a result at all."""
    assert refused(told(**changes)) == Refusal.UNAVAILABLE


@pytest.mark.req("S7")
@pytest.mark.parametrize("nonsense", [None, [], "DONE", 7, {}, {"token": TOKEN}])
def test_nonsense_is_no_result(nonsense: object) -> None:
    """Whatever JSON can hold."""
    assert refused(nonsense) == Refusal.UNAVAILABLE


@pytest.mark.req("S7", "S8")
@pytest.mark.parametrize(
    "cards",
    [
        [],
        [[]],
        [[one(f"{NAMED}.firstnames", "K"), one(f"{NAMED}.familyname", "V")]],
        [
            [one(f"{NAMED}.firstnames", "K"), one(f"{NAMED}.familyname", "V")],
            [one(f"{CARD}.studentID", "1")],
        ],
        [
            [one(f"{NAMED}.firstnames", "K"), one(f"{NAMED}.familyname", "V")],
            [one(f"{CARD}.studentID", None), one(LEVEL, "25")],
        ],
        [
            [one(f"{NAMED}.firstnames", "K"), one(f"{NAMED}.familyname", "V")],
            [one(f"{CARD}.studentID", "1", "EXTRA"), one(LEVEL, "25")],
        ],
        [
            [one(f"{NAMED}.firstnames", "K"), one(f"{NAMED}.familyname", "V")],
            [one(f"{OTHER}.BSN", "1")],
        ],
        [[one(f"{CARD}.studentID", "1"), one(LEVEL, "25")], []],
    ],
    ids=["nothing", "empty", "half", "no level", "null", "not asked", "other card", "wrong place"],
)
def test_what_does_not_answer_every_question_is_incomplete(cards: list[Any]) -> None:
    """The level is one of the questions; an alternative that was not offered does not count."""
    assert refused(told(disclosed=cards)) == Refusal.INCOMPLETE


@pytest.mark.req("S7")
@pytest.mark.parametrize("value", ["x" * (MAX_VALUE + 1), "\ud800"], ids=["long", "surrogate"])
def test_a_value_that_is_no_text_of_ours_is_not_taken(value: str) -> None:
    """Too long, or what UTF-8 cannot hold."""
    cards = told()["disclosed"]
    cards[1][0]["rawvalue"] = value
    assert refused(told(disclosed=cards)) == Refusal.UNAVAILABLE


@pytest.mark.req("S8")
def test_of_two_cards_that_tell_the_lower_counts_and_of_none_the_level_of_all() -> None:
    """An address from one card is no surer than that card."""
    questions = ASKING.questions(purpose("postcode", "bsn"))
    cards = [
        [one(f"{CARD}.studentCardNumber", "1"), one(LEVEL, "30")],
        [one(f"{CARD}.studentID", "2"), one(LEVEL, "20")],
    ]
    assert read(told(disclosed=cards), TOKEN, questions, ASKING)[1] is Level.LOW
    silent = ASKING.questions(purpose("fullname"))
    names = [[one(f"{NAMED}.firstnames", "K"), one(f"{NAMED}.familyname", "V")]]
    assert read(told(disclosed=names), TOKEN, silent, ASKING)[1] is Level.LOW


def json_of() -> some.SearchStrategy[Any]:
    """Anything that JSON can hold, with our words in it now and then."""
    words = some.sampled_from([TOKEN, "DONE", "VALID", "disclosing", "PRESENT", LEVEL, f"{CARD}.studentID"])
    names = some.sampled_from(["token", "status", "type", "proofStatus", "disclosed", "id", "rawvalue", "x"])
    leaves = some.none() | some.booleans() | some.integers() | some.text(max_size=9) | words
    return some.recursive(
        leaves, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(names, inner, max_size=6)
    )


@pytest.mark.req("S7")
@given(disclosed=json_of(), rest=json_of())
def test_whatever_a_server_says_is_refused_or_taken(disclosed: Any, rest: Any) -> None:
    """Never an error of another kind."""
    for result in (rest, told(disclosed=disclosed)):
        with suppress(IdentityError):
            assert taken(result)[0].reveal().keys() == {"fullname", "bsn"}
