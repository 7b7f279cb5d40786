"""Time and texts as people say them. Knows no page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from web.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

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


def time_left(words: Words, seconds: int) -> str:
    """Say how long a code still works."""
    return words.gettext(TIME_LEFT[time_step(seconds)][1])


def time_step(seconds: int) -> int:
    """Tell which of the sentences is right."""
    return next(step for step, (least, _) in enumerate(TIME_LEFT) if seconds >= least)


def clock_time(seconds: float, zone: tzinfo) -> datetime | None:
    """Return a moment as the clock on the wall shows it; none when it is not known."""
    return datetime.fromtimestamp(seconds, tz=zone) if seconds else None


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return the operator's text in this language, or in the first that it has."""
    return texts.get(language) or next(iter(texts.values()))
