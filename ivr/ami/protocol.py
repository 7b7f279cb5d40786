"""One manager connection: events in Asterisk's order, answers to their actions, and an end that is noticed.

This is the ``protocol_factory`` that panoramisk's Manager is given, so it has the methods and the attributes
that the Manager uses; what it mends is listed in ``tests/ivr/ami/test_panoramisk.py``. Knows one connection
from its first byte to its last. Must not know how to log in or to connect again (``link``), nor what events
mean for a call, nor logs: what Asterisk says is never written anywhere.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final, cast

from ivr.ami.answers import Answers, fail
from ivr.ami.table import EVENTS, read_event
from ivr.ami.wire import Splitter, encode
from ivr.errors import AmiProtocolError, ManagerGoneError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.ami.events import Event
    from ivr.ami.limits import AmiLimits
    from ivr.ami.tally import AmiTally

_EVENT: Final = b"Event: "
_RESPONSE: Final = b"Response: "
_NAME_BEFORE: Final = 64
"""No event's name that we know reaches this far."""


class AmiProtocol(asyncio.Protocol):
    """One connection. It ends by itself when it is lost, silent, not AMI, or not read fast enough."""

    # panoramisk's Manager sets these once it is connected. Nothing here reads them.
    factory: object
    log: object
    config: object
    encoding: str
    queue: object
    responses: object

    def __init__(self, limits: AmiLimits, tally: AmiTally, token: str) -> None:
        """To be made in a running loop. ``token`` is for `Answers`: random, of this connection alone."""
        self.ended = ""
        """Why the connection is over; empty while it is not."""
        self._limits = limits
        self._tally = tally
        self._splitter = Splitter(limits)
        self._oversized = 0
        self._answers = Answers(limits, tally, token, self._drop)
        self._backlog: deque[Event] = deque()
        self._news = asyncio.Event()
        self._closed = asyncio.Event()
        self._closed.set()
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self.greeted: asyncio.Future[str] = self._loop.create_future()
        """The version in Asterisk's greeting, or `ManagerGoneError`."""

    def send(self, data: Mapping[str, str | int], as_list: str | None = None) -> asyncio.Future[Any]:
        """Send an action; with ``as_list``, the name of the event that ends its list.

        The future ends within the limits: with `Response` or the list's items, or with `ManagerError`
        (refused, or not complete), `ManagerGoneError` (no connection; nothing is kept for a later one) or
        `TooSlowError`. `UnsafeValueError` is raised at once, and nothing is sent.
        """
        fields = dict(data)
        name = str(fields.pop("Action"))
        action_id = self._answers.next_id()
        message = encode(name, action_id, fields)
        if self._transport is None or self.ended:
            future = self._loop.create_future()
            fail(future, ManagerGoneError(f"no manager connection; {name} was not sent"))
            return future
        self._transport.write(message)
        return self._answers.expect(self._loop, action_id, name, as_list or "")

    async def next_event(self) -> Event | None:
        """The next event in Asterisk's order; None when the connection is over and all are taken."""
        while not self._backlog:
            if self.ended:
                return None
            self._news.clear()
            await self._news.wait()
        return self._backlog.popleft()

    def close(self) -> None:
        """End the connection; what is under way fails."""
        self._drop("we closed it")

    async def wait_closed(self) -> None:
        """Until the socket is given back, after `close`."""
        await self._closed.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands (asyncio)."""
        self._transport = cast("asyncio.Transport", transport)
        self._closed.clear()
        if self.ended:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Bytes came (asyncio). Nothing is raised: what is wrong is counted, or ends the connection."""
        try:
            messages = self._splitter.feed(data)
        except AmiProtocolError as fault:
            self._drop(str(fault))
            return
        if self._splitter.version and not self.greeted.done():
            self.greeted.set_result(self._splitter.version)
        self._tally.oversized += self._splitter.oversized - self._oversized
        self._oversized = self._splitter.oversized
        for message in messages:
            if self.ended:
                return
            self._take(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone (asyncio)."""
        self._end(f"lost: {type(exc).__name__}" if exc else "Asterisk closed it")
        self._closed.set()

    def _take(self, message: bytes) -> None:
        if message.startswith(_EVENT):
            self._take_event(message)
        elif message.startswith(_RESPONSE):
            self._answers.take_response(message)
        elif message[:1] in (b"\r", b"\n"):  # a line end too many before it
            self._take(message.lstrip(b"\r\n"))
        else:
            self._tally.strange += 1

    def _take_event(self, message: bytes) -> None:
        name = message[len(_EVENT) : _NAME_BEFORE].partition(b"\r\n")[0]
        if self._answers.lists and self._answers.take_item(name, message):
            return
        if name not in EVENTS:
            self._tally.passed_over += 1
            return
        try:
            event = read_event(name, message, self._limits)
        except AmiProtocolError:
            self._tally.malformed += 1
            return
        if len(self._backlog) >= self._limits.backlog:
            self._drop(f"{self._limits.backlog} events waited and nobody took them")
            return
        self._tally.events += 1
        self._backlog.append(event)
        self._news.set()

    def _drop(self, reason: str) -> None:
        """End it now. Not politely: the other side may be frozen, and would never take our last words."""
        self._end(reason)
        if self._transport is not None:
            self._transport.abort()

    def _end(self, reason: str) -> None:
        if not self.ended:
            self.ended = reason
            self._answers.end(f"the manager connection ended: {reason}")
            fail(self.greeted, ManagerGoneError(f"the manager connection ended: {reason}"))
            self._news.set()
