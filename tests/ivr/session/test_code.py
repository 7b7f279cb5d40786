"""Codes: the check digit finds what fingers do wrong, and the length makes guessing hopeless."""

from __future__ import annotations

import secrets
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import InputError
from ivr.session.code import (
    BUDGET_PER_HOUR,
    EXTRA_LENGTH,
    HIT_PER_HOUR,
    MAX_LENGTH,
    MIN_LENGTH,
    check_digit,
    draw,
    draw_extra,
    grouped,
    is_well_formed,
    length_for,
    normalise,
)

DIGITS = "0123456789"
CODES = st.integers(MIN_LENGTH, MAX_LENGTH).map(lambda length: draw(length, secrets.randbelow))


@pytest.mark.req("P6")
@given(CODES, st.data())
def test_every_single_wrong_digit_is_found(code: str, data: st.DataObject) -> None:
    """One digit replaced by any other is never a good code."""
    place = data.draw(st.integers(0, len(code) - 1))
    for digit in DIGITS.replace(code[place], ""):
        assert not is_well_formed(code[:place] + digit + code[place + 1 :], len(code))


@pytest.mark.req("P6")
@given(CODES)
def test_every_swap_of_neighbours_is_found(code: str) -> None:
    """Two neighbours that change places are never a good code, unless they are the same."""
    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert is_well_formed(swapped, len(code)) == (swapped == code)


def test_the_check_digit_is_damm_s() -> None:
    """The example of Damm's thesis: 572 has check digit 4."""
    assert check_digit("572") == "4"


@pytest.mark.parametrize(
    "code", ["", "5724 ", "57240", "572", "\uff15724", "\u0665724", "5a24", "-724", "57\n4"]
)
def test_what_is_no_code_is_refused(code: str) -> None:
    """Only the right number of ASCII digits is a code."""
    assert not is_well_formed(code, 4)


@given(st.text(max_size=20))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    """Whatever is keyed in, the answer is yes or no."""
    assert is_well_formed(text, len(text)) in {True, False}


@pytest.mark.req("S3")
@pytest.mark.parametrize(
    ("live", "budget", "random_digits"),
    [(100, 90, 10), (1000, 9, 10), (100, 9000, 12), (10_000, 90, 12), (100, BUDGET_PER_HOUR, 10)],
)
def test_lengths_are_those_that_were_worked_out(live: int, budget: int, random_digits: int) -> None:
    """L random digits allow nine tenths of what 10**L would, since no code begins with 0."""
    assert length_for(live, budget) == random_digits + 1


@pytest.mark.req("S3")
@given(st.integers(1, 30_000), st.integers(1, 30_000))
def test_guessing_any_live_code_stays_below_the_limit(live: int, budget: int) -> None:
    """The chance that the whole budget hits any live code is under 1e-6, and one digit less would not do."""
    length = length_for(live, budget)
    assert live * budget / (9 * 10 ** (length - 2)) <= HIT_PER_HOUR
    assert length == MIN_LENGTH or live * budget / (9 * 10 ** (length - 3)) > HIT_PER_HOUR


def test_more_than_people_can_key_is_refused() -> None:
    """Where no length would do, nobody gets a code that is too short."""
    with pytest.raises(InputError, match="16 digits"):
        length_for(10_000_000, 1_000_000)


@pytest.mark.req("S3")
def test_each_number_below_makes_a_code_of_its_own() -> None:
    """Drawing maps its random numbers one to one: codes are exactly as evenly spread as those numbers."""
    asked = []

    def note(below: int) -> int:
        asked.append(below)
        return 0

    draw(MIN_LENGTH, note)
    (space,) = asked
    codes = [draw(MIN_LENGTH, lambda _, number=number: number) for number in range(space)]
    assert space == 90_000
    assert len(set(codes)) == space
    assert all(is_well_formed(code, MIN_LENGTH) for code in codes)
    assert Counter(code[0] for code in codes) == dict.fromkeys("123456789", space // 9)


def test_extra_digits_are_any_four() -> None:
    """All ten thousand occur, noughts in front too."""
    extras = {draw_extra(lambda below, number=number: number % below) for number in range(10**EXTRA_LENGTH)}
    assert len(extras) == 10**EXTRA_LENGTH
    assert all(len(extra) == EXTRA_LENGTH and extra.isdigit() for extra in extras)


@pytest.mark.req("C5")
@given(CODES)
def test_groups_join_back_to_the_code(code: str) -> None:
    """Grouping loses nothing, and no group is longer than four or shorter than two."""
    groups = grouped(code)
    assert "".join(groups) == code
    assert all(2 <= len(group) <= 4 for group in groups)
    assert all(len(group) == 3 for group in groups[:-1])


@pytest.mark.req("C5")
@given(CODES, st.sampled_from([" ", "-", ".", "\u00a0", "\u202f"]))
def test_a_code_as_it_is_shown_can_be_typed_back(code: str, between: str) -> None:
    """What people put between the groups is dropped; nothing else is."""
    assert normalise(between.join(grouped(code))) == code
    assert normalise(f"{code}x") == f"{code}x"
