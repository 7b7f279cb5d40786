"""ivr.ami.muster: how members stand and since when, from what Asterisk lists and what was known before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ivr.ami.muster import muster, waiting
from ivr.session.floor import WRAP_UP, Phone, Standing, State
from tests.lab.channels import entry, member

if TYPE_CHECKING:
    from ivr.ami.events import QueueMember

pytestmark = pytest.mark.req("A6")

SANNE = "PJSIP/sanne"
NOW = 1_700_000_000
LIMIT = 60


def listed(queue: str = "kcc", **how: Any) -> QueueMember:
    """Sanne, as Asterisk lists her."""
    return replace(member(SANNE, queue=queue), **how)


def seen(
    *members: QueueMember, before: Standing | None = None, now: int = NOW, limit: int = LIMIT
) -> Standing:
    """How Sanne stands after a look."""
    return muster(members, {SANNE: before} if before else {}, now, limit)[SANNE]


@pytest.mark.parametrize(
    ("status", "phone"),
    [
        *((0, Phone.FREE), (1, Phone.FREE), (2, Phone.BUSY), (3, Phone.BUSY), (4, Phone.ABSENT)),
        *((5, Phone.ABSENT), (6, Phone.RINGING), (7, Phone.BUSY), (8, Phone.BUSY), (99, Phone.ABSENT)),
    ],
)
def test_each_state_of_a_device(status: int, phone: Phone) -> None:
    """As Asterisk numbers them; one that is new to us is nobody."""
    assert seen(listed(status=status)).phone is phone


def test_items_of_other_kinds_are_no_members() -> None:
    """A list holds callers as well."""
    assert muster([entry("1.1")], {}, NOW, LIMIT) == {}


def test_who_is_paused_in_one_queue_only_still_gets_calls() -> None:
    """So that is not a pause; in all of them it is, with the reason that any of them gives."""
    one = listed(paused=True, reason="lunch")
    assert seen(one, listed("afval")).state is State.READY
    both = seen(one, listed("afval", paused=True))
    assert (both.state, both.reason, both.queues) == (State.PAUSED, "lunch", ("afval", "kcc"))


def test_a_reason_of_a_pause_that_is_over_is_none() -> None:
    """Asterisk keeps it."""
    assert seen(listed(reason="lunch")).reason == ""


def test_what_has_not_changed_is_so_since_it_was_first_seen() -> None:
    """A call, a pause for the same reason, being ready."""
    for how in ({}, {"status": 2}, {"paused": True, "reason": "lunch"}):
        first = seen(listed(**how))
        assert seen(listed(**how), before=first, now=NOW + 9).since == first.since == NOW


def test_what_changed_is_so_since_now() -> None:
    """From ready to a call; a pause began when Asterisk says, another reason as well."""
    ready = seen(listed())
    assert seen(listed(status=2), before=ready, now=NOW + 9).since == NOW + 9
    lunch = seen(listed(paused=True, reason="lunch", paused_at=NOW - 300))
    assert lunch.since == NOW - 300
    other = seen(listed(paused=True, reason="meeting", paused_at=NOW - 5), before=lunch)
    assert other.since == NOW - 5


def test_a_pause_during_a_call_does_not_begin_the_call_anew() -> None:
    """And after it the pause is as old as it is."""
    call = seen(listed(status=2), now=NOW - 100)
    still = seen(listed(status=2, paused=True, reason="lunch", paused_at=NOW - 50), before=call)
    assert (still.state, still.since) == (State.CALL, NOW - 100)
    after = seen(listed(paused=True, reason="lunch", paused_at=NOW - 50), before=still)
    assert (after.state, after.since) == (State.PAUSED, NOW - 50)


def test_a_pause_that_begins_in_the_future_began_now() -> None:
    """Asterisk's clock is ahead of ours."""
    assert seen(listed(paused=True, paused_at=NOW + 100)).since == NOW


@pytest.mark.req("O6")
@pytest.mark.parametrize(
    ("paused_at", "until"),
    [(NOW - 20, NOW + 40), (NOW - 500, NOW), (NOW + 500, NOW + LIMIT), (0, NOW + LIMIT)],
    ids=["under way", "run out", "clock ahead", "not told"],
)
def test_a_wrap_up_that_nobody_owns_ends_in_time(paused_at: int, until: int) -> None:
    """Its watcher died: at most the limit from now, however wrong the clocks are."""
    assert seen(listed(paused=True, reason=WRAP_UP, paused_at=paused_at)).until == until


@pytest.mark.req("O6")
def test_a_wrap_up_after_there_is_none_any_more_ends_at_once() -> None:
    """The operator took it out of the settings."""
    assert seen(listed(paused=True, reason=WRAP_UP, paused_at=NOW - 20), limit=0).until == NOW


def test_a_wrap_up_that_is_ours_ends_when_we_said() -> None:
    """Not when Asterisk's whole seconds would have it."""
    ours = Standing(("kcc",), Phone.FREE, paused=True, reason=WRAP_UP, since=NOW - 1, until=NOW + 58)
    assert seen(listed(paused=True, reason=WRAP_UP, paused_at=NOW), before=ours) == ours
    assert seen(listed(), before=ours).until == 0


def test_callers_stand_in_asterisks_order_and_wait_since_they_were_first_seen() -> None:
    """Asterisk's own figure has whole seconds, which jump."""
    one, two = replace(entry("1.1"), position=2), replace(entry("1.2"), position=1, wait=4)
    lines, since = waiting([one, two, entry("2.1", "afval"), listed()], {"1.1": NOW - 11}, NOW)
    assert [each.uniqueid for each in lines["kcc"]] == ["1.2", "1.1"]
    assert since == {"1.1": NOW - 11, "1.2": NOW - 4, "2.1": NOW - 10}
