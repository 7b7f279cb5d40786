"""Keeps members in the queues in which their agents belong, for as long as those are at work.

Knows who is at work (the web says so), and whom we have added. Looks when that changes and every few moments;
what could not be done is done at the next look, so neither a dead Asterisk nor a dead `idbellen ivr` leaves
anybody in a queue for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from ivr.ami.roster import plan
from ivr.errors import ManagerError, ManagerGoneError, StoreError, TooSlowError
from ivr.store.staff import staff_topic
from ivr.trouble import Trouble

if TYPE_CHECKING:
    from ivr.ami.members import Members
    from ivr.ami.roster import Step
    from ivr.store.feed import Feed
    from ivr.store.lease import Lease
    from ivr.store.staff import Staff

LOOK_SECONDS: Final = 3.0
"""Between two looks without being woken: log-ins that run out tell nobody."""

log = structlog.get_logger()


class Attendant:
    """Adds and removes members of the Asterisk of this lease."""

    def __init__(self, lease: Lease, staff: Staff, members: Members, feed: Feed) -> None:
        self._lease = lease
        self._staff = staff
        self._members = members
        self._feed = feed
        self._present: dict[str, frozenset[str]] = {}
        self._trouble = Trouble("staff.untended", "staff.tended")

    def present(self, interface: str) -> bool:
        """Tell whether this member's agent is at a desktop."""
        return interface in self._present

    async def run(self) -> None:
        """Tend to them; until cancelled, or `LeaseLostError`."""
        with self._feed.watch(staff_topic(self._lease.asterisk)) as watch:
            while True:
                try:
                    await self._tend()
                except (ManagerGoneError, StoreError, TooSlowError) as error:
                    self._trouble.tell(error)
                else:
                    self._trouble.over()
                await watch.changed(LOOK_SECONDS)

    async def _tend(self) -> None:
        self._present = await self._staff.present(self._lease.asterisk)
        if not self._members.may:
            return
        added = await self._adopted(await self._staff.added(self._lease.asterisk))
        for step in list(plan(self._present, added, self._members.posts, self._members.queues)):
            ours = added.get(step.interface, frozenset())
            added[step.interface] = await self._take(step, ours)

    async def _adopted(self, added: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        """Take as ours who is where they belong and does not stand in queues.conf.

        We added them before the store lost all it knew, or Asterisk did, from before its restart.
        """
        for interface, queues in self._present.items():
            ours = added.get(interface, frozenset())
            there = {queue for queue in queues if (interface, queue) in self._members.dynamic}
            if not there <= ours:
                added[interface] = ours | there
                await self._staff.keep(self._lease, interface, added[interface])
        return added

    async def _take(self, step: Step, ours: frozenset[str]) -> frozenset[str]:
        """Take a step; return to which queues the member is added by us after it."""
        if not step.add:
            await self._do(step)  # refused: somebody else removed it, or it stands in queues.conf by now
            ours -= {step.queue}
            await self._staff.keep(self._lease, step.interface, ours)
            return ours
        # Written first: a member that we added and do not know of would stay for good.
        await self._staff.keep(self._lease, step.interface, ours | {step.queue})
        if await self._do(step):
            return ours | {step.queue}
        await self._staff.keep(self._lease, step.interface, ours)
        return ours

    async def _do(self, step: Step) -> bool:
        try:
            if step.add:
                await self._members.add(step.interface, step.queue)
            else:
                await self._members.remove(step.interface, step.queue)
        except ManagerGoneError:
            raise
        except ManagerError:
            return False
        log.info("staff.added" if step.add else "staff.removed", queue=step.queue)
        return True
