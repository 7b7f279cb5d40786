r"""The manager protocol without a socket: bytes in, whole messages out; actions as bytes.

Knows how Asterisk 16 to 22 frame messages (main/manager.c). Must not know what they mean, nor of sockets,
clocks and logs. Its rules:

* One greeting line, then messages: ``Name: value`` lines that end with CRLF, then an empty line.
* How the bytes were cut into segments never changes the messages, nor a character in them.
* A message over a limit is skipped to its end and counted; the next one is whole again.
* Bytes that are not UTF-8 come out as ``\xff``: readable, and two different ones stay different.
* Asterisk escapes CR and LF in names and variables (``\r\n`` as four characters), but not in the text of a
  ``UserEvent`` or of a dialplan application: who chooses that text may forge whole messages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ivr.errors import AmiProtocolError, UnsafeValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.ami.limits import AmiLimits

END: Final = b"\r\n\r\n"
GREETING: Final = b"Asterisk Call Manager/"

MAX_ACTION_LINE_BYTES: Final = 1000
"""Asterisk throws a longer line away and reads on in the middle of it (inbuf[1025] in manager.h)."""
MAX_ACTION_HEADERS: Final = 100
"""Asterisk takes 128 (AST_MAX_MANHEADERS)."""

_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_UNSAFE = re.compile("[\r\n\0]")


class Splitter:
    """Cuts a stream into messages. Holds at most one unfinished message of `AmiLimits.message_bytes`."""

    def __init__(self, limits: AmiLimits) -> None:
        self.version = ""
        """Of the protocol, from the greeting; empty before it came."""
        self.oversized = 0
        """Messages skipped because they were too long."""
        self._limits = limits
        self._pending = bytearray()
        self._skipping = False

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that ``data`` completes, without their empty last line.

        `AmiProtocolError` when the greeting is not Asterisk's: nothing after it can be trusted.
        """
        if not self.version:
            data = self._greet(data)
            if not self.version:
                return []
        if self._pending:
            seen = max(0, len(self._pending) - len(END) + 1)
            self._pending += data
            if self._pending.find(END, seen) < 0:
                self._bound()
                return []
            data = bytes(self._pending)
        *messages, rest = data.split(END)
        self._pending = bytearray(rest)
        if messages and self._skipping:
            del messages[0]
            self._skipping = False
        self._bound()
        return self._fitting(messages)

    def _greet(self, data: bytes) -> bytes:
        """Take the greeting line off; what is behind it."""
        self._pending += data
        line, found, rest = bytes(self._pending).partition(b"\r\n")
        so_far = line if found else line + GREETING[len(line) :]
        if not so_far.startswith(GREETING) or len(line) > self._limits.greeting_bytes + (
            not found
        ):  # its CR may stand there
            raise AmiProtocolError("the greeting is not that of an Asterisk manager")
        if not found:
            return b""
        self.version = line[len(GREETING) :].decode("ascii", "backslashreplace") or "unknown"
        self._pending.clear()
        return rest

    def _bound(self) -> None:
        """Let go of an unfinished message that is too long already, but for what may open its end."""
        if len(self._pending) >= self._limits.message_bytes + len(END):
            self.oversized += not self._skipping
            self._skipping = True
            del self._pending[: 1 - len(END)]

    def _fitting(self, messages: list[bytes]) -> list[bytes]:
        """Only the messages within the limit; empty lines between messages are nothing."""
        most = self._limits.message_bytes
        fitting = [message for message in messages if 0 < len(message) <= most]
        if len(fitting) != len(messages):
            self.oversized += sum(len(message) > most for message in messages)
        return fitting


@dataclass(frozen=True, slots=True)
class Headers:
    """One message, decoded: each name's first value, and the values of names that came again."""

    first: Mapping[str, str]
    again: tuple[tuple[str, str], ...] = ()


def parse(message: bytes, limits: AmiLimits) -> Headers:
    """A message's headers. `AmiProtocolError` when it has more of them, or a longer one, than the limits."""
    lines = message.decode("utf-8", "backslashreplace").split("\r\n")
    if len(lines) > limits.headers:
        raise AmiProtocolError(f"a message of {len(lines)} headers; at most {limits.headers} are read")
    if len(message) * 4 > limits.line_chars and max(map(len, lines)) > limits.line_chars:
        raise AmiProtocolError(f"a header of more than {limits.line_chars} characters")
    first: dict[str, str] = {}
    again = []
    for line in lines:
        name, _, value = line.partition(": ")
        if name in first:
            again.append((name, value))
        else:
            first[name] = value
    return Headers(first, tuple(again))


def encode(action: str, action_id: str, fields: Mapping[str, str | int]) -> bytes:
    """An action as Asterisk reads it.

    `UnsafeValueError`, which names the field and never shows its value, when a value holds CR, LF or NUL,
    is no text, or is longer than Asterisk reads; the same for a name that is none.
    """
    lines = [_line("Action", action), _line("ActionID", action_id)]
    lines += [_line(name, str(value)) for name, value in fields.items()]
    if len(lines) > MAX_ACTION_HEADERS:
        raise UnsafeValueError(f"an action of {len(lines)} headers; at most {MAX_ACTION_HEADERS} are sent")
    return b"".join(lines) + b"\r\n"


def _line(name: str, value: str) -> bytes:
    if not _HEADER_NAME.fullmatch(name):
        raise UnsafeValueError(f"{name!r} is no name for a manager header")
    if _UNSAFE.search(value):
        raise UnsafeValueError(f"{name} holds CR, LF or NUL, which would be read as another action")
    try:
        line = f"{name}: {value}\r\n".encode()
    except UnicodeEncodeError:
        raise UnsafeValueError(f"{name} holds what is no text in UTF-8") from None
    if len(line) > MAX_ACTION_LINE_BYTES:
        raise UnsafeValueError(f"{name} is longer than the {MAX_ACTION_LINE_BYTES} bytes that Asterisk reads")
    return line
