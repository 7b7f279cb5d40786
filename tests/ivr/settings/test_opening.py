"""Facts about opening hours and the notice as settings: what a line means, and what is wrong with one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from ivr.errors import SettingsError
from ivr.session.holidays import Holiday
from ivr.session.notice import Kind, Notice
from ivr.session.opening import ALL_DAY, ALWAYS, Hours, Span
from ivr.settings import Settings, load
from ivr.settings.opening import HOLIDAYS, NoticeSettings, OpeningSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OFFICE = Span(8 * 60 + 30, 17 * 60)
EVENING = Span(18 * 60, 20 * 60)


def test_without_hours_it_is_open_day_and_night() -> None:
    """On holidays too: who told us nothing turns nobody away."""
    assert OpeningSettings().to_hours() is ALWAYS
    closed = OpeningSettings(dates=["2026-12-31"]).to_hours()
    assert closed.on(date(2026, 12, 31)) == ()
    assert closed.on(date(2026, 12, 25)) == ALL_DAY


def test_lines_add_up_to_a_week() -> None:
    """In any order; a day in none is closed."""
    hours = OpeningSettings(hours=["thu 18:00-20:00", "mon-fri 08:30-17:00", "sun 00:00-24:00"]).to_hours()
    assert hours.week == ((OFFICE,), (OFFICE,), (OFFICE,), (OFFICE, EVENING), (OFFICE,), (), ALL_DAY)
    assert hours.zone == ZoneInfo("Europe/Amsterdam")


def test_the_usual_holidays_are_closed_and_can_be_chosen() -> None:
    """Those on which town halls are; Good Friday and Liberation Day are mostly not."""
    usual = OpeningSettings(hours=["mon-sun 08:30-17:00"]).to_hours()
    assert set(Holiday) - set(usual.holidays) == {Holiday.GOOD_FRIDAY, Holiday.LIBERATION_DAY}
    assert usual.on(date(2027, 4, 27)) == ()
    none = OpeningSettings(hours=["mon-sun 08:30-17:00"], holidays=[]).to_hours()
    assert none.on(date(2027, 4, 27)) == (OFFICE,)


def test_a_single_day_has_hours_of_its_own() -> None:
    """Or none; a holiday too."""
    dates = ["2026-12-24 08:30-17:00 18:00-20:00", "2026-12-31", "2026-12-25 18:00-20:00"]
    hours = OpeningSettings(hours=["mon-fri 09:00-12:00"], dates=dates).to_hours()
    assert hours.on(date(2026, 12, 24)) == (OFFICE, EVENING)
    assert hours.on(date(2026, 12, 31)) == ()
    assert hours.on(date(2026, 12, 25)) == (EVENING,)


@pytest.mark.req("P8")
def test_a_subject_has_its_own_hours_or_the_ordinary_ones() -> None:
    """Holidays and single days are the same for all."""
    shared: dict[str, Any] = {"title": {"nl": "t"}, "why": {"nl": "w"}, "attributes": ["bsn"]}
    settings = Settings(
        opening={"hours": ["mon-fri 08:30-17:00"], "dates": ["2026-11-24"]},
        purposes=[{"name": "a", **shared}, {"name": "b", "hours": ["mon-tue 18:00-20:00"], **shared}],
    )
    purposes = settings.to_purposes()
    assert purposes.get("a").hours == settings.opening.to_hours()
    assert purposes.get("b").hours.on(date(2026, 11, 23)) == (EVENING,)
    assert purposes.closed(datetime(2026, 11, 23, 9, tzinfo=UTC)) == {"b"}
    assert purposes.closed(datetime(2026, 11, 23, 18, tzinfo=UTC)) == {"a"}
    assert purposes.closed(datetime(2026, 11, 24, 9, tzinfo=UTC)) == {"a", "b"}


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hours = ['ma 08:30-17:00']", "hours: must begin with days such as mon, or mon-fri. For"),
        ("hours = ['fri-mon 08:30-17:00']", "hours: must begin with days such as mon, or mon-fri. For"),
        ("hours = ['mon']", "hours: must give hours after the days; a day in no line is closed. For"),
        ("hours = ['mon 8:30-17:00']", "hours: must give hours such as 08:30-17:00 within one day"),
        ("hours = ['mon 08:60-17:00']", "hours: must give hours such as 08:30-17:00 within one day"),
        ("hours = ['mon 22:00-02:00']", "hours: must give hours such as 08:30-17:00 within one day"),
        ("hours = ['mon 08:30']", "hours: must give hours such as 08:30-17:00 within one day"),
        (
            "hours = ['mon \u0661\u0662:00-17:00']",
            "hours: must give hours such as 08:30-17:00 within one day",
        ),
        ("hours = ['mon-fri 08:30-17:00', 'thu 16:59-20:00']", "hours: has hours that overlap. For example:"),
        ("hours = ['']", "hours: must give hours after the days; a day in no line is closed. For"),
        ("dates = ['']", "dates: must begin with a date such as 2026-12-24. For example: "),
        ("hours = ['mon-sun 08:30-17:00']\ndates = 3", "dates: Input should be a valid list. For"),
        ("dates = ['12-24 08:30-12:00']", "dates: must begin with a date such as 2026-12-24. For example: "),
        ("dates = ['2026-02-30']", "dates: must begin with a date such as 2026-12-24. For example: "),
        ("dates = ['2026-12-24 closed']", "dates: must give hours such as 08:30-17:00 within one day"),
        ("holidays = ['koningsdag']", "holidays.0: Input should be 'new-years-day', 'good-friday'"),
        ("zone = 'Amsterdam'", "zone: is no time zone that this machine knows. For example: opening.zone ="),
        ("zone = '../etc/passwd'", "zone: is no time zone that this machine knows. For example: "),
    ],
)
def test_a_line_that_says_nothing_is_told(write: Callable[[str], Path], text: str, expected: str) -> None:
    """Which, why, and an example."""
    with pytest.raises(SettingsError) as caught:
        load(write(f"[opening]\n{text}"))
    assert str(caught.value).startswith(f"opening.{expected}")


def test_every_holiday_that_there_is_can_be_named() -> None:
    """By the name that the documentation gives."""
    settings = OpeningSettings(hours=["mon 08:30-17:00"], holidays=HOLIDAYS)
    assert settings.to_hours() == Hours(
        ((OFFICE,), *[()] * 6), ZoneInfo("Europe/Amsterdam"), holidays=tuple(Holiday)
    )


def test_holidays_are_shown_by_the_names_that_they_have_in_the_file(write: Callable[[str], Path]) -> None:
    """And not by ours: what is shown can be copied."""
    shown = {line.name: line.value for line in load(write("")).lines()}
    assert shown["opening.holidays"].startswith("new-years-day, easter-sunday, ")


@pytest.mark.req("C11")
def test_a_notice_in_the_settings_is_one_as_soon_as_it_says_something() -> None:
    """In one language or in both."""
    assert NoticeSettings().to_notice() is None
    assert NoticeSettings(kind="ended", nl=" ", en="x").to_notice() == Notice(Kind.ENDED, {"en": "x"})
    assert NoticeSettings(nl="a", en="b").to_notice() == Notice(Kind.NOTICE, {"nl": "a", "en": "b"})


@pytest.mark.req("C11", "S7")
@pytest.mark.parametrize("bad", [{"nl": "a\nb"}, {"nl": "x" * 401}, {"kind": "loud"}])
def test_a_notice_that_cannot_be_shown_is_refused(bad: dict[str, str]) -> None:
    """Several lines, too long, of an unknown kind."""
    with pytest.raises(ValidationError):
        NoticeSettings(**bad)
