"""Time and texts as people say them. Knows no page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from ivr.session.wait import EXACT
from web.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from ivr.session.wait import Place
    from web.i18n import Words

TIME_LEFT: Final = (
    (75 * 60, mark("Your code works for more than an hour.")),
    (50 * 60, mark("Your code works for about an hour.")),
    (35 * 60, mark("Your code works for about three quarters of an hour.")),
    (25 * 60, mark("Your code works for about half an hour.")),
    (17 * 60, mark("Your code works for about 20 minutes.")),
    (12 * 60, mark("Your code works for another quarter of an hour.")),
    (8 * 60, mark("Your code works for about 10 more minutes.")),
    (4 * 60, mark("Your code works for about 5 more minutes.")),
    (90, mark("Your code works for a few more minutes.")),
    (0, mark("Your code works for a short while only. You can ask for a new one below.")),
)
"""The least seconds for each sentence: coarse, since a countdown frightens. More time is a button."""


FIRST: Final = mark("You are first in the queue.")
NUMBERED: Final = mark("You are number %(number)s in the queue.")
CROWD: Final = mark("At least %(count)s people are before you.")
WAITS: Final = {
    1: mark("You will probably wait less than 2 minutes."),
    3: mark("You will probably wait a few minutes."),
    5: mark("You will probably wait about 5 minutes."),
    10: mark("You will probably wait about 10 minutes."),
    15: mark("You will probably wait about a quarter of an hour."),
    20: mark("You will probably wait about 20 minutes."),
    30: mark("You will probably wait about half an hour."),
    45: mark("You will probably wait about three quarters of an hour."),
    60: mark("You will probably wait about an hour."),
    90: mark("You will probably wait more than an hour."),
    None: mark("We cannot say how long it takes."),
}
"""For each time that a `Place` can have."""


def place_in_queue(words: Words, place: Place) -> str:
    """Say where somebody stands."""
    if place.ahead == 0:
        return words.gettext(FIRST)
    if place.ahead < EXACT:
        return words.gettext(NUMBERED, number=place.ahead + 1)
    return words.gettext(CROWD, count=place.ahead)


def expected_wait(words: Words, place: Place) -> str:
    """Say about how long it takes, or that nobody knows."""
    return words.gettext(WAITS[place.minutes])


def time_left(words: Words, seconds: int) -> str:
    """Say how long a code still works."""
    return words.gettext(TIME_LEFT[time_step(seconds)][1])


def time_step(seconds: int) -> int:
    """Tell which of the sentences is right."""
    return next(step for step, (least, _) in enumerate(TIME_LEFT) if seconds >= least)


def until_next_step(seconds: int) -> float:
    """Tell in how many seconds another of the sentences is right, or the code works no more."""
    return seconds - TIME_LEFT[time_step(seconds)][0] + 1.0


def clock_time(seconds: float, zone: tzinfo) -> datetime | None:
    """Return a moment as the clock on the wall shows it; none when it is not known."""
    return datetime.fromtimestamp(seconds, tz=zone) if seconds else None


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return the operator's text in this language, or in the first that it has."""
    return texts.get(language) or next(iter(texts.values()))
