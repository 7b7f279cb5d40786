"""How far the identification of a call under way is, from what the store keeps of it."""

from __future__ import annotations

import pytest

from ivr.session.code import BUDGET_PER_HOUR, HIT_PER_HOUR
from ivr.session.upgrade import (
    BUSY,
    KEYING_SECONDS,
    OPENING_SECONDS,
    SPOKEN_LENGTH,
    Mark,
    Step,
    Upgrade,
    standing,
)

pytestmark = pytest.mark.req("P11", "A8")


@pytest.mark.parametrize(
    ("mark", "age", "login", "step"),
    [
        ("", 0.0, "", Step.ASKED),
        ("", 0.0, "pending", Step.ASKED),
        ("", 0.0, "failed", Step.ASKED),
        ("", 0.0, "verified", Step.READY),
        (Mark.OPENING, OPENING_SECONDS - 0.1, "verified", Step.OPENING),
        (Mark.OPENING, OPENING_SECONDS, "verified", Step.FAILED),
        (Mark.KEYING, KEYING_SECONDS - 0.1, "", Step.KEYING),
        (Mark.KEYING, KEYING_SECONDS, "", Step.FAILED),
        (Mark.FAILED, 0.0, "verified", Step.FAILED),
    ],
)
def test_each_moment_has_its_step(mark: str, age: float, login: str, step: Step) -> None:
    """A mark that is not renewed is of a server that died, and counts as failed."""
    assert standing("afval", "482177", mark, age, login) == Upgrade(step, "afval", "482177")


def test_without_anybody_who_began_there_is_none() -> None:
    """Most calls."""
    assert standing("", "", "", 0.0, "") is None


def test_a_caller_can_begin_alone() -> None:
    """With a code from an ordinary start, and nobody who asked."""
    assert standing("", "", Mark.KEYING, 0.0, "") == Upgrade(Step.KEYING, "", "")


def test_only_a_step_that_runs_keeps_others_from_starting() -> None:
    """What failed can be tried again."""
    assert {Step.OPENING, Step.KEYING} == BUSY


@pytest.mark.req("S3")
def test_what_is_read_out_is_long_enough_for_one_call() -> None:
    """As many guesses an hour as the budget allows, at the one call that they count for."""
    assert BUDGET_PER_HOUR / (9 * 10 ** (SPOKEN_LENGTH - 2)) <= HIT_PER_HOUR
