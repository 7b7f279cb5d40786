"""FastAGI: dialogues of 8 commands that one core holds, beside a floor and beside panoramisk.

* **ours**: `ivr.agi.AgiServer` on uvloop with every check and every deadline on.
* **floor**: bare asyncio streams on uvloop: read the headers, write 8 lines, read 8 lines. No checks.
* **panoramisk**: `panoramisk.fast_agi.Application` on asyncio's own loop, as its documents have it.

All serve the same client, 50 dialogues at a time, each from connect to close. What counts is the CPU time
that the server takes for a dialogue: a rate by the clock would measure the client as well, and whatever else
the machine does.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import uvloop
from panoramisk.fast_agi import Application

from ivr.agi import AgiServer
from scripts.bench_parts.callers import hold
from scripts.bench_parts.rig import RUNS, Row, rates, row, served, step_aside
from tests.lab.agi_peer import block

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from ivr.agi import Dialogue

DIALOGUES = 400  # a turn
KEYS = "12#"
COMMANDS = (
    "ANSWER",
    'SET VARIABLE "TIMEOUT(absolute)" "10"',
    'STREAM FILE "idbellen/welcome" "0123456789*#"',
    "WAIT FOR DIGIT 5000",
    "WAIT FOR DIGIT 5000",
    'GET VARIABLE "IDB_QUEUE"',
    'SET VARIABLE "__IDB_REF" "4ff7a1b2c3d4e5f6"',
    'SET VARIABLE "IDB_RESULT" "identified"',
)


async def our_flow(call: Dialogue) -> None:
    """The commands by their names, with every argument quoted and every result looked at."""
    await call.answer()
    await call.set_variable("TIMEOUT(absolute)", "10")
    await call.stream_file("idbellen/welcome", "0123456789*#")
    await call.wait_for_digit(5000)
    await call.wait_for_digit(5000)
    await call.get_variable("IDB_QUEUE")
    await call.set_variable("__IDB_REF", "4ff7a1b2c3d4e5f6")
    await call.set_variable("IDB_RESULT", "identified")


@asynccontextmanager
async def ours() -> AsyncIterator[int]:
    """Serve; the port."""
    async with AgiServer(our_flow) as server:
        await server.start("127.0.0.1", 0)
        yield server.address[1]


@asynccontextmanager
async def floor() -> AsyncIterator[int]:
    """Serve the same input and output, bare; the port."""
    lines = [f"{command}\n".encode() for command in COMMANDS]

    async def flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\n\n")
        for line in lines:
            writer.write(line)
            await reader.readline()
        writer.close()

    async with _streams(flow) as port:
        yield port


@asynccontextmanager
async def panoramisk() -> AsyncIterator[int]:
    """Serve by what one would use otherwise; the port."""

    async def flow(request: Any) -> None:
        for command in COMMANDS:
            await request.send_command(command)

    application = Application(loop=asyncio.get_running_loop())
    application.add_route("idbellen", flow)
    async with _streams(application.handler) as port:
        yield port


@asynccontextmanager
async def _streams(
    flow: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    async with await asyncio.start_server(flow, "127.0.0.1", 0, backlog=1024) as server:
        yield server.sockets[0].getsockname()[1]


def run(runs: int = RUNS) -> list[Row]:
    """Measure."""
    return uvloop.run(_run(runs))


async def _run(runs: int) -> list[Row]:
    step_aside()
    calls = [(block(), KEYS)] * DIALOGUES
    with ExitStack() as stack:
        servers = {
            "ours": stack.enter_context(served(ours)),
            "floor": stack.enter_context(served(floor)),
            "panoramisk": stack.enter_context(served(panoramisk, loop="asyncio")),
        }

        async def load(name: str, _turn: int) -> int:
            if len(await hold(servers[name].port, calls)) != len(COMMANDS):
                raise RuntimeError(f"{name} left commands out")
            return DIALOGUES

        per_core = await rates(servers, load, runs)
    return [
        row(f"agi_dialogue_vs_{name}", per_core["ours"], "dialogues/s a core", per_core[name])
        for name in ("floor", "panoramisk")
    ]
