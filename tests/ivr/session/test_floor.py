"""ivr.session.floor: what a member does, as people say it, and a queue on several Asterisks as one."""

from __future__ import annotations

import pytest

from ivr.session.floor import (
    LINE,
    WRAP_UP,
    Caller,
    Phone,
    Proof,
    QueueLine,
    Standing,
    State,
    counted,
    together,
)

pytestmark = pytest.mark.req("A6")


def standing(
    phone: Phone = Phone.FREE, *, paused: bool = False, reason: str = "", queues: tuple[str, ...] = ("kcc",)
) -> Standing:
    """A member that stands so."""
    return Standing(queues, phone, paused, reason, 0)


@pytest.mark.parametrize(
    ("phone", "free", "paused", "wraps_up"),
    [
        (Phone.FREE, State.READY, State.PAUSED, State.WRAP_UP),
        (Phone.RINGING, State.RINGING, State.RINGING, State.RINGING),
        (Phone.BUSY, State.CALL, State.CALL, State.CALL),
        (Phone.ABSENT, State.ABSENT, State.PAUSED, State.WRAP_UP),
    ],
)
def test_a_call_goes_before_a_pause_and_a_pause_before_an_absent_phone(
    phone: Phone, free: State, paused: State, wraps_up: State
) -> None:
    """Each phone, with and without each pause."""
    assert standing(phone).state is free
    assert standing(phone, paused=True, reason="lunch").state is paused
    assert standing(phone, paused=True, reason=WRAP_UP).state is wraps_up


def test_our_reason_alone_is_no_wrap_up() -> None:
    """Asterisk keeps the reason of a pause that is over."""
    assert not standing(reason=WRAP_UP).wraps_up


def test_members_are_counted_in_each_of_their_queues() -> None:
    """By what they do; a state in which nobody is, is not there."""
    found = counted([standing(), standing(Phone.BUSY), standing(queues=("kcc", "afval"))])
    assert found == {"kcc": {State.READY: 2, State.CALL: 1}, "afval": {State.READY: 1}}


def line(*since: int, waiting: int = 0, **members: int) -> QueueLine:
    """Callers who wait since then."""
    callers = tuple(Caller(each, "", Proof.NONE) for each in since)
    states = {State[name.upper()]: many for name, many in members.items()}
    return QueueLine(waiting or len(since), min(since, default=0), callers, states)


def test_of_nothing_there_is_no_queue_and_of_one_that_one() -> None:
    """As it is: callers stay in the order that Asterisk has."""
    assert together([]) is None
    alone = line(5, 3, ready=1)
    assert together([alone]) is alone


def test_two_asterisks_are_one_queue() -> None:
    """Who came first stands first; what the members do adds up."""
    both = together([line(1, 4, waiting=70, ready=1, call=2), line(2, 3, ready=3), line()])
    assert both is not None
    assert [caller.since for caller in both.callers] == [1, 2, 3, 4]
    assert (both.waiting, both.oldest) == (72, 1)
    assert both.members == {State.READY: 4, State.CALL: 2}


def test_only_those_in_front_are_listed() -> None:
    """However many Asterisks there are."""
    both = together([line(*range(1, LINE + 1)), line(*range(1, LINE + 1))])
    assert both is not None
    assert (len(both.callers), both.waiting) == (LINE, 2 * LINE)
    assert both.callers[-1].since == LINE // 2
