"""ivr.session.queue: a queue on several Asterisks is one queue to who calls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.session.queue import QueueFacts, together

HERE = QueueFacts(logged_in=3, serving=2.5, available=1, waiting=4, hold_seconds=60, talk_seconds=120)


def test_of_nothing_nothing_is_known() -> None:
    """That is not the same as an empty queue."""
    assert together([]) is None


def test_one_asterisk_is_as_it_is() -> None:
    """Nothing is rounded."""
    assert together([HERE]) == HERE


def test_people_add_up_and_times_weigh_by_who_works_there() -> None:
    """Three times 60 seconds and one time 100."""
    there = QueueFacts(logged_in=1, serving=1, available=0, waiting=2, hold_seconds=100, talk_seconds=240)
    assert together([HERE, there]) == QueueFacts(4, 3.5, 1, 6, hold_seconds=70, talk_seconds=150)


@pytest.mark.parametrize(("logged_in", "expected"), [(1, 60), (0, 60)])
def test_an_asterisk_that_knows_no_time_does_not_weigh(logged_in: int, expected: int) -> None:
    """However many work there."""
    unknown = replace(HERE, hold_seconds=None, logged_in=logged_in)
    both = together([HERE, unknown])
    assert both is not None
    assert both.hold_seconds == expected
    neither = together([unknown, unknown])
    assert neither is not None
    assert neither.hold_seconds is None


def test_where_nobody_is_logged_in_times_weigh_alike() -> None:
    """They are of people who worked there before."""
    one, other = replace(HERE, logged_in=0), replace(HERE, logged_in=0, hold_seconds=80)
    both = together([one, other])
    assert both is not None
    assert both.hold_seconds == 70
