"""What we add before the queue, prompts and keying apart: from the dialplan's first line to QueueCallerJoin.

* **ours**: `Goto(idbellen-entry,s,1)` on a real Asterisk, with `idbellen ivr` and Valkey as an operator runs
  them. The caller keys a fresh code; prompts are a tenth of a second of silence. From the whole time is taken
  off what Asterisk spent inside STREAM FILE and WAIT FOR DIGIT, by its own AGIExecStart and AGIExecEnd.
* **floor**: `Answer()`, `Queue()`.

Callers are Local channels that were answered a moment before, since Answer waits up to half a second for a
phone's first sound. Every moment is Asterisk's (``timestampevents``). Both kinds come in turn, twenty calls
a second, so that some sixty are there at a time. The value is the p99 of what we add: ours less the median
of the floor. A run is so many calls in a row; the median of the runs counts.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from array import array
from collections import defaultdict
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from ivr.agi.contract import Prompt
from ivr.prompts import wav
from ivr.prompts.render import path_of
from scripts.bench_parts.beside import rooms_of
from scripts.bench_parts.rig import RUNS, Row, percentile, row, say
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import LAB_SECRET, LAB_USER, Lab
from tests.lab.stack import Stack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CALLS = 100
PAUSE_SECONDS = 0.05
BOUND_SECONDS = 20.0
PERCENT = 99
SILENCE = array("h", [0]) * 800  # a tenth of a second at 8 kHz
APART = ("STREAM FILE", "WAIT FOR DIGIT")
EXTENSIONS = """
[bench]
exten => ours,1,Answer()
 same => n,UserEvent(Entered,Kind: ours)
 same => n,Goto(idbellen-entry,s,1)
exten => plain,1,Answer()
 same => n,UserEvent(Entered,Kind: plain)
 same => n,Answer()
 same => n,Queue(queue1)

[bench-caller]
exten => plain,1,Wait(2)
 same => n,Hangup()
exten => _X.,1,Wait(1)
 same => n,SendDTMF(${EXTEN},60,80)
 same => n,Wait(2)
 same => n,Hangup()
"""

Event = dict[str, str]


class Line:
    """A manager connection: sends actions, and works each call's delay out of the events."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.delays: dict[str, list[float]] = {"ours": [], "plain": []}
        """Seconds, in the order of joining the queue."""
        self._reader = reader
        self._writer = writer
        self._since: dict[str, float] = {}
        self._kinds: dict[str, str] = {}
        self._apart: defaultdict[str, float] = defaultdict(float)

    def send(self, action: str, **fields: str) -> None:
        """Ask something, whatever comes of it."""
        lines = {"Action": action, **fields}
        self._writer.write("".join(f"{key}: {value}\r\n" for key, value in lines.items()).encode() + b"\r\n")

    async def follow(self, joins: int) -> None:
        """Take events until so many callers have joined the queue."""
        while sum(map(len, self.delays.values())) < joins:
            async with asyncio.timeout(BOUND_SECONDS):
                block = (await self._reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
            event = dict(line.split(": ", 1) for line in block.split("\r\n") if ": " in line)
            if "Uniqueid" in event and "Timestamp" in event:
                self._take(event, event["Uniqueid"], float(event["Timestamp"]))

    def _take(self, event: Event, call: str, moment: float) -> None:
        match event["Event"]:
            case "UserEvent":
                self._since[call], self._kinds[call] = moment, event["Kind"]
            case "AGIExecStart" if event["Command"].startswith(APART):
                self._apart[call] -= moment
            case "AGIExecEnd" if event["Command"].startswith(APART):
                self._apart[call] += moment
            case "QueueCallerJoin":
                self.delays[self._kinds[call]].append(moment - self._since[call] - self._apart[call])


@asynccontextmanager
async def manager(pbx: Asterisk) -> AsyncIterator[Line]:
    """Whoever may see everything on this Asterisk, with the moment of each event."""
    config = pbx.folder / "etc/manager.conf"
    config.write_text(config.read_text().replace("[general]\n", "[general]\ntimestampevents = yes\n", 1))
    await pbx.cli("manager reload")
    reader, writer = await asyncio.open_connection("127.0.0.1", pbx.ports.ami)
    line = Line(reader, writer)
    line.send("Login", Username=LAB_USER, Secret=LAB_SECRET, Events="agi,agent,user")
    yield line
    writer.close()


def silence(folder: Path) -> Path:
    """Every prompt, without words."""
    for language in ("nl", "en"):
        for prompt in Prompt:
            path = path_of(folder, prompt, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            wav.write(path, SILENCE, "bench")
    return folder


async def call(line: Line, codes: list[str]) -> None:
    """Callers of both kinds, in turn."""
    for code in codes:
        for kind, extension in (("ours", code), ("plain", "plain")):
            line.send(
                "Originate",
                Channel=f"Local/{kind}@bench",
                Context="bench-caller",
                Exten=extension,
                Priority="1",
                CallerID="0612345678",
                Async="true",
            )
            await asyncio.sleep(PAUSE_SECONDS)


def run(runs: int = RUNS) -> list[Row]:
    """Measure."""
    return uvloop.run(_run(runs))


async def _run(runs: int) -> list[Row]:
    async with AsyncExitStack() as exits:
        enter = exits.enter_async_context
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="idb-bench-")))
        stack = await enter(Stack(folder))
        lab = Lab(agi=stack.agi, queue_options={"joinempty": "yes"}, extensions=EXTENSIONS)
        pbx = await enter(Asterisk(lab, prompts=silence(folder / "prompts")))
        await stack.serve(pbx, agents=1)
        rooms, line = await enter(rooms_of(stack)), await enter(manager(pbx))
        codes = [(await rooms.citizens.verified()).code.reveal() for _ in range(CALLS * runs)]
        say("queue delay: callers begin to call")
        async with asyncio.TaskGroup() as group:
            group.create_task(line.follow(2 * len(codes)))
            group.create_task(call(line, codes))
    return [_row(line.delays["ours"], line.delays["plain"])]


def _row(ours: list[float], plain: list[float]) -> Row:
    added, floor = [], []
    for start in range(0, len(plain), CALLS):
        bare = plain[start : start + CALLS]
        added.append(percentile(ours[start : start + CALLS], PERCENT) - statistics.median(bare))
        floor.append(percentile(bare, PERCENT))
        say(f"queue delay: ours p50 {statistics.median(ours[start : start + CALLS]) * 1000:.1f} ms")
    value, beside = statistics.median(added), statistics.median(floor)
    return row("queue_delay_vs_plain", value * 1000, "ms p99", beside * 1000)
