"""FastAGI: dialogues of 8 commands that one core holds, beside a floor and beside panoramisk.

* **floor**: bare asyncio streams on uvloop: read the headers, write 8 lines, read 8 lines. No checks.
* **panoramisk**: `panoramisk.fast_agi.Application` on asyncio's own loop, as its documents have it; and on
  uvloop, which they do not speak of.
* **ours**: `ivr.agi.AgiServer` on uvloop with every check and every deadline on.

All serve the same bytes to the same client, 50 dialogues at a time, each from connect to close. Servers and
client are processes of their own, on cores of their own where there are two. What counts is the CPU time
(user and system) that a server's process takes for a dialogue: a rate by the clock would measure the client,
and whatever else the machine does, as well. The client goes from server to server after every 200 dialogues,
so that a slow moment hits all alike; the median of the runs counts.

    python scripts/bench_parts/agi.py
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import uvloop
from panoramisk.fast_agi import Application

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ivr.agi import AgiServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from ivr.agi import Dialogue

    StreamFlow = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

CONCURRENT = 50
BATCH = 200
WARM_UP, ROUNDS = 2, 20
RUNS = 5

HEADERS = b"""agi_network: yes
agi_network_script: idbellen
agi_request: agi://127.0.0.1:4573/idbellen
agi_channel: PJSIP/trunk-0000002a
agi_language: nl
agi_type: PJSIP
agi_uniqueid: pbx-1763776800.84
agi_version: 22.10.1
agi_callerid: 0201234567
agi_calleridname: J. de Vries
agi_callingpres: 0
agi_callingani2: 0
agi_callington: 0
agi_callingtns: 0
agi_dnid: 14020
agi_rdnis: unknown
agi_context: idbellen-entry
agi_extension: 14020
agi_priority: 5
agi_enhanced: 0.0
agi_accountcode:\x20
agi_threadid: 140234567890123
agi_arg_1: pbx

"""
EXCHANGES = (
    ("ANSWER", "200 result=0"),
    ('SET VARIABLE "TIMEOUT(absolute)" "10"', "200 result=1"),
    ('STREAM FILE "idbellen/welcome" "0123456789*#"', "200 result=49 endpos=8640"),
    ("WAIT FOR DIGIT 5000", "200 result=50"),
    ("WAIT FOR DIGIT 5000", "200 result=35"),
    ('GET VARIABLE "IDB_QUEUE"', "200 result=1 (afval)"),
    ('SET VARIABLE "__IDB_REF" "4ff7a1b2c3d4e5f6"', "200 result=1"),
    ('SET VARIABLE "IDB_RESULT" "identified"', "200 result=1"),
)


LINES = [command.encode() + b"\n" for command, _ in EXCHANGES]
REPLIES = [reply.encode() + b"\n" for _, reply in EXCHANGES]


async def our_flow(call: Dialogue) -> None:
    """The exchanges by their names, with every argument quoted and every result looked at."""
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


async def bare_flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The same input and output."""
    await reader.readuntil(b"\n\n")
    for line in LINES:
        writer.write(line)
        await reader.readline()
    writer.close()


@asynccontextmanager
async def streams(
    flow: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """Serve by asyncio's streams; the port."""
    async with await asyncio.start_server(flow, "127.0.0.1", 0, backlog=1024) as server:
        yield server.sockets[0].getsockname()[1]


def floor() -> Any:
    """Serve; the port."""
    return streams(bare_flow)


def panoramisk() -> Any:
    """Serve; the port."""

    async def flow(request: Any) -> None:
        for command, _ in EXCHANGES:
            await request.send_command(command)

    application = Application(loop=asyncio.get_running_loop())
    application.add_route("idbellen", flow)
    return streams(application.handler)


SERVERS: dict[str, tuple[Callable[[], Any], Callable[[], asyncio.AbstractEventLoop]]] = {
    "ours": (ours, uvloop.new_event_loop),
    "floor": (floor, uvloop.new_event_loop),
    "panoramisk": (panoramisk, asyncio.new_event_loop),
    "panoramisk_on_uvloop": (panoramisk, uvloop.new_event_loop),
}


async def serve(name: str) -> None:
    """Be the server's process: print the port, then the CPU time so far for each line on standard input."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def on_line() -> None:
        if sys.stdin.readline():
            print(time.process_time(), flush=True)
        else:
            ended.set()

    async with SERVERS[name][0]() as port:
        print(port, flush=True)
        loop.add_reader(sys.stdin, on_line)
        await ended.wait()


class Caller(asyncio.Protocol):
    """Asterisk's side of one dialogue."""

    def __init__(self) -> None:
        self.over = asyncio.get_running_loop().create_future()
        self._turn = 0

    def connection_made(self, transport: Any) -> None:
        """Say who calls."""
        self._transport = transport
        transport.write(HEADERS)

    def data_received(self, data: bytes) -> None:
        """Answer the next command, which must be the right one."""
        if data != LINES[self._turn]:
            raise RuntimeError(f"{data!r} in turn {self._turn}")
        self._transport.write(REPLIES[self._turn])
        self._turn += 1

    def connection_lost(self, _: Exception | None) -> None:
        """The dialogue must have come to its end."""
        if self._turn != len(LINES):
            self.over.set_exception(RuntimeError(f"closed after {self._turn} commands"))
        else:
            self.over.set_result(None)


async def call(ports: list[int], rounds: int) -> None:
    """Be the client's process: hold a batch of dialogues with each server in turn, so many rounds."""
    loop = asyncio.get_running_loop()

    async def caller(port: int, turns: Iterator[int]) -> None:
        for _ in turns:
            _, protocol = await loop.create_connection(Caller, "127.0.0.1", port)
            await protocol.over

    for port in ports * rounds:
        turns = iter(range(BATCH))
        async with asyncio.TaskGroup() as group:
            for _ in range(CONCURRENT):
                group.create_task(caller(port, turns))


class Server:
    """A server's process, for as long as the ``with`` block."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> Self:
        self._process = start("serve", self._name, core=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = self._read()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=10)  # the end of its input is its end

    def cpu_seconds(self) -> float:
        """What it has used until now."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._read())

    def _read(self) -> str:
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server {self._name} died")
        return line.strip()


def start(*arguments: str, core: int, **pipes: Any) -> subprocess.Popen[str]:
    """Run this file once more, on one core."""
    chosen = sorted(os.sched_getaffinity(0))[core]
    process = subprocess.Popen([sys.executable, __file__, *arguments], text=True, **pipes)
    os.sched_setaffinity(process.pid, {chosen})
    return process


def rates(servers: list[Server], rounds: int) -> list[float]:
    """Dialogues for one second of each server's CPU time."""
    before = [server.cpu_seconds() for server in servers]
    client = start("call", str(rounds), *(server.port for server in servers), core=-1)
    if client.wait(timeout=300):
        raise RuntimeError("not every dialogue came to its end")
    after = [server.cpu_seconds() for server in servers]
    return [rounds * BATCH / (end - begin) for begin, end in zip(before, after, strict=True)]


def run() -> list[dict[str, Any]]:
    """Measure; the rows of `scripts/bench`."""
    with ExitStack() as stack:
        servers = [stack.enter_context(Server(name)) for name in SERVERS]
        rates(servers, WARM_UP)
        measured = [rates(servers, ROUNDS) for _ in range(RUNS)]
    value, *others = map(statistics.median, zip(*measured, strict=True))
    return [
        {
            "name": f"agi_dialogue_vs_{name}",
            "value": round(value),
            "unit": "dialogues/s",
            "floor": round(beside),
            "ratio": round(value / beside, 2),
        }
        for name, beside in zip(list(SERVERS)[1:], others, strict=True)
    ]


def main(arguments: list[str]) -> None:
    """Be the server, the client, or who measures."""
    match arguments:
        case ["serve", name]:
            with asyncio.Runner(loop_factory=SERVERS[name][1]) as runner:
                runner.run(serve(name))
        case ["call", rounds, *ports]:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(call([int(port) for port in ports], int(rounds)))
        case _:
            for row in run():
                beside = f"beside {row['floor']}: ratio {row['ratio']}"
                print(f"{row['name']:36} {row['value']} {row['unit']} {beside}")


if __name__ == "__main__":
    main(sys.argv[1:])
