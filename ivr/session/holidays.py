"""Dutch public holidays, by rule, for any year.

PURE. Knows the calendar; whether anybody is free on such a day is the operator's to say. Written here, since
it is a few lines that stay right: the libraries are lists of all countries, and come out anew each month.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

SUNDAY: Final = 6
"""As ``date.weekday`` counts."""


class Holiday(StrEnum):
    """One day of the year, by the name that the settings use."""

    NEW_YEARS_DAY = "new-years-day"
    GOOD_FRIDAY = "good-friday"
    EASTER_SUNDAY = "easter-sunday"
    EASTER_MONDAY = "easter-monday"
    KINGS_DAY = "kings-day"
    LIBERATION_DAY = "liberation-day"
    ASCENSION_DAY = "ascension-day"
    WHIT_SUNDAY = "whit-sunday"
    WHIT_MONDAY = "whit-monday"
    CHRISTMAS_DAY = "christmas-day"
    BOXING_DAY = "boxing-day"


_FIXED: Final = {
    Holiday.NEW_YEARS_DAY: (1, 1),
    Holiday.KINGS_DAY: (4, 27),
    Holiday.LIBERATION_DAY: (5, 5),
    Holiday.CHRISTMAS_DAY: (12, 25),
    Holiday.BOXING_DAY: (12, 26),
}
_AFTER_EASTER: Final = {
    Holiday.GOOD_FRIDAY: -2,
    Holiday.EASTER_SUNDAY: 0,
    Holiday.EASTER_MONDAY: 1,
    Holiday.ASCENSION_DAY: 39,
    Holiday.WHIT_SUNDAY: 49,
    Holiday.WHIT_MONDAY: 50,
}


def is_one(day: date, holidays: Iterable[Holiday]) -> bool:
    """Tell whether a day is one of these holidays."""
    return any(falls_on(holiday, day.year) == day for holiday in holidays)


def falls_on(holiday: Holiday, year: int) -> date:
    """Return the day of a holiday in a year. King's Day is a day earlier when it would be a Sunday."""
    if holiday in _AFTER_EASTER:
        return easter(year) + timedelta(days=_AFTER_EASTER[holiday])
    day = date(year, *_FIXED[holiday])
    moved = holiday is Holiday.KINGS_DAY and day.weekday() == SUNDAY
    return day - timedelta(days=1) if moved else day


@cache
def easter(year: int) -> date:
    """Return Easter Sunday, by the Gregorian rule (Meeus, Astronomical Algorithms, 1991, chapter 8)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, common = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap - shift + 15) % 30
    leaps, years = divmod(rest, 4)
    to_sunday = (32 + 2 * common + 2 * leaps - epact - years) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)
