"""The FastAGI protocol without a socket: bytes in, events out.

Knows what Asterisk sends (res/res_agi.c, Asterisk 16 to 22). Must not know of sockets, clocks, call flows or
logs. Its rules:

* A conversation opens with a block of ``agi_*: value`` lines that ends with an empty line.
* Then one command of ours, one reply, and so on. A second command before the reply makes Asterisk break off
  the first, sometimes without any reply to it: so it is refused here.
* ``HANGUP`` is a line by itself that answers nothing. It can stand anywhere after the headers.
* A reply is one line, but for ``520-``: a usage text up to ``520 End of proper usage.``

An input that the table does not list ends the conversation with `Broken`. How the bytes were cut into
segments never changes the events.
"""

from __future__ import annotations

from enum import IntEnum, auto
from typing import TYPE_CHECKING, Final

from ivr.agi.commands import encode
from ivr.agi.events import Broken, Ended, Event, HungUp, Reply
from ivr.agi.parse import BARE, reply_of, request_of, text_of
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
    """What can happen: a whole header block, a kind of line, a command of ours, or the end."""

    HEADER_BLOCK = auto()
    HANGUP = auto()
    REPLY = auto()
    USAGE_OPENS = auto()
    USAGE_ENDS = auto()
    TEXT = auto()
    COMMAND = auto()
    EOF = auto()


# By their bare names: a table is read as one, and before Python 3.12 `State.IDLE` costs 130 ns each time.
HEADERS, IDLE, WAITING, USAGE, OVER = State
HEADER_BLOCK, HANGUP, REPLY, USAGE_OPENS, USAGE_ENDS, TEXT, COMMAND, EOF = Input

TABLE: Final[Mapping[State, Mapping[Input, State]]] = {
    HEADERS: {HEADER_BLOCK: IDLE, EOF: OVER},
    IDLE: {COMMAND: WAITING, HANGUP: IDLE, EOF: OVER},
    WAITING: {REPLY: IDLE, USAGE_OPENS: USAGE, HANGUP: WAITING, EOF: OVER},
    # A usage text may hold lines that look like something else.
    USAGE: {
        TEXT: USAGE, REPLY: USAGE, USAGE_OPENS: USAGE, USAGE_ENDS: IDLE, HANGUP: USAGE, EOF: OVER,
    },
    OVER: {},
}  # fmt: skip

WHOLE_LINES: Final[Mapping[bytes, Input]] = {
    b"HANGUP": HANGUP,
    b"520 End of proper usage.": USAGE_ENDS,
}

LINE_OPENINGS: Final[Mapping[bytes, Input]] = {
    b"200 ": REPLY,
    b"510 ": REPLY,
    b"511 ": REPLY,
    b"520 ": REPLY,
    b"520-": USAGE_OPENS,
}


def classify(line: bytes) -> Input:
    """The kind of a line by itself; whether it may stand where it stands is for the table."""
    return WHOLE_LINES.get(line) or LINE_OPENINGS.get(line[:4], TEXT)


class Wire:
    """One conversation, from the first header to the end.

    `feed` and `end` never raise: what is wrong comes out as `Broken`. `command` raises.
    """

    __slots__ = ("_buffer", "_limits", "_room", "_usage", "hung_up", "state")

    def __init__(self, limits: AgiLimits) -> None:
        self.state = HEADERS
        self.hung_up = False
        self._limits = limits
        self._buffer = b""  # what has begun and is not complete: the header block, or a line
        self._room = limits.reply_bytes  # bytes left for replies until our next command
        self._usage: list[str] = []

    def feed(self, data: bytes) -> list[Event]:
        """What these bytes, after all those before them, mean."""
        bare = BARE.get(data)
        if bare and self.state is WAITING and not self._buffer and len(data) <= self._room:
            self._room -= len(data)
            self._move(REPLY)
            return [bare]
        events: list[Event] = []
        if self.state is OVER:
            return events
        if self._buffer:
            data = self._buffer + data
        try:
            if self.state is HEADERS:
                data = self._read_headers(data, events)
            else:
                data = self._read_lines(data, events)
        except AgiProtocolError as error:
            self.state = OVER
            data = b""
            events.append(Broken(error))
        self._buffer = data
        return events

    def end(self) -> list[Event]:
        """The other side closed. What had begun and was not complete is dropped."""
        if self.state is OVER:
            return []
        self._move(EOF)
        self._buffer = b""
        return [Ended()]

    def command(self, line: str) -> bytes:
        """What to send for this command.

        `HungUpError` after a hangup; `UnsafeValueError` for a line that is not one command;
        `IllegalMoveError` while another is under way, or nobody is there. An error changes nothing.
        """
        if self.hung_up:
            raise HungUpError("the caller hung up")
        data = encode(line)
        self._move(COMMAND)
        self._room = self._limits.reply_bytes
        return data

    def _move(self, what: Input) -> None:
        """Make the move that the table lists."""
        state = TABLE[self.state].get(what)
        if state is None:
            kind = IllegalMoveError if what is COMMAND else AgiProtocolError
            raise kind(f"{what.name} in state {self.state.name}")
        self.state = state

    def _read_headers(self, data: bytes, events: list[Event]) -> bytes:
        """Read the header block once it is whole, and what follows; what is left of `data`."""
        limit = self._limits.header_bytes
        end = data.find(b"\n\n", 0, limit)
        if end < 0:
            if len(data) >= limit:
                raise AgiProtocolError(f"no end of the headers within {limit} bytes")
            return data
        events.append(request_of(data[:end], self._limits.header_count))
        self._move(HEADER_BLOCK)
        return self._read_lines(data[end + 2 :], events)

    def _read_lines(self, data: bytes, events: list[Event]) -> bytes:
        """Read every whole line; what is left of `data`."""
        lines = data.split(b"\n")
        rest = lines.pop()
        for line in lines:
            event = self._read_line(line)
            if event is not None:
                events.append(event)
        if rest and len(rest) >= self._room:
            raise self._too_much()
        return rest

    def _read_line(self, line: bytes) -> Event | None:
        """Take one line; the event that it completes, if any."""
        self._room -= len(line) + 1
        if self._room < 0:
            raise self._too_much()
        what = classify(line)
        self._move(what)
        if what is REPLY and not self._usage:
            return reply_of(line)
        if what is HANGUP:
            return self._hang_up()
        return self._read_usage(line)

    def _too_much(self) -> AgiProtocolError:
        return AgiProtocolError(f"more than {self._limits.reply_bytes} bytes in reply to one command")

    def _hang_up(self) -> HungUp | None:
        """Asterisk tells it again when its AGI application ends; we tell it once."""
        if self.hung_up:
            return None
        self.hung_up = True
        return HungUp()

    def _read_usage(self, line: bytes) -> Reply | None:
        """A line of a usage text; with its last, the reply."""
        self._usage.append(text_of(line))
        if self.state is USAGE:
            return None
        usage, self._usage = "\n".join(self._usage), []
        return Reply(520, usage)
