"""The FastAGI protocol without a socket: bytes in, events out.

Knows what Asterisk sends (res/res_agi.c, Asterisk 16 to 22). Must not know of sockets, clocks, call flows or
logs. Its rules:

* A conversation opens with a block of ``agi_*: value`` lines that ends with an empty line.
* Then one command of ours, one reply, and so on. A second command before the reply makes Asterisk break off
  the first, sometimes without any reply to it: so it is refused here.
* ``HANGUP`` is a line by itself that answers nothing. It can stand anywhere after the headers.
* A reply is one line, but for ``520-``: a usage text up to ``520 End of proper usage.``
* What is not UTF-8 is kept as lone surrogates (PEP 383) and goes back as the bytes that came.

An input that the table does not list ends the conversation with `Broken`. How the bytes were cut into
segments never changes the events.
"""

from __future__ import annotations

import re
from enum import IntEnum, auto
from typing import TYPE_CHECKING, Final

from ivr.agi.commands import encode
from ivr.agi.events import Broken, Ended, Event, HungUp, Reply, Request
from ivr.errors import AgiProtocolError, HungUpError, IllegalMoveError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.agi.limits import AgiLimits


class State(IntEnum):
    """Where the conversation is."""

    HEADERS = auto()
    IDLE = auto()  # our turn
    WAITING = auto()  # a command is under way
    USAGE = auto()  # its reply has begun, as a usage text
    OVER = auto()


class Input(IntEnum):
    """What can happen: a kind of line, a command of ours, or the end."""

    HEADER = auto()
    BLANK = auto()
    HANGUP = auto()
    REPLY = auto()
    USAGE_OPENS = auto()
    USAGE_ENDS = auto()
    TEXT = auto()
    COMMAND = auto()
    EOF = auto()


TABLE: Final[Mapping[State, Mapping[Input, State]]] = {
    State.HEADERS: {
        Input.HEADER: State.HEADERS,
        Input.BLANK: State.IDLE,
        Input.EOF: State.OVER,
    },
    State.IDLE: {
        Input.COMMAND: State.WAITING,
        Input.HANGUP: State.IDLE,
        Input.EOF: State.OVER,
    },
    State.WAITING: {
        Input.REPLY: State.IDLE,
        Input.USAGE_OPENS: State.USAGE,
        Input.HANGUP: State.WAITING,
        Input.EOF: State.OVER,
    },
    State.USAGE: {
        Input.USAGE_ENDS: State.IDLE,
        Input.HANGUP: State.USAGE,
        Input.EOF: State.OVER,
        # A usage text may hold lines that look like something else.
        Input.TEXT: State.USAGE,
        Input.BLANK: State.USAGE,
        Input.HEADER: State.USAGE,
        Input.REPLY: State.USAGE,
        Input.USAGE_OPENS: State.USAGE,
    },
    State.OVER: {},
}

WHOLE_LINES: Final[Mapping[bytes, Input]] = {
    b"": Input.BLANK,
    b"HANGUP": Input.HANGUP,
    b"520 End of proper usage.": Input.USAGE_ENDS,
}

LINE_OPENINGS: Final[Mapping[bytes, Input]] = {
    b"agi_": Input.HEADER,
    b"200 ": Input.REPLY,
    b"510 ": Input.REPLY,
    b"511 ": Input.REPLY,
    b"520 ": Input.REPLY,
    b"520-": Input.USAGE_OPENS,
}

CALL_HEADERS: Final = ("agi_channel", "agi_uniqueid")
"""Without these there is no call to speak about."""

DONE: Final = 200

_RESULT: Final = re.compile(r"result=(?:(-?\d{1,18})|\S*)(?: \((.*)\))?(?: endpos=(\d{1,18}))?", re.ASCII)


def classify(line: bytes) -> Input:
    """The kind of a line by itself; whether it may stand where it stands is for the table."""
    return WHOLE_LINES.get(line) or LINE_OPENINGS.get(line[:4], Input.TEXT)


class Wire:
    """One conversation, from the first header to the end.

    `feed` and `end` never raise: what is wrong comes out as `Broken`. `command` raises.
    """

    __slots__ = ("_buffer", "_headers", "_limits", "_room", "_usage", "hung_up", "state")

    def __init__(self, limits: AgiLimits) -> None:
        self.state = State.HEADERS
        self.hung_up = False
        self._limits = limits
        self._buffer = b""  # the line that has begun
        self._room = limits.header_bytes  # left for the block, or the reply, that has begun
        self._headers: dict[str, str] = {}
        self._usage: list[str] = []

    def feed(self, data: bytes) -> list[Event]:
        """What these bytes, after all those before them, mean."""
        events: list[Event] = []
        if self.state is State.OVER:
            return events
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        try:
            for line in lines:
                event = self._read(line)
                if event is not None:
                    events.append(event)
            self._check_size(len(self._buffer))
        except AgiProtocolError as error:
            self.state = State.OVER
            self._buffer = b""
            events.append(Broken(error))
        return events

    def end(self) -> list[Event]:
        """The other side closed. What had begun and was not finished is dropped."""
        if self.state is State.OVER:
            return []
        self._move(Input.EOF)
        return [Ended()]

    def command(self, line: str) -> bytes:
        """What to send for this command.

        `HungUpError` after a hangup; `UnsafeValueError` for a line that is not one command;
        `IllegalMoveError` while another is under way, or nobody is there. An error changes nothing.
        """
        if self.hung_up:
            raise HungUpError("the caller hung up")
        data = encode(line)
        self._move(Input.COMMAND)
        self._room = self._limits.reply_bytes
        return data

    def _move(self, what: Input) -> State:
        """Make the move that the table lists; the state before it."""
        before = self.state
        after = TABLE[before].get(what)
        if after is None:
            kind = IllegalMoveError if what is Input.COMMAND else AgiProtocolError
            raise kind(f"{what.name} in state {before.name}")
        self.state = after
        return before

    def _check_size(self, size: int) -> None:
        """Refuse a line that has this many bytes, LF among them, or already has so many without one."""
        if size > self._limits.line_bytes or size > self._room:
            limit = min(self._limits.line_bytes, self._room)
            raise AgiProtocolError(f"more than the {limit} bytes left for a line in state {self.state.name}")

    def _read(self, line: bytes) -> Event | None:
        """Take one line; the event that it completes, if any."""
        size = len(line) + 1
        self._check_size(size)
        self._room -= size
        what = classify(line)
        before = self._move(what)
        if what is Input.HANGUP:
            return self._hang_up()
        text = line.decode("utf-8", "surrogateescape")
        if before is State.HEADERS:
            return self._read_header(text)
        if before is State.WAITING and what is Input.REPLY:
            return _reply(int(text[:3]), text[4:])
        return self._read_usage(text)

    def _hang_up(self) -> HungUp | None:
        """Asterisk tells it again when the AGI application ends; we tell it once."""
        if self.hung_up:
            return None
        self.hung_up = True
        return HungUp()

    def _read_header(self, text: str) -> Request | None:
        """One ``agi_*`` line, or the empty one that ends them."""
        headers = self._headers
        if text:
            name, colon, value = text.partition(": ")
            if not colon or name in headers or len(headers) >= self._limits.header_count:
                raise AgiProtocolError("a header without ': ', twice the same, or too many headers")
            headers[name] = value
            return None
        for name in CALL_HEADERS:
            if name not in headers:
                raise AgiProtocolError(f"no header {name}")
        return Request(headers)

    def _read_usage(self, text: str) -> Reply | None:
        """A line of a usage text; the reply with its last."""
        self._usage.append(text)
        if self.state is State.USAGE:
            return None
        usage, self._usage = "\n".join(self._usage), []
        return Reply(520, usage)


def _reply(code: int, text: str) -> Reply:
    """A reply of one line, taken apart."""
    if code != DONE:
        return Reply(code, text)
    parts = _RESULT.fullmatch(text)
    if parts is None:
        raise AgiProtocolError("a 200 reply that is not: result=… (data) endpos=…")
    result, data, endpos = parts.groups()
    return Reply(code, text, _number(result), data or "", _number(endpos))


def _number(digits: str | None) -> int | None:
    """At most 18 digits, which the pattern saw to."""
    return None if digits is None else int(digits)
