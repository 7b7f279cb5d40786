"""ivr.session.wait: what is promised follows from the figures, holds still, and says when nobody can know."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.session.queue import QueueFacts
from ivr.session.wait import (
    BETWEEN_SECONDS,
    CROWDS,
    EXACT,
    SLACK,
    SPANS,
    Forecast,
    Place,
    crowd,
    expected,
    told,
)

pytestmark = pytest.mark.req("C6", "P7")

BUSY = QueueFacts(logged_in=4, serving=4, available=0, waiting=9, hold_seconds=300, talk_seconds=230)
TALK = 240 - BETWEEN_SECONDS


@pytest.mark.parametrize(("position", "seconds"), [(1, 60), (2, 120), (10, 600)])
def test_the_queue_moves_as_fast_as_conversations_end(position: int, seconds: float) -> None:
    """Four who each take four minutes: one caller a minute."""
    assert expected(BUSY, position, TALK) == pytest.approx(seconds)


def test_who_can_be_rung_now_makes_the_wait_shorter() -> None:
    """Two are free: the first two wait for nothing, the third for one conversation's end."""
    two_free = replace(BUSY, available=2)
    assert [expected(two_free, position, TALK) for position in (1, 2, 3)] == [0.0, 0.0, 60.0]


def test_who_is_free_for_several_queues_is_not_promised_whole_to_each() -> None:
    """One of four shared with three times as many callers elsewhere."""
    shared = replace(BUSY, available=4, serving=1)
    assert expected(shared, 2, TALK) == pytest.approx(240)


@pytest.mark.parametrize(
    ("facts", "talk"),
    [
        (replace(BUSY, serving=0), TALK),
        (BUSY, None),
        (BUSY, 0),
        (replace(BUSY, serving=0, available=3), TALK),
    ],
)
def test_what_cannot_be_known_is_not_said(facts: QueueFacts, talk: float | None) -> None:
    """Nobody serves, or no conversation was ever over."""
    assert expected(facts, 1, talk) is None
    assert told(None, 5) is None


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [
        (0, 1),
        (119, 1),
        (120, 3),
        (240, 5),
        (449, 5),
        (600, 10),
        (1200, 20),
        (3600, 60),
        (4500, 90),
        (1e9, 90),
    ],
)
def test_time_is_told_in_human_steps(seconds: float, minutes: int) -> None:
    """From less than two minutes to more than an hour."""
    assert told(seconds, None) == minutes


def test_what_was_told_holds_until_the_figures_are_clearly_beyond_it() -> None:
    """Up and down around an edge changes nothing; what is clearly less, or more, is told at once."""
    edge = 450
    assert [told(edge + swing, 5) for swing in (-30, 30, -80, 80)] == [5, 5, 5, 5]
    assert [told(edge + swing, 10) for swing in (-30, 30, -80, 80)] == [10, 10, 10, 10]
    assert told(edge * (1 + SLACK), 5) == 10
    assert told(edge * (1 - SLACK) - 1, 10) == 5
    assert told(3600, 1) == 60


@given(st.floats(0, 1e5), st.sampled_from([None, *(minutes for minutes, _ in SPANS)]))
def test_what_is_told_is_never_far_from_the_figures(seconds: float, before: int | None) -> None:
    """However long something else was told: within the span, give or take the slack."""
    minutes = told(seconds, before)
    assert minutes is not None
    step = [each for each, _ in SPANS].index(minutes)
    least = SPANS[step - 1][1] if step else 0
    assert least * (1 - SLACK) <= seconds < SPANS[step][1] * (1 + SLACK)
    assert told(seconds, minutes) == minutes


@given(st.integers(0, 20_000))
def test_as_many_as_is_said_are_really_before_you(ahead: int) -> None:
    """To the one when it is few; at least so many when it is a crowd."""
    assert crowd(ahead) == ahead if ahead < EXACT else crowd(ahead) in CROWDS
    assert crowd(ahead) <= ahead


def test_a_forecast_moves_up_and_forgets_who_left() -> None:
    """Who joins again begins anew."""
    forecast = Forecast()
    queues = {"kcc": BUSY}
    assert forecast.places(queues, [("1.1", "kcc", 1), ("1.2", "kcc", 12)]) == {
        "1.1": Place(0, 1),
        "1.2": Place(10, 10),
    }
    assert forecast.places(queues, [("1.2", "kcc", 8)]) == {"1.2": Place(7, 10)}  # 480 s: still about ten
    assert forecast.places(queues, []) == {}
    assert forecast.places(queues, [("1.2", "kcc", 8)]) == {"1.2": Place(7, 10)}
    assert forecast.places(queues, [("1.2", "unknown", 8)]) == {}


def test_one_long_conversation_does_not_change_what_all_are_told() -> None:
    """Asterisk's mean jumps by half at once; ours follows it slowly, but it does follow."""
    forecast, waiting = Forecast(), [("1.1", "kcc", 6)]
    before = forecast.places({"kcc": BUSY}, waiting)
    longer = {"kcc": replace(BUSY, talk_seconds=460)}
    assert forecast.places(longer, waiting) == before == {"1.1": Place(5, 5)}
    for _ in range(200):
        after = forecast.places(longer, waiting)
    assert after == {"1.1": Place(5, 10)}


def test_a_queue_whose_members_all_left_promises_nothing_at_once() -> None:
    """No slack for what would not be true."""
    forecast, waiting = Forecast(), [("1.1", "kcc", 1)]
    assert forecast.places({"kcc": BUSY}, waiting) == {"1.1": Place(0, 1)}
    assert forecast.places({"kcc": replace(BUSY, serving=0)}, waiting) == {"1.1": Place(0, None)}
