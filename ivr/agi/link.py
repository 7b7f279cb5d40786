"""One FastAGI connection: the wire on a socket, with deadlines.

Knows bytes, time and who waits for a reply. Must not know commands, call flows or other connections.
Nothing lingers: a link that is over has closed its socket, which lets the caller go on in the dialplan.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol, cast

from ivr.agi.events import Broken, Ended, Event, HungUp, Reply, Request
from ivr.agi.wire import Wire
from ivr.errors import ConnectionEndedError, DeadChannelError, HungUpError, IdBellenError, TooSlowError

if TYPE_CHECKING:
    from ivr.agi.limits import AgiLimits


DEAD_CHANNEL: Final = 511


class LinkOwner(Protocol):
    """Whoever decides what becomes of a link."""

    def admit(self, link: Link) -> bool:
        """Whether there is room for a new connection."""

    def converse(self, link: Link, request: Request) -> asyncio.Task[None]:
        """The headers are there: start. The link cancels this when its time is up."""

    def forget(self, link: Link) -> None:
        """The socket is gone."""


class Link(asyncio.Protocol):
    """One connection, from accept to close.

    One timer serves all its deadlines: to set a later one is an assignment, and the timer, when it goes off
    early, sleeps on. So a dialogue of any number of quick commands costs one timer.
    """

    __slots__ = (
        "_due", "_end_by", "_limits", "_loop", "_owner", "_reply", "_task", "_timer", "_timer_at",
        "_transport", "fault", "wire",
    )  # fmt: skip

    def __init__(self, owner: LinkOwner, limits: AgiLimits) -> None:
        self.wire = Wire(limits)
        self.fault: IdBellenError | None = None
        """Why it is over; None while it is not."""
        self._owner = owner
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._reply: asyncio.Future[Reply] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def conversing(self) -> bool:
        """Whether a call flow was started."""
        return self._task is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """There is a socket: from here the headers have their time."""
        self._transport = cast("asyncio.Transport", transport)
        self._end_by = self._due = self._loop.time() + self._limits.header_seconds
        self._arm()
        if not self._owner.admit(self):
            self.end(ConnectionEndedError("too many connections"))

    def data_received(self, data: bytes) -> None:
        """Bytes came: tell whoever waits what they mean."""
        for event in self.wire.feed(data):
            self._on_event(event)

    def eof_received(self) -> None:
        """The other side will send no more, so it is over, whatever it would still read."""
        for event in self.wire.end():
            self._on_event(event)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  a reset is an end like any other
        """The socket is gone. The timer stays for a conversation that does not notice."""
        self.eof_received()
        if self._task is None:
            self._timer.cancel()
        self._owner.forget(self)

    def pause_writing(self) -> None:
        """Replies come and our commands are not read: these are not replies to them."""
        self.end(TooSlowError("the other side does not read"))

    def ask(self, line: str, seconds: float) -> asyncio.Future[Reply]:
        """Send one command; the future of its reply, which is due in so many seconds.

        Raises what `Wire.command` raises and, when the link is over, why it is. The future has
        `DeadChannelError` for a 511, and what ends the link if that comes first.
        """
        if self.fault is not None:
            raise type(self.fault)(*self.fault.args)
        data = self.wire.command(line)
        self._reply = self._loop.create_future()
        self._transport.write(data)  # may come back as pause_writing
        self._set_due(min(self._loop.time() + seconds, self._end_by))
        return self._reply

    def end(self, fault: IdBellenError) -> None:
        """Close the socket now. Whoever waits gets the fault, and whoever asks later; the first one stays."""
        if self.fault is not None:
            return
        self.fault = fault
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(fault)
        self._transport.abort()  # not close(), which waits for a peer that does not read

    def finish(self) -> None:
        """The conversation is over, however it went."""
        self.end(ConnectionEndedError("the dialogue is over"))
        self._timer.cancel()

    def _on_event(self, event: Event) -> None:
        match event:
            case Reply():
                self._due = self._end_by
                self._on_reply(event)
            case Request():
                self._end_by = self._loop.time() + self._limits.dialogue_seconds
                self._set_due(self._end_by)
                self._task = self._owner.converse(self, event)
            case HungUp():
                pass  # the wire remembers; the reply to a command under way may still come
            case Ended():
                gone = HungUpError if self.wire.hung_up else ConnectionEndedError
                self.end(gone("the other side closed the connection"))
            case Broken(error):
                self.end(error)

    def _on_reply(self, reply: Reply) -> None:
        if self._reply is None or self._reply.done():  # given up by who waited
            return
        if reply.code == DEAD_CHANNEL:
            self._reply.set_exception(DeadChannelError("not permitted on a dead channel"))
        else:
            self._reply.set_result(reply)

    def _set_due(self, due: float) -> None:
        self._due = due
        if due < self._timer_at:
            self._timer.cancel()
            self._arm()

    def _arm(self) -> None:
        self._timer_at = self._due
        self._timer = self._loop.call_at(self._due, self._on_timer)

    def _on_timer(self) -> None:
        now = self._loop.time()
        if now < self._due:  # a later deadline took the place of the one that this timer was for
            self._arm()
        elif self._task is None:
            self.end(TooSlowError(f"no complete headers in {self._limits.header_seconds} s"))
        elif now < self._end_by:
            self.end(TooSlowError("no reply in time"))
            self._due = self._end_by
            self._arm()
        else:
            self.end(TooSlowError(f"a dialogue of more than {self._limits.dialogue_seconds} s"))
            self._task.cancel()
