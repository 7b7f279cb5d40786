"""Signs of life to whoever started us: systemd, or ``idbellen up``, by the same protocol.

Datagrams to the socket that ``NOTIFY_SOCKET`` names (sd_notify(3)): ``READY=1`` once, then ``WATCHDOG=1``
each second from inside the event loop. A loop that is stuck, or a process that is stopped, goes silent; the
other side then kills it, its sockets close, and every call goes on without us.
"""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Final

VARIABLE: Final = "NOTIFY_SOCKET"
BEAT_SECONDS: Final = 1.0


class Notifier:
    """Says things to the socket, if there is one. What cannot be said is not said: never an error."""

    def __init__(self, address: str | None) -> None:
        # A leading @ stands for the NUL of an abstract socket (sd_notify(3)).
        self._address = "\0" + address[1:] if address and address.startswith("@") else address

    @classmethod
    def from_environment(cls) -> Notifier:
        """Take the socket from the environment, as systemd passes it."""
        return cls(os.environ.get(VARIABLE))

    def say(self, text: str) -> None:
        """Send one datagram, without waiting."""
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.settimeout(0)
            try:
                sock.sendto(text.encode(), self._address)
            except OSError:
                return

    async def beat(self) -> None:
        """Say that we are ready, and then each second that the loop turns; until cancelled."""
        self.say("READY=1")
        while True:
            self.say("WATCHDOG=1")
            await asyncio.sleep(BEAT_SECONDS)
