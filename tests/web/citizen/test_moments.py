"""web.citizen.moments: opening times as people say them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.session.holidays import Holiday
from ivr.session.opening import ALL_DAY, ALWAYS, Hours, Span
from web.citizen.moments import Ending, closes_soon, ending, opens_again, today_differs, week
from web.i18n import load_words

HOME = ZoneInfo("Europe/Amsterdam")
DUTCH, ENGLISH = (load_words()[language] for language in ("nl", "en"))
OFFICE, EVENING = Span(8 * 60 + 30, 17 * 60), Span(18 * 60, 20 * 60)
HOURS = Hours(((OFFICE,), (OFFICE,), (OFFICE,), (OFFICE, EVENING), (), (), ALL_DAY), HOME)
NEVER = Hours(((),) * 7, HOME)


def at(wall: str) -> datetime:
    """A moment, as the clock at home shows it."""
    return datetime.fromisoformat(wall).replace(tzinfo=HOME).astimezone(UTC)


@pytest.mark.req("P8")
@pytest.mark.parametrize(
    ("wall", "dutch", "english"),
    [
        (
            "2026-11-23 07:00",
            "Wij zijn vandaag vanaf 8:30 uur weer open.",
            "We are open again today at 8:30.",
        ),
        (
            "2026-11-23 23:30",
            "Wij zijn morgen vanaf 8:30 uur weer open.",
            "We are open again tomorrow at 8:30.",
        ),
        (
            "2026-11-27 12:00",
            "Wij zijn op zondag 29 november vanaf 0:00 uur weer open.",
            "We are open again on Sunday 29 November at 0:00.",
        ),
    ],
)
def test_it_is_said_when_it_opens_as_people_say_it(wall: str, dutch: str, english: str) -> None:
    """Today and tomorrow by that word, on the clock at home."""
    now = at(wall)
    assert opens_again(DUTCH, HOURS.at(now), now, HOURS) == dutch
    assert opens_again(ENGLISH, HOURS.at(now), now, HOURS) == english


def test_nothing_is_said_of_what_is_not_known_or_not_so() -> None:
    """Open, or closed for longer than is looked."""
    now = at("2026-11-23 12:00")
    assert opens_again(DUTCH, HOURS.at(now), now, HOURS) == ""
    assert opens_again(DUTCH, NEVER.at(now), now, NEVER) == ""


@pytest.mark.req("P8")
def test_near_closing_time_it_is_told() -> None:
    """Half an hour before, and not sooner; day and night never."""
    near, far = at("2026-11-23 16:30"), at("2026-11-23 16:29")
    assert (
        closes_soon(DUTCH, HOURS.at(near), near, HOURS) == "Wij sluiten om 17:00 uur. Bel ons voor die tijd."
    )
    assert closes_soon(ENGLISH, HOURS.at(near), near, HOURS).startswith("We close at 17:00.")
    assert closes_soon(DUTCH, HOURS.at(far), far, HOURS) == ""
    assert closes_soon(DUTCH, ALWAYS.at(far), far, ALWAYS) == ""


@pytest.mark.req("P8")
def test_who_has_a_code_is_told_what_closing_means_for_it() -> None:
    """It still works when it opens in time; else a new one is needed."""
    code = timedelta(minutes=20).seconds
    assert ending(DUTCH, HOURS, at("2026-11-23 12:00"), code) == Ending(closed=False, said=())
    assert ending(DUTCH, ALWAYS, at("2026-11-23 12:00"), code) == Ending(closed=False, said=())
    soon = ending(DUTCH, HOURS, at("2026-11-23 16:45"), code)
    assert soon == Ending(closed=False, said=("Wij sluiten om 17:00 uur. Bel ons voor die tijd.",))
    in_time = ending(DUTCH, HOURS, at("2026-11-26 17:45"), code)
    assert in_time.closed
    assert in_time.said == ("Wij zijn vandaag vanaf 18:00 uur weer open.", "Uw code werkt dan nog.")
    too_late = ending(DUTCH, HOURS, at("2026-11-23 17:00"), code)
    assert too_late.said[1] == "Begin dan opnieuw. U krijgt dan een nieuwe code."
    assert (in_time.useless, too_late.useless) == (False, True)
    assert ending(DUTCH, NEVER, at("2026-11-23 17:00"), code) == Ending(closed=True, said=(), useless=True)


@pytest.mark.req("P8")
def test_a_day_that_is_not_as_in_the_week_is_told() -> None:
    """A holiday, and a day with hours of its own; of an ordinary day nothing."""
    eve = date(2026, 12, 24)
    hours = replace(HOURS, week=((OFFICE,),) * 7, holidays=(Holiday.CHRISTMAS_DAY,), dates={eve: (EVENING,)})
    assert today_differs(DUTCH, hours, at("2026-12-23 23:59")) == ""
    other = today_differs(DUTCH, hours, at("2026-12-24 12:00"))
    assert other == "Vandaag zijn wij op andere tijden open: 18:00 tot 20:00 uur."
    assert today_differs(DUTCH, hours, at("2026-12-25 12:00")) == "Vandaag zijn wij de hele dag gesloten."
    assert today_differs(ENGLISH, hours, at("2026-12-25 12:00")) == "Today we are closed all day."


def test_the_week_is_told_day_by_day() -> None:
    """Monday first, in the reader's language."""
    assert week(DUTCH, HOURS)[3:] == [
        ("donderdag", "8:30 tot 17:00 uur, 18:00 tot 20:00 uur"),
        ("vrijdag", "gesloten"),
        ("zaterdag", "gesloten"),
        ("zondag", "dag en nacht"),
    ]
    assert week(ENGLISH, HOURS)[0] == ("Monday", "8:30 to 17:00")
