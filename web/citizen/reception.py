"""Whether a citizen can be helped now, told before anything is asked: closed, disrupted, nobody at work.

Knows hours, the notice and the queues' figures. What cannot be known counts as open: a fault of ours turns
nobody away. Nor does an empty queue: agents log in at any moment, so who was told may go on all the same.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ivr.errors import StoreError
from ivr.session.notice import Kind
from ivr.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ivr.session.notice import Notice
    from ivr.session.opening import Hours, Status
    from ivr.session.purpose import Purpose, Purposes
    from ivr.store.notices import Notices
    from ivr.store.queues import Queues


class Bar(StrEnum):
    """What stands between a citizen and an employee."""

    NONE = ""
    EMPTY = "empty"
    """Nobody is at work in the queue, nor in the ordinary one."""
    CLOSED = "closed"
    DISRUPTED = "disrupted"
    ENDED = "ended"


STOPS: Final = {Kind.NOTICE: Bar.NONE, Kind.DISRUPTED: Bar.DISRUPTED, Kind.ENDED: Bar.ENDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands at one moment, with one subject or with all of them."""

    bar: Bar
    notice: Notice | None
    hours: Hours
    status: Status
    ordinary: Status
    """Of the ordinary number."""

    @property
    def stops(self) -> bool:
        """Whether nobody can start."""
        return self.bar not in {Bar.NONE, Bar.EMPTY}


class Reception:
    """Looks how it stands. ``notice`` is the one of the settings, which holds while the store has none."""

    def __init__(
        self,
        purposes: Purposes,
        *,
        ordinary: Hours,
        ordinary_queue: str,
        notices: Notices,
        queues: Queues,
        notice: Notice | None = None,
        now: Callable[[], float],
    ) -> None:
        self._purposes = purposes
        self._ordinary = ordinary
        self._ordinary_queue = ordinary_queue
        self._notices = notices
        self._queues = queues
        self._notice = notice
        self._now = now
        self._trouble = Trouble("reception.store_lost", "reception.store_back")

    def now(self) -> datetime:
        """Return the time."""
        return datetime.fromtimestamp(self._now(), UTC)

    async def of(self, purpose: Purpose) -> Standing:
        """Look how it stands with one subject."""
        notice, empty = await asyncio.gather(self._told(), self._empty([purpose]))
        return self._standing(purpose, notice, empty)

    async def of_all(self) -> tuple[Standing, dict[str, Standing]]:
        """Look how it stands with all subjects together, and with each by its name.

        Together it is as with the subject that opens first, so "closed" and "empty" hold for all.
        """
        notice, empty = await asyncio.gather(self._told(), self._empty(self._purposes))
        each = {purpose.name: self._standing(purpose, notice, empty) for purpose in self._purposes}
        return min(each.values(), key=_nearness), each

    def _standing(self, purpose: Purpose, notice: Notice | None, empty: frozenset[str]) -> Standing:
        now = self.now()
        status = purpose.hours.at(now)
        bar = STOPS[notice.kind] if notice else Bar.NONE
        if not bar and not status.open:
            bar = Bar.CLOSED
        if not bar and {purpose.queue, self._ordinary_queue} <= empty:
            bar = Bar.EMPTY
        return Standing(
            bar=bar, notice=notice, hours=purpose.hours, status=status, ordinary=self._ordinary.at(now)
        )

    async def _told(self) -> Notice | None:
        try:
            up = await self._notices.current()
        except StoreError as error:
            self._trouble.tell(error)
            return self._notice
        self._trouble.over()
        return up or self._notice

    async def _empty(self, purposes: Iterable[Purpose]) -> frozenset[str]:
        """Return the queues of which is known that nobody is at work in them."""
        names = sorted({purpose.queue for purpose in purposes} | {self._ordinary_queue})
        empty = await asyncio.gather(*(self._is_empty(name) for name in names))
        return frozenset(name for name, nobody in zip(names, empty, strict=True) if nobody)

    async def _is_empty(self, queue: str) -> bool:
        try:
            facts = await self._queues.facts(queue)
        except StoreError as error:
            self._trouble.tell(error)
            return False
        return facts is not None and facts.logged_in == 0


def _nearness(standing: Standing) -> tuple[int, datetime]:
    """Order by what is nearest to being helped: nothing in the way, then the first to open."""
    order = list(Bar).index(standing.bar)
    never = datetime.max.replace(tzinfo=UTC)
    return order, (standing.status.until or never) if standing.bar is Bar.CLOSED else never
