"""The guess budget's figures, as the claim script takes them."""

from __future__ import annotations

import pytest

from ivr.session.code import BUDGET_PER_HOUR, length_for
from ivr.store.budget import Budget
from ivr.store.keyspace import CALLER_BUDGET, CALLER_WINDOW, GUESS_WINDOW


@pytest.mark.req("S3")
def test_the_usual_budget_is_the_one_that_lengths_count_with() -> None:
    """An hour for everybody, a quarter of an hour for one number."""
    assert Budget().as_args() == (BUDGET_PER_HOUR, 3600, CALLER_BUDGET, 900)
    assert (GUESS_WINDOW, CALLER_WINDOW) == (3600.0, 900.0)
    assert length_for(100) == length_for(100, Budget().everybody)


def test_an_operators_budget_is_passed_on() -> None:
    """Whole numbers, whatever the windows are."""
    assert Budget(5, 60.9, 2, 30.1).as_args() == (5, 60, 2, 30)
