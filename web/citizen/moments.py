"""Opening times as people say them. Knows no page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from babel.dates import format_date, get_day_names

from ivr.session.opening import ALL_DAY
from web.i18n import mark

if TYPE_CHECKING:
    from ivr.session.opening import Hours, Spans, Status
    from web.i18n import Words

DAY_FORMAT: Final = "EEEE d MMMM"
SOON: Final = timedelta(minutes=30)
"""So long before closing time it is told: who then has a code may come too late with it."""


def opens_again(words: Words, status: Status, now: datetime, hours: Hours) -> str:
    """Say when it opens again, on the clock of these hours; nothing when that is not known."""
    if status.open or status.until is None:
        return ""
    opens, today = status.until.astimezone(hours.zone), now.astimezone(hours.zone).date()
    time = clock(opens)
    if opens.date() == today:
        return words.gettext("We are open again today at %(time)s.", time=time)
    if opens.date() == today + timedelta(days=1):
        return words.gettext("We are open again tomorrow at %(time)s.", time=time)
    day = format_date(opens.date(), DAY_FORMAT, locale=words.language)
    return words.gettext("We are open again on %(day)s at %(time)s.", day=day, time=time)


def closes_soon(words: Words, status: Status, now: datetime, hours: Hours) -> str:
    """Say that it closes soon; nothing when it does not."""
    if status.until is None or not status.closes_within(now, SOON):
        return ""
    time = clock(status.until.astimezone(hours.zone))
    return words.gettext("We close at %(time)s. Please call before that time.", time=time)


@dataclass(frozen=True, slots=True)
class Ending:
    """What closing time means for who has a code."""

    closed: bool
    """It is past closing time."""
    said: tuple[str, ...]
    """In sentences; none while it is far."""
    useless: bool = False
    """The code's time is over before anybody answers again."""


def ending(words: Words, hours: Hours, now: datetime, seconds_left: int) -> Ending:
    """Say what closing time means for a code that works for so many seconds more."""
    status = hours.at(now)
    if status.open:
        soon = closes_soon(words, status, now, hours)
        return Ending(closed=False, said=(soon,) if soon else ())
    again = opens_again(words, status, now, hours)
    in_time = status.until is not None and status.until - now < timedelta(seconds=seconds_left)
    code = mark("Your code still works then.") if in_time else mark("Start again then. You get a new code.")
    return Ending(closed=True, said=(again, words.gettext(code)) if again else (), useless=not in_time)


def until_next_ending(hours: Hours, now: datetime) -> float:
    """Tell in how many seconds `ending` says something else."""
    status = hours.at(now)
    if status.until is None:
        return math.inf
    left = status.until - now
    return (left - SOON if status.open and left > SOON else left).total_seconds()


def today_differs(words: Words, hours: Hours, now: datetime) -> str:
    """Say what holds today when that is not what the week says: a holiday, or hours of its own."""
    day = now.astimezone(hours.zone).date()
    spans = hours.on(day)
    if spans == hours.week[day.weekday()]:
        return ""
    if not spans:
        return words.gettext("Today we are closed all day.")
    return words.gettext("Today we have other hours: %(hours)s.", hours=_said(words, spans))


def week(words: Words, hours: Hours) -> list[tuple[str, str]]:
    """Return the days of the week with their hours, Monday first."""
    names = get_day_names("wide", locale=words.language)
    return [(names[day], _said(words, spans)) for day, spans in enumerate(hours.week)]


def clock(moment: datetime) -> str:
    """Return the time of day: ``8:30``."""
    return f"{moment.hour}:{moment.minute:02d}"


def _said(words: Words, spans: Spans) -> str:
    if spans == ALL_DAY:
        return words.gettext("day and night")
    if not spans:
        return words.gettext("closed")
    parts = (
        words.gettext("%(start)s to %(end)s", start=_time(span.start), end=_time(span.end)) for span in spans
    )
    return ", ".join(parts)


def _time(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"
