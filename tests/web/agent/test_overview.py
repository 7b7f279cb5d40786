"""web.agent.overview: what a leader needs to lead: queues and states, no figures of anybody."""

from __future__ import annotations

from dataclasses import fields

import pytest

from ivr.session.figures import Figures, bucket_of
from ivr.session.floor import Phone, QueueLine, Standing, State
from ivr.store.figures import Today
from web.agent import overview as overviews
from web.agent.overview import Overview, Worker, overview

pytestmark = pytest.mark.req("A6")

LINE = QueueLine(3, 17, (), {State.READY: 1})
KCC = {33: Figures(4, 3, 1, 2, 2, {bucket_of(30): 2, bucket_of(90): 1}), 40: Figures(1, 1, 0, 0, 1, {0: 1})}
AFVAL = {34: Figures(2, 0, 2)}
TODAY = Today(41, {"kcc": KCC, "afval": AFVAL, "leeg": {}})


def worker(name: str, phone: Phone = Phone.FREE, *, paused: bool = False, since: int = 17) -> Worker:
    """Somebody who does this."""
    return Worker(name, Standing(("kcc",), phone, paused, "", since))


def seen(*workers: Worker) -> Overview:
    """All of it."""
    return overview(
        lines={"kcc": LINE, "afval": None, "leeg": LINE}, workers=workers, today=TODAY, promised=60
    )


def test_each_queue_has_its_day_and_all_have_one() -> None:
    """Shares are of those answered; of nobody there is none."""
    view = seen()
    kcc, afval, leeg = view.queues
    assert (kcc.name, kcc.line, afval.line) == ("kcc", LINE, None)
    assert (kcc.day.figures.offered, kcc.day.figures.served, kcc.day.figures.abandoned) == (5, 4, 1)
    assert (kcc.day.identified, kcc.day.in_time) == (0.5, 0.75)
    assert kcc.day.half == pytest.approx(30, rel=0.05)
    assert kcc.day.most == pytest.approx(90, rel=0.05)
    assert (afval.day.identified, afval.day.half, afval.day.most) == (None, None, None)
    assert (view.all.figures.offered, view.all.figures.abandoned) == (7, 3)
    assert [quarter for quarter, _ in kcc.rows] == [33, 40]
    assert leeg.rows == []


def test_charts_of_all_queues_show_the_same_hours() -> None:
    """So that they can be compared."""
    spans = {(chart.first, chart.last) for queue in seen().queues for chart in (queue.callers, queue.waits)}
    assert len(spans) == 1


def test_who_is_away_stands_first_the_longest_before_the_others() -> None:
    """Whom a leader looks for; then by name."""
    view = seen(
        worker("Tom"),
        worker("anna"),
        worker("Els", Phone.BUSY),
        worker("Joost", paused=True, since=20),
        worker("Sanne", paused=True, since=10),
        worker("Piet", Phone.ABSENT),
    )
    assert [each.name for each in view.workers] == ["Sanne", "Joost", "Els", "anna", "Tom", "Piet"]
    assert view.states[State.PAUSED] == 2
    assert view.states[State.RINGING] == 0


def test_only_so_many_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told how many are not."""
    monkeypatch.setattr(overviews, "MOST", 2)
    view = seen(*(worker(f"agent {number}") for number in range(5)))
    assert (len(view.workers), view.more) == (2, 3)


def test_what_is_not_known_is_told_as_that() -> None:
    """Nobody is listed then, and that is not the same as nobody being there."""
    view = overview(lines={}, workers=None, today=Today(0, {}), promised=60)
    assert not view.known
    assert seen().known
    assert view.all.identified is None


def test_of_an_agent_there_is_a_name_and_how_they_stand() -> None:
    """No count of calls, no talking time: nothing by which somebody is measured."""
    assert {field.name for field in fields(Worker)} == {"name", "standing"}
    assert {field.name for field in fields(Standing)} == {
        *("queues", "phone", "paused", "reason"),
        *("since", "until"),
    }
