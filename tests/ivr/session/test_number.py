"""A caller's number: digits, or it was withheld."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.session.number import MAX_NUMBER, clean

TOO_LONG = "1" * (MAX_NUMBER + 1)


@pytest.mark.parametrize("number", ["0612345678", "+31612345678", "112", "1" * MAX_NUMBER])
def test_a_number_stays_as_it_is(number: str) -> None:
    """Digits, with a plus in front or not."""
    assert clean(number) == number


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "number", ["", "+", "++31", "anonymous", "06 12", "06\r\n", "\u0661", "\u00b2", TOO_LONG, "31+"]
)
def test_all_else_counts_as_withheld(number: str) -> None:
    """Names, spaces, line ends, other digits, too many."""
    assert clean(number) == ""


@pytest.mark.req("S7")
@given(st.text())
def test_whatever_comes_only_digits_pass(number: str) -> None:
    """For any caller ID at all."""
    assert set(clean(number)) <= set("+0123456789")
    assert len(clean(number)) <= MAX_NUMBER
