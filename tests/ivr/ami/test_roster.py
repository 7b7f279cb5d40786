"""ivr.ami.roster: the steps lead from what is to what is wanted, and touch nothing that is not ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.ami.roster import Step, plan

pytestmark = pytest.mark.req("A6")

QUEUES = ("afval", "kcc", "burgerzaken")
SANNE, TOM = "PJSIP/sanne", "PJSIP/tom"
POSTS = st.dictionaries(st.sampled_from([SANNE, TOM, "SIP/els"]), st.sets(st.sampled_from(QUEUES)))


def test_who_is_wanted_is_added_where_they_are_not_yet() -> None:
    """Once for each queue; not to one that does not exist."""
    steps = list(plan({SANNE: {"kcc", "afval", "nergens"}}, {}, {SANNE: {"kcc"}}, QUEUES))
    assert steps == [Step(SANNE, "afval", add=True)]


def test_who_is_wanted_no_longer_is_removed_from_where_we_added_them() -> None:
    """Logged out, or working elsewhere; what others added stays."""
    steps = list(plan({TOM: {"kcc"}}, {SANNE: {"kcc"}, TOM: {"kcc", "afval"}}, {SANNE: {"kcc"}}, QUEUES))
    assert set(steps) == {
        *(Step(TOM, "kcc", add=True), Step(SANNE, "kcc", add=False)),
        Step(TOM, "afval", add=False),
    }
    assert list(plan({}, {}, {SANNE: {"kcc"}}, QUEUES)) == []


def test_a_member_that_is_spelled_otherwise_is_there_already() -> None:
    """For Asterisk it is the same one."""
    assert list(plan({"pjsip/Sanne": {"kcc"}}, {}, {SANNE: {"kcc"}}, QUEUES)) == []


@given(POSTS, POSTS, POSTS)
def test_after_the_steps_nothing_is_left_to_do(
    wanted: dict[str, set[str]], added: dict[str, set[str]], actual: dict[str, set[str]]
) -> None:
    """And whatever was there without us is there still."""
    ours = {(interface, queue) for interface, queues in added.items() for queue in queues}
    is_ = {(interface, queue) for interface, queues in actual.items() for queue in queues} | ours
    before = {interface: {queue for who, queue in is_ if who == interface} for interface, _ in is_}
    for step in list(plan(wanted, added, before, QUEUES)):
        post = (step.interface, step.queue)
        assert step.add != (post in is_)
        assert step.add or post in ours
        (is_.add if step.add else is_.discard)(post)
        (ours.add if step.add else ours.discard)(post)
    now = {interface: {queue for who, queue in is_ if who == interface} for interface, _ in is_}
    left = {interface: {queue for who, queue in ours if who == interface} for interface, _ in ours}
    assert list(plan(wanted, left, now, QUEUES)) == []
    assert all(queues <= now.get(interface, set()) for interface, queues in wanted.items())
