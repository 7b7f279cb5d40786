"""Child processes that cannot outlive us, and ports that nobody else uses.

Knows nothing of telephony.
"""

from __future__ import annotations

import asyncio
import random
import socket
from contextlib import suppress

STOP_SECONDS = 5.0
PORTS = range(7_000, 10_000)
"""Below Linux's ephemeral ports, and none that a browser refuses."""
GUARD = ("setpriv", "--pdeathsig", "KILL", "--")
"""The kernel kills the child when we die, however we die. From util-linux, which every Debian has."""


async def spawn(*argv: str, **kwargs: object) -> asyncio.subprocess.Process:
    """Start a program that is killed when this process ends."""
    return await asyncio.create_subprocess_exec(*GUARD, *argv, **kwargs)


async def end(process: asyncio.subprocess.Process, *, at_once: bool = False) -> None:
    """Ask the process to stop; kill it when it does not within ``STOP_SECONDS``, or at once."""
    with suppress(ProcessLookupError):
        if at_once:
            process.kill()
        else:
            process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM, address: str = "127.0.0.1") -> int:
    """A port that was free a moment ago, and that the kernel gives to no outgoing connection meanwhile."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket(socket.AF_INET, kind) as probe, suppress(OSError):
            probe.bind((address, port))
            return port
    raise RuntimeError(f"no free port from {PORTS[0]} to {PORTS[-1]}")


class PortBlock:
    """A run of UDP ports that no other lab on this machine has, for RTP.

    Held by a socket on the block's first port, so it is given back however the holder ends.
    """

    SIZE = 1000
    FIRST, LAST = 10_000, 32_000  # below Linux's ephemeral ports

    def __init__(self) -> None:
        for first in range(self.FIRST, self.LAST, self.SIZE):
            holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                holder.bind(("127.0.0.1", first))
            except OSError:
                holder.close()
                continue
            self._holder = holder
            self.first, self.last = first + 2, first + self.SIZE - 1
            return
        raise RuntimeError(f"no free block of {self.SIZE} UDP ports between {self.FIRST} and {self.LAST}")

    def release(self) -> None:
        """Give the block back."""
        self._holder.close()
