"""ivr.session.figures: waiting times are known to within what is said, whatever they were."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.session.figures import ERROR, LAST, RATIO, Figures, bucket_of, middle, total

pytestmark = pytest.mark.req("A6")

WAITS = st.lists(st.floats(min_value=0, max_value=86_000), min_size=1, max_size=200)
SHARES = st.floats(min_value=0.01, max_value=1)


def exact(waits: list[float], share: float) -> float:
    """The nearest rank, by the book."""
    return sorted(waits)[math.ceil(share * len(waits)) - 1]


@given(WAITS, SHARES)
def test_a_share_of_the_waits_is_known_to_within_the_error(waits: list[float], share: float) -> None:
    """As a part of it; and below a second to within that second."""
    told = Figures(waits=Counter(map(bucket_of, waits))).wait(share)
    assert told is not None
    truth = exact(waits, share)
    assert abs(told - truth) <= max(ERROR * truth, 1)
    if truth >= 1:
        assert abs(told - truth) <= ERROR * truth


def test_the_error_is_what_the_ratio_gives() -> None:
    """The middle of a bucket is by the same part away from both its ends."""
    assert math.sqrt(RATIO) - 1 < ERROR


@given(st.floats(min_value=1, max_value=86_399))
def test_a_wait_is_in_its_bucket(seconds: float) -> None:
    """Between its ends, but for the last digit of a float."""
    bucket = bucket_of(seconds)
    assert RATIO ** (bucket - 1) <= seconds * (1 + 1e-9)
    assert seconds <= RATIO**bucket * (1 + 1e-9)


def test_the_first_and_the_last_bucket() -> None:
    """Less than a second is no wait; what took days is in the last."""
    assert bucket_of(0) == bucket_of(0.99) == 0
    assert middle(0) == 0
    assert bucket_of(1e9) == LAST


def test_of_nobody_nothing_is_told() -> None:
    """Neither a wait nor a share."""
    assert Figures().wait(0.5) is None
    assert Figures().share(0) is None


def test_shares_are_of_those_answered() -> None:
    """As a number from 0 to 1."""
    assert Figures(served=4, identified=3).share(3) == 0.75


@given(st.lists(WAITS, min_size=1, max_size=4), SHARES)
def test_parts_of_a_day_are_the_day(parts: list[list[float]], share: float) -> None:
    """Quarters added up tell the same as all callers at once."""
    quarters = [Figures(1, len(part), 2, 3, 4, Counter(map(bucket_of, part))) for part in parts]
    whole = total(quarters)
    many = sum(map(len, parts))
    assert (whole.offered, whole.served, whole.abandoned) == (len(parts), many, 2 * len(parts))
    assert (whole.identified, whole.in_time) == (3 * len(parts), 4 * len(parts))
    together = Counter(bucket_of(wait) for part in parts for wait in part)
    assert whole.wait(share) == Figures(waits=together).wait(share)
