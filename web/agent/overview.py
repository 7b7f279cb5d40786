"""What a team leader sees: all queues now and today, and who does what. Of callers figures only.

Pure: from what the store says to what a page shows. Of agents there is what is needed to lead: their state
now, and since when. What anybody did today is not counted for anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ivr.session.figures import Figures, total
from ivr.session.floor import State
from web.agent import charts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ivr.session.floor import QueueLine, Standing
    from ivr.store.figures import Today

MOST: Final = 200
"""So many agents are listed; how many there are in each state is told of all."""
ORDER: Final = {
    state: place
    for place, state in enumerate(
        (State.PAUSED, State.WRAP_UP, State.CALL, State.RINGING, State.READY, State.ABSENT)
    )
}
"""Whom a leader looks for first."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who answers calls."""

    name: str
    """As colleagues see it; of who has no account, the phone's."""
    standing: Standing

    @property
    def state(self) -> State:
        """What they do now."""
        return self.standing.state


@dataclass(frozen=True, slots=True)
class Share:
    """A queue's day, or that of all, in one line. Shares from 0 to 1; None of nobody."""

    figures: Figures

    @property
    def identified(self) -> float | None:
        """Of those answered, who had proven who they are."""
        return self.figures.share(self.figures.identified)

    @property
    def in_time(self) -> float | None:
        """Of those answered, who waited no longer than was promised."""
        return self.figures.share(self.figures.in_time)

    @property
    def half(self) -> float | None:
        """Seconds that half of them did not wait longer than."""
        return self.figures.wait(charts.HALF)

    @property
    def most(self) -> float | None:
        """The same of nine in ten."""
        return self.figures.wait(charts.MOST)


@dataclass(frozen=True, slots=True)
class TeamQueue:
    """One queue."""

    name: str
    line: QueueLine | None
    """None: nothing is known of it now."""
    quarters: Mapping[int, Figures]
    day: Share
    callers: charts.Chart
    waits: charts.Chart

    @property
    def rows(self) -> list[tuple[int, Share]]:
        """Its quarters in which anything was."""
        return [(quarter, Share(figures)) for quarter, figures in sorted(self.quarters.items())]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything."""

    queues: tuple[TeamQueue, ...]
    all: Share
    """All queues together, today."""
    workers: tuple[Worker, ...]
    states: Mapping[State, int]
    """How many of them are in each state; of all."""
    known: bool
    """Whether anything is known of who does what now."""

    @property
    def more(self) -> int:
        """How many workers are not listed."""
        return sum(self.states.values()) - len(self.workers)


def overview(
    *,
    lines: Mapping[str, QueueLine | None],
    workers: Collection[Worker] | None,
    today: Today,
    promised: float,
) -> Overview:
    """Put it together. ``workers`` is None when nothing is known of them now."""
    first, last = charts.span(today.queues.values(), today.quarter)
    queues = tuple(
        TeamQueue(
            name=name,
            line=line,
            quarters=(day := today.queues.get(name, {})),
            day=Share(total(day.values())),
            callers=charts.callers(day, first, last),
            waits=charts.waits(day, first, last, promised),
        )
        for name, line in lines.items()
    )
    ordered = sorted(
        workers or (), key=lambda each: (ORDER[each.state], each.standing.since, each.name.casefold())
    )
    states = [each.state for each in ordered]
    return Overview(
        queues=queues,
        all=Share(total(queue.day.figures for queue in queues)),
        workers=tuple(ordered[:MOST]),
        states={state: states.count(state) for state in ORDER},
        known=workers is not None,
    )
