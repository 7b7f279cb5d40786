"""Facts about what is closed: by subject, by ordinary queue, and looked at once a minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ivr.session.doors import Closed, Doors
from ivr.session.opening import Hours, Span
from ivr.session.purpose import Purposes
from tests.lab.citizens import PURPOSES

MORNING = Hours(((Span(8 * 60, 12 * 60),),) * 7)
DAY = Hours(((Span(8 * 60, 17 * 60),),) * 7)


def at(clock: str) -> float:
    """Seconds since 1970 on a Monday at this time."""
    return datetime.fromisoformat(f"2026-11-23 {clock}+00:00").astimezone(UTC).timestamp()


def subjects() -> Purposes:
    """One is answered in the morning only, the other all day."""
    moving, waste = PURPOSES
    return Purposes((replace(moving, hours=MORNING), replace(waste, hours=DAY)))


@pytest.mark.req("P8")
@pytest.mark.parametrize(
    ("clock", "closed"),
    [
        ("11:59:59", Closed()),
        ("12:00", Closed(frozenset({"verhuizing"}), ordinary=True)),
        ("17:00", Closed(frozenset({"verhuizing", "afval"}), ordinary=True, everything=True)),
    ],
)
def test_each_subject_and_the_ordinary_queue_have_their_own_hours(clock: str, closed: Closed) -> None:
    """All is closed when none of them is open."""
    assert Doors(subjects(), MORNING, now=lambda: at(clock)).closed() == closed


def test_all_subjects_closed_is_not_everything() -> None:
    """The ordinary queue still answers."""
    closed = Doors(subjects(), now=lambda: at("17:00")).closed()
    assert len(closed.purposes) == 2
    assert not closed.everything


def test_it_closes_at_the_minute_however_often_it_was_asked_before() -> None:
    """A second earlier it was open."""
    now = at("11:59")
    doors = Doors(subjects(), MORNING, now=lambda: now)
    assert not doors.closed().ordinary
    now = at("11:59:59.999")
    assert not doors.closed().ordinary
    now = at("12:00")
    assert doors.closed().ordinary
