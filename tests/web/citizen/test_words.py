"""web.citizen.words: time as people say it."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest

from ivr.session.wait import SPANS, Place
from web.citizen.words import (
    TIME_LEFT,
    WAITS,
    clock_time,
    expected_wait,
    in_language,
    place_in_queue,
    time_left,
    time_step,
    until_next_step,
)
from web.i18n import load_words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (7200, "ruim een uur"),
        (3600, "een uur"),
        (1200, "20 minuten"),
        (900, "een kwartier"),
        (600, "10 minuten"),
        (300, "5 minuten"),
        (120, "een paar minuten"),
        (30, "nog maar even"),
        (0, "nog maar even"),
    ],
)
def test_time_is_told_in_words(seconds: int, said: str) -> None:
    """A sentence, not a count of seconds."""
    assert said in time_left(load_words()["nl"], seconds)


def test_time_never_promises_more_than_there_is_by_much() -> None:
    """Each sentence comes before its own time is over, in both languages; the steps only go down."""
    steps = [time_step(seconds) for seconds in range(7200, -1, -1)]
    assert steps == sorted(steps)
    assert set(steps) == set(range(len(TIME_LEFT)))
    for words in load_words().values():
        for seconds in range(90, 3000, 30):
            for minutes in re.findall(r"(\d+) (?:more )?minut", time_left(words, seconds)):
                assert int(minutes) * 60 <= seconds + 3 * 60, seconds


def test_a_moment_is_told_by_the_clock_on_the_citizens_wall() -> None:
    """Summer and winter; a moment that is not known is not told."""
    amsterdam = ZoneInfo("Europe/Amsterdam")
    for epoch, told in ((1_700_000_000, "23:13"), (1_720_000_000, "11:46")):
        at = clock_time(epoch, amsterdam)
        assert at is not None
        assert at.strftime("%H:%M") == told
    assert clock_time(0.0, amsterdam) is None


def test_an_operators_text_in_one_language_is_shown_in_the_other_too() -> None:
    """Better than a blank."""
    assert in_language({"nl": "Afval", "en": "Waste"}, "en") == "Waste"
    assert in_language({"nl": "Afval"}, "en") == "Afval"


@pytest.mark.req("C6")
@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (0, "als eerste aan de beurt"),
        (1, "nummer 2"),
        (9, "nummer 10"),
        (10, "minstens 10"),
        (1000, "minstens 1000"),
    ],
)
def test_a_place_is_counted_as_people_do(ahead: int, said: str) -> None:
    """One by one; a crowd by its size."""
    assert said in place_in_queue(load_words()["nl"], Place(ahead, 5))


@pytest.mark.req("C6")
def test_every_wait_that_can_be_told_has_words() -> None:
    """Also that nobody knows; in both languages, no two alike."""
    told = [minutes for minutes, _ in SPANS] + [None]
    for words in load_words().values():
        assert len({expected_wait(words, Place(1, minutes)) for minutes in told}) == len(told) == len(WAITS)
    assert "een kwartier" in expected_wait(load_words()["nl"], Place(1, 15))


@pytest.mark.parametrize("seconds", [7200, 4500, 3600, 1200, 300, 100, 89, 1, 0])
def test_the_next_sentence_comes_when_it_is_due(seconds: int) -> None:
    """Not before, and not much later: at most one look for each sentence."""
    later = int(seconds - until_next_step(seconds))
    assert time_step(max(0, later)) > time_step(seconds) or later < 0
    assert time_step(later + 2) == time_step(seconds)
