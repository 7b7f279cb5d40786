"""web.agent.charts: every shape is inside its chart, and tells what it should by its place."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.session.figures import LAST, QUARTERS, Figures, bucket_of
from web.agent.charts import HOUR, LEAST, Box, Chart, callers, nice, span, waits

pytestmark = pytest.mark.req("A6")

PROMISED = 60
FIGURES = st.builds(
    Figures,
    offered=st.integers(min_value=-2, max_value=5000),
    served=st.integers(min_value=0, max_value=5000),
    abandoned=st.integers(min_value=0, max_value=5000),
    waits=st.dictionaries(
        st.integers(min_value=0, max_value=LAST), st.integers(min_value=1, max_value=9), max_size=4
    ),
)
DAYS = st.dictionaries(st.integers(min_value=0, max_value=QUARTERS - 1), FIGURES, max_size=20)
NOWS = st.integers(min_value=0, max_value=QUARTERS - 1)


def inside(chart: Chart) -> bool:
    """Whether all shapes are in the square, but for what floats cannot tell."""
    edge = 1e-6
    return all(
        -edge <= box.x
        and box.x + box.width <= 1 + edge
        and -edge <= box.y
        and box.y + box.height <= 1 + edge + 0.03  # a mark may hang over the lower edge by its own height
        and box.height > 0
        for box in chart.boxes
    )


@given(DAYS, NOWS)
def test_every_shape_is_inside(day: dict[int, Figures], now: int) -> None:
    """Whatever came, and however late it is."""
    first, last = span([day], now)
    for chart in (callers(day, first, last), waits(day, first, last, PROMISED)):
        assert inside(chart)
        assert 0 <= chart.line <= 1
        assert (chart.first, chart.last) == (first, last)


@given(DAYS, NOWS)
def test_a_chart_shows_whole_hours_up_to_now(day: dict[int, Figures], now: int) -> None:
    """All that was, and never less than some hours."""
    first, last = span([day], now)
    assert first % HOUR == last % HOUR == 0
    assert 0 <= first <= min([now, *day])
    assert max([now, *day]) < last <= QUARTERS
    assert last - first >= LEAST
    hours = Chart((), first, last, 1, 1).hours
    assert hours[0] == first // HOUR
    assert len(hours) <= 2 * HOUR + 1


def test_who_was_answered_is_above_the_line_and_who_gave_up_below() -> None:
    """Hollow on top: who still waits, or was told that nobody is there."""
    chart = callers({32: Figures(offered=10, served=6, abandoned=1)}, 32, 33)
    assert chart.top == 10
    assert chart.line == pytest.approx(10 / 11)
    served, rest, abandoned = chart.boxes
    assert [box.kind for box in chart.boxes] == ["served", "open", "abandoned"]
    assert served.y + served.height == pytest.approx(chart.line) == pytest.approx(abandoned.y)
    assert rest.y + rest.height == pytest.approx(served.y)
    assert served.height == pytest.approx(6 * abandoned.height)
    assert rest.height == pytest.approx(3 * abandoned.height)


def test_where_nobody_gave_up_the_line_is_below() -> None:
    """And nothing hangs under it."""
    chart = callers({32: Figures(offered=2, served=2)}, 32, 56)
    assert chart.line == 1
    assert [box.kind for box in chart.boxes] == ["served"]


def test_waiting_times_stand_at_their_height() -> None:
    """Half at the broad mark, nine in ten at the narrow one; the line is what was promised."""
    day = {32: Figures(served=10, waits=Counter({bucket_of(30): 8, bucket_of(110): 2}))}
    chart = waits(day, 32, 33, PROMISED)
    assert chart.top == 120
    assert chart.line == pytest.approx(0.5)
    marks = {box.kind: box for box in chart.boxes}
    assert set(marks) == {"range", "most", "half"}
    assert marks["half"].width > marks["most"].width > marks["range"].width
    assert marks["half"].y == pytest.approx(1 - 30 / 120, abs=0.04)
    assert marks["most"].y == pytest.approx(1 - 110 / 120, abs=0.05)


def test_of_who_was_not_answered_no_time_is_drawn() -> None:
    """The scale goes up to what was promised then."""
    chart = waits({32: Figures(offered=3, abandoned=3)}, 32, 33, PROMISED)
    assert (chart.boxes, chart.top, chart.line) == ((), 60, 0)


@pytest.mark.parametrize(
    ("most", "round_"), [(1, 1), (3, 3), (7, 8), (9, 10), (11, 20), (24, 30), (4999, 5000)]
)
def test_a_scale_ends_at_a_round_number(most: int, round_: int) -> None:
    """That is not much more."""
    assert nice(most) == round_


def test_a_box_is_a_plain_thing() -> None:
    """Which the template writes down."""
    assert Box("served", 0, 0, 1, 1).kind == "served"
