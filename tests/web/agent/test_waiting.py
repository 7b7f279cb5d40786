"""web.agent.waiting: of a caller three things are told, and nothing by which they could be known."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.session.floor import LINE, Caller, Proof, QueueLine, State
from web.agent.waiting import Waiter, Waiting, waiting_of

pytestmark = pytest.mark.req("A6")

SUBJECTS = {"verhuizing": "Verhuizing"}
CALLERS = st.lists(
    st.builds(
        Caller,
        since=st.integers(min_value=0, max_value=2**31),
        purpose=st.sampled_from(["", "verhuizing", "oud"]),
        proof=st.sampled_from(Proof),
    ),
    max_size=2 * LINE,
)
MEMBERS = st.dictionaries(st.sampled_from(State), st.integers(min_value=1, max_value=2000))


def test_a_caller_is_a_subject_a_moment_and_whether_it_is_proven() -> None:
    """A subject that is not there any more is told by its name."""
    line = QueueLine(2, 1, (Caller(1, "verhuizing", Proof.VERIFIED), Caller(2, "oud", Proof.PENDING)), {})
    assert waiting_of("kcc", line, SUBJECTS).callers == (
        Waiter(1, "Verhuizing", "verified"),
        Waiter(2, "oud", "pending"),
    )


def test_colleagues_are_counted_in_three_kinds() -> None:
    """Ringing is as good as a call, wrap-up as a pause; who is not there does not count."""
    states = dict(zip(State, (1, 2, 4, 8, 16, 32), strict=True))
    told = waiting_of("kcc", QueueLine(0, 0, (), states), SUBJECTS).colleagues
    assert told == {"ready": 1, "call": 6, "away": 24}


def test_what_is_not_known_is_told_as_that() -> None:
    """With nothing of before."""
    assert waiting_of("kcc", None, SUBJECTS).to_json() == {
        "name": "kcc",
        "known": False,
        "waiting": 0,
        "more": 0,
        "callers": [],
        "colleagues": {},
    }


@given(CALLERS, MEMBERS, st.integers(min_value=0, max_value=10_000))
def test_all_that_goes_out_adds_up(callers: list[Caller], members: dict[State, int], behind: int) -> None:
    """Those in front, and how many are behind them; and of each only what is said here."""
    line = QueueLine(len(callers) + behind, 0, tuple(callers), members)
    told = waiting_of("kcc", line, SUBJECTS)
    sent = json.loads(json.dumps(told.to_json()))
    assert sent["waiting"] == len(sent["callers"]) + sent["more"]
    assert len(sent["callers"]) <= LINE
    assert set(sent) == {"name", "known", "waiting", "more", "callers", "colleagues"}
    for caller, shown in zip(callers, sent["callers"], strict=False):
        subject = SUBJECTS.get(caller.purpose, caller.purpose)
        assert shown == [caller.since, subject, caller.proof.value]


def test_more_is_never_less_than_none() -> None:
    """However the figures disagree for a moment."""
    assert Waiting("kcc", known=True, waiting=0, callers=(Waiter(1, "", "none"),)).more == 0
