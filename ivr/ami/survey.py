"""What QueueStatus says of the queues: their figures, and who stands at which place.

PURE. One who works in several queues serves each in the measure of its callers, so that nobody is counted
twice: what is promised from these figures must hold.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ivr.ami.events import QueueEntry, QueueMember, QueueParams
from ivr.session.floor import WRAP_UP
from ivr.session.queue import QueueFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ivr.ami.events import Item

FREE: Final = frozenset({0, 1})
"""Device states in which a phone is rung: unknown, not in use (``member_status_available``, app_queue.c)."""
ABSENT: Final = frozenset({4, 5})
"""Invalid and unavailable: nobody is logged in there (``manager_queues_summary``)."""


@dataclass(frozen=True, slots=True)
class Survey:
    """All queues of one Asterisk at one moment."""

    queues: Mapping[str, QueueFacts]
    """By name."""
    waiting: tuple[QueueEntry, ...]


def survey(items: Iterable[Item]) -> Survey:
    """Put the answer to QueueStatus together."""
    params: list[QueueParams] = []
    present: defaultdict[str, list[QueueMember]] = defaultdict(list)
    entries: list[QueueEntry] = []
    for item in items:
        match item:
            case QueueParams():
                params.append(item)
            case QueueMember() if item.status not in ABSENT:
                present[item.queue].append(item)
            case QueueEntry():
                entries.append(item)
            case _:
                pass
    waiting = Counter(entry.queue for entry in entries)
    serving = _serving(present, waiting)
    queues = {
        each.queue: _facts(each, present[each.queue], serving[each.queue], waiting[each.queue])
        for each in params
    }
    return Survey(queues, tuple(entries))


def _facts(params: QueueParams, present: list[QueueMember], serving: float, waiting: int) -> QueueFacts:
    return QueueFacts(
        logged_in=len(present),
        serving=serving,
        available=sum(member.status in FREE and not member.paused for member in present),
        waiting=waiting,
        hold_seconds=params.hold_time if params.completed else None,
        talk_seconds=params.talk_time if params.completed else None,
    )


def _serving(present: Mapping[str, list[QueueMember]], waiting: Mapping[str, int]) -> Mapping[str, float]:
    """How many members each queue has to itself."""
    of_member: defaultdict[str, list[str]] = defaultdict(list)
    for queue, members in present.items():
        for member in members:
            if not member.paused or member.reason == WRAP_UP:  # who will take calls again in a moment
                of_member[member.interface].append(queue)
    serving: defaultdict[str, float] = defaultdict(float)
    for queues in of_member.values():
        all_waiting = sum(waiting[queue] for queue in queues)
        for queue in queues:
            # Where nobody waits anywhere, whoever calls next has this member to themselves.
            serving[queue] += waiting[queue] / all_waiting if waiting[queue] else not all_waiting
    return serving
