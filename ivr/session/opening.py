"""When people answer: hours of the week, holidays and single days, on the wall clock of one place.

PURE: has no clock, and is handed its time zone. Knows nothing of queues, calls or pages.

Half past eight is half past eight in summer and in winter. A time that the clocks skip in spring counts as an
hour later, a time that comes twice in autumn as the first of the two (:pep:`495`, ``fold=0``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from ivr.errors import InputError
from ivr.session.holidays import Holiday, is_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DAY_MINUTES: Final = 24 * 60
LOOK_AHEAD: Final = 31
"""Days; what is further away is not told."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A part of a day, in minutes after midnight, ``end`` not included; raises InputError if it is none."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= DAY_MINUTES:
            raise InputError("hours must begin before they end, on one day")


Spans = tuple[Span, ...]
"""The hours of a day, in order and apart from each other; none: closed."""
ALL_DAY: Final[Spans] = (Span(0, DAY_MINUTES),)


@dataclass(frozen=True, slots=True)
class Status:
    """How it is at one moment."""

    open: bool
    until: datetime | None
    """When that changes, in UTC; None: not within `LOOK_AHEAD` days."""

    def closes_within(self, now: datetime, time_left: timedelta) -> bool:
        """Tell whether it is open now, but not for longer than this."""
        return self.open and self.until is not None and self.until - now <= time_left


@dataclass(frozen=True, slots=True)
class Hours:
    """When one subject, or everything, is answered."""

    week: tuple[Spans, ...]
    """Seven days, Monday first."""
    zone: tzinfo = UTC
    holidays: tuple[Holiday, ...] = ()
    """On these it is closed."""
    dates: Mapping[date, Spans] = field(default_factory=dict)
    """Single days with hours of their own; these go before all else."""

    def on(self, day: date) -> Spans:
        """Return the hours of one day."""
        if day in self.dates:
            return self.dates[day]
        return () if is_one(day, self.holidays) else self.week[day.weekday()]

    def at(self, now: datetime) -> Status:
        """Tell whether it is open at a moment, and until when that is so. ``now`` has a time zone."""
        if self.week == ALWAYS.week and not self.holidays and not self.dates:
            return Status(open=True, until=None)
        today = now.astimezone(self.zone).date()
        until: datetime | None = None
        for opens, closes in self._from(today):
            if closes <= (until or now):
                continue
            if opens > (until or now):
                return Status(until is not None, until or opens)
            until = closes
        if until is not None and until >= self._instant(today + timedelta(LOOK_AHEAD), 0):
            return Status(open=True, until=None)
        return Status(until is not None, until)

    def _from(self, today: date) -> Iterator[tuple[datetime, datetime]]:
        for number in range(LOOK_AHEAD):
            day = today + timedelta(number)
            for span in self.on(day):
                yield self._instant(day, span.start), self._instant(day, span.end)

    def _instant(self, day: date, minute: int) -> datetime:
        """Return the moment of a wall clock's time, in UTC: in one zone, Python compares clocks' faces."""
        wall = datetime.combine(day, time.min) + timedelta(minutes=minute)
        return wall.replace(tzinfo=self.zone).astimezone(UTC)


ALWAYS: Final = Hours((ALL_DAY,) * 7)
"""Day and night."""
