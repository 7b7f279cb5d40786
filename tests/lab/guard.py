"""Child processes that cannot outlive us, and ports that nobody else uses.

Knows nothing of telephony.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from functools import cache
from itertools import cycle, islice

STOP_SECONDS = 5.0
PORTS = range(7_000, 10_000, 250)
"""The first of each block: below Linux's ephemeral ports, and none that a browser refuses."""
RTP_PORTS = range(10_000, 32_000, 1000)
"""The same, of those for sound."""
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
    """A port that was free a moment ago, and that nobody else is given before somebody listens there.

    Not by us: each process has a block of its own and goes round in it. Nor by the kernel for an outgoing
    connection.
    """
    block = _own()
    for port in islice(block.turns, PORTS.step):
        with socket.socket(socket.AF_INET, kind) as probe, suppress(OSError):
            probe.bind((address, port))
            return port
    raise RuntimeError(f"no free port from {block.first} to {block.last}")


class PortBlock:
    """A run of ports that no other process on this machine has; without more, of UDP ports for RTP.

    Held by a socket on the block's first port, so it is given back however the holder ends.
    """

    def __init__(self, firsts: range = RTP_PORTS) -> None:
        for first in firsts:
            holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                holder.bind(("127.0.0.1", first))
            except OSError:
                holder.close()
                continue
            self._holder = holder
            self.first, self.last = first + 2, first + firsts.step - 1
            self.turns = cycle(range(self.first, self.last + 1))
            return
        raise RuntimeError(f"no free block of {firsts.step} ports from {firsts.start} to {firsts.stop}")

    def release(self) -> None:
        """Give the block back."""
        self._holder.close()


@cache
def _own() -> PortBlock:
    """The block that `free_port` gives from, as long as this process lives."""
    return PortBlock(PORTS)
