"""Parts of proven values: exactly so much, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.session.attributes import Attributes
from ivr.session.part import Part
from ivr.session.purpose import AttributeSpec, Purpose

LABEL = {"nl": "x"}


@pytest.mark.req("C4")
@pytest.mark.parametrize("value", ["10-03-1965", "1965-03-10", "19650310", "1965", " 1965 "])
def test_of_a_date_the_year_stays(value: str) -> None:
    """As IRMA, OpenID Connect and the population register write one; and of a year the year."""
    assert Part.YEAR.of(value) == "1965"


@pytest.mark.req("C4", "S7")
@pytest.mark.parametrize(
    "value", ["", "10-03-65", "10 maart 1965", "1965-3-10", "3965", "19650310T00", "١٩٦٥", "1965\n1966"]
)
def test_what_is_no_date_gives_nothing(value: str) -> None:
    """Rather no year than a whole date that nobody asked for."""
    assert Part.YEAR.of(value) == ""


@pytest.mark.req("C4")
@pytest.mark.parametrize(
    ("value", "kept"),
    [("1234 AB", "1234"), ("1234ab", "1234"), ("1234", "1234"), ("0123 AB", ""), ("12345", "")],
)
def test_of_a_postcode_the_digits_stay(value: str, kept: str) -> None:
    """With or without a space between; nothing of what is none."""
    assert Part.DISTRICT.of(value) == kept


@given(st.sampled_from([Part.YEAR, Part.DISTRICT]), st.text(max_size=20))
def test_a_part_is_four_digits_of_the_value_and_a_part_of_itself(part: Part, value: str) -> None:
    """Whatever comes in: never more, and taken twice it is the same."""
    kept = part.of(value)
    assert kept == "" or (len(kept) == 4 and kept in value)
    assert part.of(kept) == kept


@pytest.mark.req("C4")
def test_a_purpose_takes_its_own_attributes_and_of_each_its_part() -> None:
    """In the purpose's order; what it does not ask is not there."""
    specs = (AttributeSpec("postcode", LABEL), AttributeSpec("born", LABEL, Part.YEAR))
    purpose = Purpose("p", "q", LABEL, LABEL, specs)
    given_ = Attributes({"born": "10-03-1965", "bsn": "999990019", "postcode": "1234 AB"})
    assert list(purpose.take(given_).reveal().items()) == [("postcode", "1234 AB"), ("born", "1965")]


@pytest.mark.req("C4")
@given(st.dictionaries(st.text(min_size=1, max_size=3), st.text(max_size=3)), st.lists(st.text(max_size=3)))
def test_only_what_is_asked_is_kept_in_its_order(values: dict[str, str], names: list[str]) -> None:
    """Whatever a log-in gives: what a purpose does not list is dropped."""
    if any("\ud800" <= sign <= "\udfff" for text in (*values, *values.values()) for sign in text):
        return
    purpose = Purpose("p", "q", LABEL, LABEL, tuple(AttributeSpec(name, LABEL) for name in names))
    kept = purpose.take(Attributes(values)).reveal()
    assert list(kept) == [name for name in dict.fromkeys(names) if name in values]
    assert all(kept[name] == values[name] for name in kept)
