"""When people answer, and what the operator has to say, as settings. Reads nothing.

A line of hours is days and parts of a day: ``mon-fri 08:30-12:30 13:30-17:00``. A line of a date is the same
with a date, and no part at all means closed: ``2026-12-24 08:30-12:00``, ``2026-12-31``.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema, field_validator

from ivr.errors import InputError
from ivr.session.holidays import Holiday
from ivr.session.notice import MAX_TEXT, Kind, Notice
from ivr.session.opening import ALL_DAY, ALWAYS, Hours, Span
from ivr.settings.kinds import Section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.session.opening import Spans

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_LINES: Final = 28
MAX_DATES: Final = 200
HOLIDAYS: Final = [holiday.value for holiday in Holiday]


def _spans(parts: Iterable[str]) -> Spans:
    """Read parts of a day, and put them in order."""
    spans = []
    for part in parts:
        start, _, end = part.partition("-")
        try:
            spans.append(Span(_minutes(start), _minutes(end)))
        except (InputError, ValueError):
            raise ValueError("must give hours such as 08:30-17:00 within one day, up to 24:00") from None
    spans.sort()
    if any(later.start < earlier.end for earlier, later in pairwise(spans)):
        raise ValueError("has hours that overlap")
    return tuple(spans)


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    if not (len(hours) == len(minutes) == 2 and clock.isascii()):  # noqa: PLR2004 - as on a digital clock
        raise ValueError("no time of day")
    if int(minutes) > 59:  # noqa: PLR2004 - minutes in an hour
        raise ValueError("no time of day")
    return 60 * int(hours) + int(minutes)


def _days(text: str) -> range:
    """Read ``mon`` or ``mon-fri``."""
    first, _, last = text.partition("-")
    try:
        days = range(DAYS.index(first), DAYS.index(last or first) + 1)
    except ValueError:
        days = range(0)
    if not days:
        raise ValueError("must begin with days such as mon, or mon-fri")
    return days


def week_of(lines: Iterable[str]) -> tuple[Spans, ...]:
    """Read a week; the hours of a day that is in several lines add up. ValueError says what is wrong."""
    parts: defaultdict[int, list[str]] = defaultdict(list)
    for line in lines:
        days, *hours = line.split() or [""]
        if not hours:
            raise ValueError("must give hours after the days; a day in no line is closed")
        for day in _days(days):
            parts[day] += hours
    return tuple(_spans(parts[day]) for day in range(len(DAYS)))


def dates_of(lines: Iterable[str]) -> dict[date, Spans]:
    """Read single days. ValueError says what is wrong."""
    dates = {}
    for line in lines:
        day, *hours = line.split() or [""]
        try:
            dates[date.fromisoformat(day)] = _spans(hours)
        except ValueError as error:
            known = str(error).startswith(("must", "has"))
            raise ValueError(str(error) if known else "must begin with a date such as 2026-12-24") from None
    return dates


def _checked_week(lines: list[str]) -> list[str]:
    week_of(lines)
    return lines


def _checked_dates(lines: list[str]) -> list[str]:
    dates_of(lines)
    return lines


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone that this machine knows") from None
    return name


Line = Annotated[str, StringConstraints(max_length=120)]
WeekLines = Annotated[list[Line], Field(max_length=MAX_LINES), AfterValidator(_checked_week)]
"""A week; no line at all: not told, which counts as open."""
HolidayName = Annotated[Holiday, WithJsonSchema({"enum": HOLIDAYS})]
NoticeText = Annotated[str, StringConstraints(max_length=MAX_TEXT)]


class OpeningSettings(Section):
    """When people answer. What is told here is told to citizens before they log in, and to callers."""

    zone: Annotated[str, AfterValidator(_zone)] = "Europe/Amsterdam"
    """Whose clock counts, for hours and on all pages."""
    hours: WeekLines = Field(default_factory=list)
    """The ordinary queue's, and of every subject without hours of its own; empty: day and night."""
    holidays: list[HolidayName] = Field(
        default=[
            *(Holiday.NEW_YEARS_DAY, Holiday.EASTER_SUNDAY, Holiday.EASTER_MONDAY, Holiday.KINGS_DAY),
            *(Holiday.ASCENSION_DAY, Holiday.WHIT_SUNDAY, Holiday.WHIT_MONDAY),
            *(Holiday.CHRISTMAS_DAY, Holiday.BOXING_DAY),
        ]
    )
    """Closed on these, each year anew, where there are hours."""
    dates: Annotated[list[Line], Field(max_length=MAX_DATES), AfterValidator(_checked_dates)] = Field(
        default_factory=list
    )
    """Single days with hours of their own; a date alone is closed. These go before all else."""
    counter_url: Annotated[str, StringConstraints(pattern=r"^(https?://\S{1,400})?$")] = ""
    """The page that says where your counter is and when, for who finds the phone closed; empty: no link."""

    def to_hours(self, lines: list[str] | None = None) -> Hours:
        """Return the hours of a subject that has these lines, or of all that have none."""
        own, zone, dates = lines or self.hours, ZoneInfo(self.zone), dates_of(self.dates)
        if not own:
            return Hours((ALL_DAY,) * len(DAYS), zone, dates=dates) if dates else ALWAYS
        return Hours(week_of(own), zone, tuple(self.holidays), dates)


class NoticeSettings(Section):
    """What you have to say above the pages, while it stands here; ``idbellen notice`` goes before it."""

    kind: Literal["notice", "disrupted", "ended"] = "notice"
    """With ``disrupted`` or ``ended`` nobody can start; who has a code goes on."""
    nl: NoticeText = ""
    """In Dutch; empty in both languages: there is no notice."""
    en: NoticeText = ""
    """In English; a reader whose language is empty gets the other."""

    @field_validator("nl", "en")
    @classmethod
    def _one_line(cls, text: str) -> str:
        if not text.isprintable():
            raise ValueError("must be one line of text")
        return text.strip()

    def to_notice(self) -> Notice | None:
        """Return the notice, if there is one."""
        text = {language: said for language, said in (("nl", self.nl), ("en", self.en)) if said}
        return Notice(Kind(self.kind), text) if text else None
