"""Facts about opening hours: the week, holidays, single days, the ends of summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ivr.errors import InputError
from ivr.session.holidays import Holiday
from ivr.session.opening import ALL_DAY, ALWAYS, DAY_MINUTES, LOOK_AHEAD, Hours, Span, Status

HOME = ZoneInfo("Europe/Amsterdam")
NIGHT, MORNING, EVENING = Span(0, 9 * 60), Span(9 * 60, 12 * 60 + 30), Span(18 * 60, 20 * 60)
OFFICE = Span(8 * 60 + 30, 17 * 60)
WEEK = ((OFFICE,), (OFFICE,), (MORNING,), (MORNING, EVENING), (OFFICE,), (), ())
HOURS = Hours(
    WEEK,
    HOME,
    (Holiday.EASTER_MONDAY, Holiday.CHRISTMAS_DAY),
    {date(2026, 12, 24): (MORNING,), date(2026, 12, 28): (), date(2026, 12, 27): (EVENING,)},
)
CLOSED = Hours(((),) * 7, HOME)


def at(wall: str, fold: int = 0) -> datetime:
    """A moment, as the clock at home shows it."""
    return datetime.fromisoformat(wall).replace(tzinfo=HOME, fold=fold).astimezone(UTC)


@pytest.mark.req("P8")
@pytest.mark.parametrize(
    ("now", "is_open", "until"),
    [
        ("2026-11-23 08:29:59", False, "2026-11-23 08:30"),  # a Monday
        ("2026-11-23 08:30", True, "2026-11-23 17:00"),
        ("2026-11-23 16:59:59", True, "2026-11-23 17:00"),
        ("2026-11-23 17:00", False, "2026-11-24 08:30"),
        ("2026-11-26 13:00", False, "2026-11-26 18:00"),  # between two parts of a Thursday
        ("2026-11-26 19:00", True, "2026-11-26 20:00"),
        ("2026-11-27 17:00", False, "2026-11-30 08:30"),  # a weekend
        ("2026-12-24 10:00", True, "2026-12-24 12:30"),  # a single day that is shorter
        ("2026-12-24 12:30", False, "2026-12-27 18:00"),  # Christmas Day, then a Sunday that is not closed
        ("2026-12-27 20:00", False, "2026-12-29 08:30"),  # a Monday that is
        ("2027-03-29 10:00", False, "2027-03-30 08:30"),  # Easter Monday
    ],
)
def test_it_is_open_in_its_hours_and_says_when_that_changes(now: str, is_open: bool, until: str) -> None:
    """The last minute counts, the hour of closing does not."""
    assert HOURS.at(at(now)) == Status(is_open, at(until))


@pytest.mark.parametrize("name", ["Pacific/Auckland", "America/New_York", "UTC"])
def test_where_the_asker_is_makes_no_difference(name: str) -> None:
    """The clock at home counts."""
    assert HOURS.at(at("2026-11-23 09:00").astimezone(ZoneInfo(name))) == HOURS.at(at("2026-11-23 09:00"))


def test_half_past_eight_is_so_in_summer_and_in_winter() -> None:
    """An hour apart, for who counts in UTC."""
    assert HOURS.at(at("2026-03-27 18:00")).until == datetime(2026, 3, 30, 6, 30, tzinfo=UTC)
    assert HOURS.at(at("2026-10-23 18:00")).until == datetime(2026, 10, 26, 7, 30, tzinfo=UTC)


def test_the_night_of_the_longer_and_of_the_shorter_hour_is_reckoned_in_real_time() -> None:
    """From midnight to nine it is one hour more, or less."""
    hours = Hours(((NIGHT,),) * 7, HOME)
    for day, length in (("2026-10-24", 9), ("2026-10-25", 10), ("2027-03-28", 8)):
        midnight = at(f"{day} 00:00")
        assert hours.at(midnight).until == midnight + timedelta(hours=length)
    assert hours.at(at("2026-10-25 02:30", fold=1)).open


def test_a_time_that_the_clocks_skip_or_repeat_has_one_moment() -> None:
    """Skipped: an hour later. Repeated: the first."""
    hours = Hours(((Span(2 * 60 + 30, 6 * 60),),) * 7, HOME)
    assert hours.at(at("2027-03-28 00:00")).until == at("2027-03-28 03:30")
    assert hours.at(at("2026-10-25 00:00")).until == at("2026-10-25 02:30", fold=0)


def test_hours_that_touch_are_one() -> None:
    """At noon and at midnight: who asks is told when it really closes."""
    hours = Hours(((Span(0, 12 * 60), Span(12 * 60, DAY_MINUTES)), (OFFICE,), (), (), (), (), ALL_DAY), HOME)
    assert hours.at(at("2026-11-22 23:00")) == Status(open=True, until=at("2026-11-24 00:00"))
    assert hours.at(at("2026-11-24 00:00")) == Status(open=False, until=at("2026-11-24 08:30"))


def test_day_and_night_never_changes_and_neither_does_never() -> None:
    """As far as is looked."""
    assert ALWAYS.at(at("2026-11-22 23:00")) == Status(open=True, until=None)
    assert CLOSED.at(at("2026-11-22 23:00")) == Status(open=False, until=None)


def test_the_last_day_before_a_long_time_closed_still_closes_at_its_hour() -> None:
    """Even when nothing is known of the day after all that."""
    hours = Hours(CLOSED.week, HOME, dates={date(2026, 11, 23): (OFFICE,)})
    assert hours.at(at("2026-11-23 09:00")) == Status(open=True, until=at("2026-11-23 17:00"))


def test_near_closing_time_is_what_the_asker_calls_near() -> None:
    """Not when it is closed, nor when it never closes."""
    now, half_an_hour = at("2026-11-23 16:30"), timedelta(minutes=30)
    assert HOURS.at(now).closes_within(now, half_an_hour)
    assert not HOURS.at(now).closes_within(now, timedelta(minutes=29))
    assert not HOURS.at(at("2026-11-24 08:20")).closes_within(at("2026-11-24 08:20"), half_an_hour)
    assert not ALWAYS.at(now).closes_within(now, half_an_hour)


@pytest.mark.req("S7")
@pytest.mark.parametrize(("start", "end"), [(600, 600), (600, 500), (-1, 5), (0, DAY_MINUTES + 1)])
def test_hours_that_cannot_be_are_refused(start: int, end: int) -> None:
    """Empty, backwards, or not of one day."""
    with pytest.raises(InputError):
        Span(start, end)


@some.composite
def weeks(draw: some.DrawFn) -> tuple[tuple[Span, ...], ...]:
    """Any week: of each day some parts, in order."""

    def day() -> tuple[Span, ...]:
        ends = sorted(draw(some.sets(some.integers(0, DAY_MINUTES), max_size=6)))
        return tuple(Span(start, end) for start, end in zip(ends[::2], ends[1::2], strict=False))

    return tuple(day() for _ in range(7))


FIRST, LAST = int(at("2026-01-01").timestamp()), int(at("2028-01-01").timestamp())
MOMENTS = some.integers(FIRST, LAST).map(lambda second: datetime.fromtimestamp(second, UTC))


@given(weeks(), MOMENTS)
def test_it_is_open_when_the_clock_says_so(week: tuple[tuple[Span, ...], ...], now: datetime) -> None:
    """For any hours and any moment, but for the hour in which the clocks change."""
    wall = now.astimezone(HOME)
    minute = wall.hour * 60 + wall.minute
    if wall.hour in (1, 2, 3) and wall.month in (3, 10) and wall.isoweekday() == 7:
        return
    expected = any(span.start <= minute < span.end for span in week[wall.weekday()])
    assert Hours(week, HOME).at(now).open is expected


@given(weeks(), MOMENTS)
def test_until_is_the_first_moment_at_which_it_is_different(
    week: tuple[tuple[Span, ...], ...], now: datetime
) -> None:
    """Then the answer is the other one, just before it is still the same; without it, for a month."""
    hours = Hours(week, HOME)
    status = hours.at(now)
    if status.until is None:
        assert hours.at(now + timedelta(days=LOOK_AHEAD - 2)).open is status.open
        return
    assert status.until > now
    assert hours.at(status.until).open is not status.open
    assert hours.at(status.until - timedelta(seconds=1)).open is status.open
