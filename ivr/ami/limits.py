"""How much, and how long, the other side of a manager connection may take.

A message over a limit is dropped and counted; a wait or a backlog over its limit ends the connection, so that
whoever follows it starts again from a snapshot. Knows numbers only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AmiLimits:
    """Sizes in bytes unless named otherwise, waits in seconds."""

    greeting_bytes: int = 128
    """The first line. ``Asterisk Call Manager/11.0.0`` is 28."""

    message_bytes: int = 64 * 1024
    """One event or answer. The longest that Asterisk 22 sends us, ListCommands, has 7 KiB."""

    line_chars: int = 8 * 1024
    """One header of it, decoded. A dialplan expression can hold no more bytes (EXT_DATA_SIZE)."""

    headers: int = 512
    """Headers in one message. LocalBridge has 40, ListCommands 91 (Asterisk 22)."""

    list_items: int = 50_000
    """Items of one list: 10,000 waiting callers are 10,000 channels."""

    backlog: int = 10_000
    """Events that wait for whoever follows. One more ends the connection: nothing is lost silently."""

    login_seconds: float = 5.0
    """From the start of connecting to the answer to Login."""

    answer_seconds: float = 5.0
    """From an action to the end of its answer, the whole list included."""

    ping_seconds: float = 2.0
    """Between two pings."""

    ping_answer_seconds: float = 2.0
    """For the answer to a ping; none in time ends the connection. A half-open one is thus noticed within
    `ping_seconds` + `ping_answer_seconds`."""

    retry_first_seconds: float = 0.1
    """Before the second attempt to connect. It doubles with each attempt that fails."""

    retry_most_seconds: float = 2.0
    """Between attempts, at most. A connection that lived longer than this starts the doubling again."""
