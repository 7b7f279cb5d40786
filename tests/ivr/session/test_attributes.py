"""What was proven shows itself to nobody who does not ask for it by name."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pytest

from ivr.errors import InputError
from ivr.session.attributes import (
    MAX_ATTRIBUTES,
    MAX_NAME,
    MAX_VALUE,
    Attributes,
    Identity,
    Level,
    Secret,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CANARY = "Kanarie-999990019"
HOLDERS = [Secret(CANARY), Attributes({"bsn": CANARY})]


@dataclass(frozen=True)
class Holder:
    """A dataclass, whose generated repr shows its fields."""

    secret: Secret
    attributes: Attributes
    identity: Identity


HOLDER = Holder(
    Secret(CANARY),
    Attributes({"bsn": CANARY}),
    Identity(Attributes({"bsn": CANARY}), Level.LOW, "demo", 0.0),
)
WAYS: list[Callable[[object], str]] = [
    repr,
    str,
    ascii,
    "{}".format,
    lambda held: f"{held}",
    lambda held: f"{held!r}",
    lambda held: f"{[held]} { {'k': held} }",
    lambda held: "%s %r" % (held, held),  # noqa: UP031 - the old way must be silent too
]


@pytest.mark.req("S1")
@pytest.mark.parametrize("held", [*HOLDERS, HOLDER], ids=lambda held: type(held).__name__)
def test_no_way_of_printing_shows_a_value(held: object) -> None:
    """However it is made into text, the value is not in it."""
    for way in WAYS:
        assert CANARY not in way(held)


@pytest.mark.req("S1")
def test_a_format_width_shows_nothing_either() -> None:
    """An f-string with a width asks for the string itself, and gets the same dots."""
    assert f"{Secret(CANARY):>40}" == "…"


@pytest.mark.req("S1")
@pytest.mark.parametrize("held", HOLDERS, ids=lambda held: type(held).__name__)
def test_nothing_is_pickled_or_copied(held: object) -> None:
    """What would write a value somewhere else is refused, by all protocols."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError):
            pickle.dumps(held, protocol)
    for away in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            away(held)
    with pytest.raises(TypeError):
        json.dumps(held)
    with pytest.raises(TypeError):
        asdict(HOLDER)


@pytest.mark.req("S1")
def test_a_traceback_shows_no_value() -> None:
    """A traceback with all local variables, as error reporters make them, is silent."""
    held, also = HOLDERS
    with pytest.raises(AttributeError) as caught:
        getattr(held, f"{also}")
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    text = "".join(told.format())
    assert "held" in text
    assert CANARY not in text


def test_a_value_has_no_other_way_out() -> None:
    """There is no __dict__ to look in."""
    for held in HOLDERS:
        assert not hasattr(held, "__dict__")


def test_reveal_shows_the_value() -> None:
    """The one way in which values come out."""
    assert Secret(CANARY).reveal() == CANARY
    assert dict(Attributes({"bsn": CANARY}).reveal()) == {"bsn": CANARY}


def test_revealed_attributes_cannot_be_changed() -> None:
    """Nor does a change of what they were made of reach them."""
    given_values = {"bsn": CANARY}
    attributes = Attributes(given_values)
    given_values["bsn"] = "other"
    assert attributes.reveal()["bsn"] == CANARY
    with pytest.raises(TypeError):
        attributes.reveal()["bsn"] = "other"  # type: ignore[index]


def test_equal_values_are_equal() -> None:
    """Secrets compare and hash by value; attributes compare, and are no keys."""
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert Attributes({"a": "1"}) == Attributes({"a": "1"}) != Attributes({"a": "2"})
    assert Attributes({"a": "1"}) != {"a": "1"}
    with pytest.raises(TypeError):
        hash(Attributes({}))


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({str(number): "" for number in range(MAX_ATTRIBUTES + 1)}, "more than 64"),
        ({"": "x"}, "name"),
        ({"n" * (MAX_NAME + 1): "x"}, "name"),
        ({"bsn": "9" * (MAX_VALUE + 1)}, "'bsn'"),
        ({"bsn": 999990019}, "'bsn'"),
        ({"bsn": None}, "'bsn'"),
        ({"bsn": "\ud800"}, "'bsn'"),
        ({5: "x"}, "name"),
        ({"\udfff": "x"}, "name"),
    ],
)
def test_bad_attributes_are_refused_by_name(values: dict[str, str], told: str) -> None:
    """Too many, too long, or no text: an error that names the attribute and never its value."""
    with pytest.raises(InputError, match=told) as caught:
        Attributes(values)
    assert "99999" not in str(caught.value)


def test_the_largest_attributes_are_taken() -> None:
    """The bounds themselves are within bounds."""
    values = {f"{number:0{MAX_NAME}d}": "v" * MAX_VALUE for number in range(MAX_ATTRIBUTES)}
    assert len(Attributes(values)) == MAX_ATTRIBUTES


@pytest.mark.req("S8")
def test_levels_compare_from_low_to_high() -> None:
    """A higher level satisfies a lower demand, not the other way round."""
    assert Level.NONE < Level.LOW < Level.SUBSTANTIAL < Level.HIGH
