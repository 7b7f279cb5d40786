"""Facts about a survey: who is counted where, so that what is promised from it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.ami.events import QueueParams
from ivr.ami.survey import survey
from ivr.session.floor import WRAP_UP
from tests.lab.channels import caller, entry, member

if TYPE_CHECKING:
    from ivr.ami.events import QueueMember

KCC, AFVAL = QueueParams("kcc", 9, 40, 120), QueueParams("afval", 9, 30, 60)
SANNE, TOM = "PJSIP/sanne", "PJSIP/tom"


def on(interface: str, status: int = 1, *, queue: str = "kcc", paused: bool = False) -> QueueMember:
    """A member in this device state."""
    return replace(member(interface, queue=queue), status=status, paused=paused)


def test_a_queue_has_its_figures_and_its_callers() -> None:
    """Items of other kinds are nothing."""
    waiting = (entry("1.1", "kcc"), entry("1.2", "kcc"))
    seen = survey([KCC, on(SANNE), on(TOM, 2), *waiting, caller("1.1")])
    facts = seen.queues["kcc"]
    assert (facts.logged_in, facts.available, facts.serving, facts.waiting) == (2, 1, 2, 2)
    assert (facts.hold_seconds, facts.talk_seconds) == (40, 120)
    assert seen.waiting == waiting


@pytest.mark.parametrize(
    ("status", "logged_in", "available"),
    [(0, 1, 1), (1, 1, 1), (2, 1, 0), (3, 1, 0), (4, 0, 0), (5, 0, 0), (6, 1, 0), (7, 1, 0), (8, 1, 0)],
)
def test_each_state_of_a_phone_counts_as_asterisk_counts_it(
    status: int, logged_in: int, available: int
) -> None:
    """As QueueSummary does."""
    facts = survey([KCC, on(SANNE, status)]).queues["kcc"]
    assert (facts.logged_in, facts.available, facts.serving) == (logged_in, available, logged_in)


def test_who_pauses_is_there_and_serves_nobody() -> None:
    """Logged in, neither available nor serving."""
    facts = survey([KCC, on(SANNE, paused=True)]).queues["kcc"]
    assert (facts.logged_in, facts.available, facts.serving) == (1, 0, 0)


@pytest.mark.req("A6")
def test_who_wraps_up_serves_in_a_moment() -> None:
    """So a citizen's page does not say that nobody can know, each time the last agent ends a call."""
    facts = survey([KCC, replace(on(SANNE, paused=True), reason=WRAP_UP)]).queues["kcc"]
    assert (facts.logged_in, facts.available, facts.serving) == (1, 0, 1)


def test_who_works_in_two_queues_is_divided_as_their_callers_are() -> None:
    """Three wait here and one there; who pauses there is here alone."""
    waiting = [*[entry(f"1.{number}", "kcc") for number in range(3)], entry("2.1", "afval")]
    seen = survey([KCC, AFVAL, on(SANNE), on(SANNE, queue="afval"), on(TOM), *waiting])
    assert seen.queues["kcc"].serving == pytest.approx(1.75)
    assert seen.queues["afval"].serving == pytest.approx(0.25)
    paused = survey([KCC, AFVAL, on(SANNE), on(SANNE, queue="afval", paused=True), *waiting])
    assert paused.queues["kcc"].serving == pytest.approx(1)


def test_where_nobody_waits_each_queue_has_the_whole_member() -> None:
    """Whoever calls first does."""
    seen = survey([KCC, AFVAL, on(SANNE), on(SANNE, queue="afval")])
    assert [facts.serving for facts in seen.queues.values()] == [1, 1]


def test_a_queue_that_is_idle_beside_a_busy_one_has_no_share() -> None:
    """Its member is asked for elsewhere first; the next look, with a caller here, gives it one."""
    seen = survey([KCC, AFVAL, on(SANNE), on(SANNE, queue="afval"), entry("1.1", "kcc")])
    assert (seen.queues["kcc"].serving, seen.queues["afval"].serving) == (1, 0)


@pytest.mark.parametrize(
    "params",
    [QueueParams("kcc", 0, 0, 0), QueueParams("kcc", None, 40, 120), QueueParams("kcc", 9, None, None)],
)
def test_before_the_first_conversation_no_time_is_known(params: QueueParams) -> None:
    """Asterisk's 0 is none; nor is what it does not say."""
    facts = survey([params]).queues["kcc"]
    assert (facts.hold_seconds, facts.talk_seconds) == (None, None)
