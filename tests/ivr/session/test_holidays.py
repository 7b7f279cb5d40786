"""Facts about Dutch holidays: the days of real calendars, and what holds in any year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ivr.session.holidays import Holiday, easter, falls_on, is_one

YEARS = some.integers(1583, 9998)
"""Since the Gregorian calendar."""


@pytest.mark.parametrize(
    "day",
    ["2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2025-04-20", "2026-04-05", "2038-04-25"],
)
def test_easter_is_when_calendars_have_it(day: str) -> None:
    """Early ones, late ones, and those around today."""
    expected = date.fromisoformat(day)
    assert easter(expected.year) == expected


@pytest.mark.parametrize(
    ("holiday", "day"),
    [
        (Holiday.NEW_YEARS_DAY, "2027-01-01"),
        (Holiday.GOOD_FRIDAY, "2027-03-26"),
        (Holiday.EASTER_SUNDAY, "2027-03-28"),
        (Holiday.EASTER_MONDAY, "2027-03-29"),
        (Holiday.KINGS_DAY, "2027-04-27"),
        (Holiday.LIBERATION_DAY, "2027-05-05"),
        (Holiday.ASCENSION_DAY, "2027-05-06"),
        (Holiday.WHIT_SUNDAY, "2027-05-16"),
        (Holiday.WHIT_MONDAY, "2027-05-17"),
        (Holiday.CHRISTMAS_DAY, "2027-12-25"),
        (Holiday.BOXING_DAY, "2027-12-26"),
    ],
)
def test_the_holidays_of_a_year_are_those_of_its_calendar(holiday: Holiday, day: str) -> None:
    """Every one that there is, for 2027."""
    assert falls_on(holiday, 2027) == date.fromisoformat(day)
    assert is_one(date.fromisoformat(day), [holiday])
    assert not is_one(date.fromisoformat(day) + timedelta(days=1), [holiday])


@pytest.mark.parametrize("year", [2014, 2025, 2031])
def test_kings_day_is_never_a_sunday(year: int) -> None:
    """Then it is the Saturday before."""
    assert falls_on(Holiday.KINGS_DAY, year) == date(year, 4, 26)


@given(YEARS)
def test_easter_is_a_sunday_after_the_first_day_of_spring(year: int) -> None:
    """From 22 March to 25 April, in any year."""
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


@given(YEARS, some.sampled_from(Holiday))
def test_every_holiday_falls_in_its_year(year: int, holiday: Holiday) -> None:
    """Once, so that looking at the day's own year is enough."""
    assert falls_on(holiday, year).year == year
