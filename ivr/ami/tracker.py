"""From what Asterisk tells to where each call is: events make moves, pictures make up for events missed.

Knows events, pictures and the moves of `ivr.store.calls`. Does not know sockets, nor who is calling.

Events come first and are exact; a picture is taken at each (re)connect and every `SWEEP` seconds. It proves
which calls live (their data go on living), ends those that are gone, and finds conversations whose beginning
or end was missed. What a picture takes from a screen must hold in two of them, since a phone that has just
answered is not in its conversation yet; unless it shows the caller with others, or an event has said that the
caller left. What it shows needs one. The first picture must account for every
call that the store knows: what happened to it before this connection, nobody told us.

With whom a caller talks after a transfer, no event says. So when somebody comes to or leaves the conversation
of a caller whom we know, and the queue does not say why, the tracker is `curious`: a picture tells.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import structlog

from ivr.ami.events import (
    AgentComplete,
    AgentConnect,
    BridgeEnter,
    BridgeLeave,
    Event,
    Hangup,
    QueueCallerJoin,
)
from ivr.ami.picture import channel_interface, interface, pair
from ivr.errors import LeaseLostError
from ivr.session.number import clean
from ivr.store.calls import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ivr.ami.picture import Picture, Talk
    from ivr.store.calls import Calls

WAITING: Final = ""
SOMEWHERE: Final = "?"
"""Where a call is that the store knows and the first picture did not find. No interface is called so."""
NOWHERE: Final = frozenset({WAITING, SOMEWHERE})
REMEMBERED: Final = 10_000
"""Calls whose end is remembered, so that an event that comes after it does not bring them back."""
TRANSFERRED: Final = "transfer"

log = structlog.get_logger()


class Tracker:
    """Follows the calls of one Asterisk, for as long as one manager connection lasts.

    ``freed`` is told which member's call is over, or with somebody else.
    """

    def __init__(self, calls: Calls, freed: Callable[[str], None]) -> None:
        self._calls = calls
        self._freed = freed
        self._held: dict[str, str] = {}
        """Caller's Uniqueid to the member's interface, `WAITING` or `SOMEWHERE`; as the store has it."""
        self._first = True
        self._gone: OrderedDict[str, None] = OrderedDict()
        self._doubted: set[str] = set()
        self._moved: set[str] = set()
        """Calls that events have moved since the last picture was begun."""
        self._rooms: dict[str, str] = {}
        """What a conversation goes through (`Talk.rooms`) to the caller, whom we know, in it."""
        self.curious = False
        """Something happened that only a picture can explain. Whoever takes one at once begins it."""

    async def follow(self, event: Event) -> None:
        """Make the move that an event asks for. Events of no interest cost nothing."""
        if isinstance(event, BridgeEnter | BridgeLeave):
            self._notice(event)
        match event:
            case QueueCallerJoin():
                move = self._wait(event.uniqueid, event.queue, event.caller_number, event.reference)
            case AgentConnect():
                move = self._talk(event.uniqueid, event.queue, event.interface, "", event.reference)
            case AgentComplete() if self._held.get(event.uniqueid) == event.interface:
                again = event.reason == TRANSFERRED
                move = self._wait(event.uniqueid, "", "", "") if again else self._end(event.uniqueid)
            case Hangup() if event.uniqueid in self._held or event.reference:
                move = self._end(event.uniqueid)
            case _:
                return
        self._moved.add(event.uniqueid)  # even if the store is away: a picture under way may be older
        await move

    def _notice(self, event: BridgeEnter | BridgeLeave) -> None:
        """See whether somebody came or went whom the events of a queue do not explain."""
        comes = isinstance(event, BridgeEnter)
        if event.uniqueid in self._held:
            if comes:
                self._rooms[event.bridge] = event.uniqueid
            else:
                self._doubted.add(event.uniqueid)
        rooms = (self._rooms.get(room, "") for room in (event.bridge, pair(event.channel)))
        caller = next((who for who in (event.uniqueid, *rooms) if who in self._held), "")
        member = self._held.get(caller)
        if member is None:
            return
        expected = event.uniqueid == caller or interface(event.channel) == channel_interface(member)
        self.curious |= not (comes and expected and member not in NOWHERE)

    def forget(self) -> None:
        """The store may have lost what we hold: the next picture is a first one. What ended stays ended."""
        self._held.clear()
        self._doubted.clear()
        self._first = True

    def begin_picture(self) -> set[str]:
        """Say that a picture is about to be taken; return the calls that we hold now."""
        self.curious = False
        self._moved.clear()
        return set(self._held)

    async def reconcile(self, held: set[str], stored: set[str], picture: Picture) -> None:
        """Bring the store in line with a picture.

        ``held`` is what `begin_picture` returned, ``stored`` what the store knew after that; the picture was
        taken after both. A call that an event has moved meanwhile is left alone: the event may be newer.
        """
        for uniqueid in held - stored - self._moved:
            self._held.pop(uniqueid, None)  # the store began anew, so we tell it again
        await self._prove(held | stored, picture.live)
        for entry in picture.waiting:
            if entry.uniqueid not in self._moved:
                await self._wait(entry.uniqueid, entry.queue, entry.caller_number, "")
        for talk in picture.talking.values():
            if talk.uniqueid not in self._moved:
                await self._reconcile_talk(talk)
            elif not talk.may_be_with(self._held.get(talk.uniqueid, WAITING)):
                self.curious = True
        if self._first:
            self._first = False
            self._held = dict.fromkeys((held | stored) & picture.live, SOMEWHERE) | self._held
        drawn = {room: talk.uniqueid for talk in picture.talking.values() for room in talk.rooms}
        rooms = self._rooms | drawn
        self._rooms = {room: caller for room, caller in rooms.items() if caller in self._held}
        await self._release_absent(picture.talking)

    async def _prove(self, known: set[str], live: frozenset[str]) -> None:
        """End what is gone, and let what lives go on living."""
        for uniqueid in known - live:
            await self._end(uniqueid)
        if not await self._calls.alive(live & (known | self._held.keys())):
            raise LeaseLostError("the lease went to another watcher")

    async def _reconcile_talk(self, talk: Talk) -> None:
        member = self._held.get(talk.uniqueid, WAITING)
        if talk.may_be_with(member):
            return
        if talk.members:
            await self._talk(talk.uniqueid, "", talk.members[0], talk.caller_number, talk.reference)
        elif member:
            await self._wait(talk.uniqueid, "", "", "")

    async def _release_absent(self, talking: Mapping[str, Talk]) -> None:
        """Take a call from a screen whose member is, for the second time, not in its conversation."""
        absent = {
            uniqueid
            for uniqueid, member in self._held.items()
            if member != WAITING
            and uniqueid not in self._moved
            and not (uniqueid in talking and talking[uniqueid].may_be_with(member))
        }
        for uniqueid in absent & self._doubted:
            await self._wait(uniqueid, "", "", "")
        self._doubted = absent - self._doubted

    async def _wait(self, uniqueid: str, queue: str, number: str, reference: str) -> None:
        if uniqueid not in self._gone:
            outcome = await self._calls.queued(uniqueid, queue, clean(number), reference)
            self._note(uniqueid, outcome, WAITING)

    async def _talk(self, uniqueid: str, queue: str, member: str, number: str, reference: str) -> None:
        if uniqueid not in self._gone:
            outcome = await self._calls.connected(uniqueid, queue, member, clean(number), reference)
            self._note(uniqueid, outcome, member)

    async def _end(self, uniqueid: str) -> None:
        self._gone[uniqueid] = None
        if len(self._gone) > REMEMBERED:
            self._gone.popitem(last=False)
        _check(await self._calls.ended(uniqueid))
        self._leave(self._held.pop(uniqueid, WAITING))

    def _note(self, uniqueid: str, outcome: Outcome, where: str) -> None:
        _check(outcome)
        if outcome is Outcome.DONE:
            before = self._held.get(uniqueid, WAITING)
            self._held[uniqueid] = where
            if before != where:
                self._leave(before)

    def _leave(self, member: str) -> None:
        if member not in {WAITING, SOMEWHERE}:
            self._freed(member)


def _check(outcome: Outcome) -> None:
    if outcome is Outcome.FENCED:
        raise LeaseLostError("the lease went to another watcher")
    if outcome is Outcome.ILLEGAL:
        log.warning("call.move_refused", outcome=outcome.value)
