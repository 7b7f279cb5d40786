"""web.identity.people: nobody real."""

from __future__ import annotations

import pytest

from web.identity.people import OTHER, PEOPLE, passes_eleven_test


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.tag)
def test_their_numbers_pass_the_eleven_test_and_are_kept_for_tests(person: object) -> None:
    """9999…: never given to anybody."""
    bsn = person.value("bsn")
    assert bsn.startswith("9999")
    assert passes_eleven_test(bsn)


@pytest.mark.parametrize(
    "bsn", ["999990018", "000000000", "99999001", "9999900190", "99999001x", "\u0669" * 9, ""]
)
def test_the_eleven_test_refuses_what_cannot_be(bsn: str) -> None:
    """Wrong digit, nothing but noughts, wrong length, no digits."""
    assert not passes_eleven_test(bsn)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.tag)
def test_they_have_something_for_whatever_a_purpose_asks(person: object) -> None:
    """An operator's own attribute too."""
    assert person.value("fullname") == person.name
    assert person.value("something.else") == OTHER
    assert all(person.values.values())


def test_each_has_a_tag_and_number_of_their_own() -> None:
    """So that the pages show three people."""
    assert len({person.tag for person in PEOPLE}) == len({person.value("bsn") for person in PEOPLE}) == 3
