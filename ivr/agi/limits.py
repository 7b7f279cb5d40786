"""How much, and how long, the other side of a FastAGI connection may take.

Asterisk needs a fraction of each; who needs more is not Asterisk, or is ill, and the caller goes on to the
queue without us. Knows numbers only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgiLimits:
    """Sizes in bytes, waits in seconds. A limit passed ends that one connection, never the server."""

    header_bytes: int = 16 * 1024
    """The whole ``agi_*`` block; Asterisk 22 sends about 600."""

    header_count: int = 160
    """Lines of that block: 22 of Asterisk's own and at most 127 arguments (MAX_ARGS in res_agi.c)."""

    header_seconds: float = 2.0
    """From connect to the end of that block."""

    reply_bytes: int = 8 * 1024
    """All that is sent between two of our commands; a usage text of Asterisk 22 has at most 2 KiB."""

    command_seconds: float = 5.0
    """For a reply to a command, on top of the time that the command itself is told to wait."""

    prompt_seconds: float = 60.0
    """For a prompt to be played to its end."""

    dialogue_seconds: float = 300.0
    """From the end of the headers to the end of the whole conversation."""

    connections: int = 1000
    """Open at once. One more is closed at once, so that its caller goes on without waiting."""
