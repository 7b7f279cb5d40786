"""``scripts/demo``: all on this machine, for a first look; with ``--smoke``, the whole story by itself.

Runs ``idbellen up`` as an operator would, beside a real Asterisk. What it starts, it stops.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError

from ivr.errors import IdBellenError
from ivr.prompts.render import render
from tests.lab import guard
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.asterisk_home import CHECKOUT
from tests.lab.phone import AgentPhone, Caller
from tests.lab.smoke import smoke
from tests.lab.stack import COMMAND, PASSWORD, READY_SECONDS, Stack
from tests.lab.story import Story

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

VAR = CHECKOUT / "var"
PROMPTS = VAR / "prompts"
QUEUE = "idbellen"
NUMBER = "014030"
FIRST_PORT = 8080
CITIZEN = "citizen"
COMMANDS = "  Commands: call [CODE] · answer · hangup · quit"
HELP = f"""
  Try it:
    1. Open the first address, choose a subject, log in as one of the people there.
    2. Call with the code:   call CODE          (a phone of ours calls {NUMBER} and keys it)
                             call               (the same without a code)
    3. Open the second address in another browser, log in, then: answer
    4. See who is calling. Then: hangup

  With a softphone of your own instead: register user agent1 or agent2, password the same, at the
  SIP address above to answer, or {CITIZEN}, password the same, to call {NUMBER}.

{COMMANDS}
"""


class Clock:
    """Tells a story with times."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def say(self, what: str) -> None:
        """Print one line at once."""
        print(f"[{time.monotonic() - self._began:6.1f} s] {what}", flush=True)


class Up:
    """``idbellen up``, whose lines are passed on."""

    def __init__(self, stack: Stack, clock: Clock) -> None:
        self._stack = stack
        self._clock = clock
        self.story = Story("idbellen up", "line")
        self.output = ""

    async def start(self) -> None:
        """Start it, and wait until the web is ready and the Asterisk is followed."""
        pipe = asyncio.subprocess.PIPE
        argv = (*COMMAND, "--config", str(self._stack.config), "up")
        self._process = await guard.spawn(*argv, stdout=pipe, stderr=pipe, cwd=str(CHECKOUT))
        self._readers = [
            asyncio.create_task(self._read(self._process.stdout, show=True)),
            asyncio.create_task(self._read(self._process.stderr, show=False)),
        ]
        await self.story.wait(READY_SECONDS, line="web is ready")
        await self.story.wait(READY_SECONDS, line="watcher.following")

    async def _read(self, stream: asyncio.StreamReader, *, show: bool) -> None:
        while raw := await stream.readline():
            line = raw.decode(errors="replace").rstrip()
            self.output += line + "\n"
            if show:
                self._clock.say(line.partition("] ")[2] or line)
            for sign in ("web is ready", "watcher.following"):
                if sign in line:
                    await self.story.add({"line": sign})
        await self.story.end()

    async def stop(self) -> None:
        """Stop it and all its parts."""
        await guard.end(self._process)
        await asyncio.gather(*self._readers)


def make_prompts(clock: Clock) -> None:
    """Render what is missing; the second time this takes no time."""
    made = [done for done in render(PROMPTS, "de gemeente Voorbeeld") if done.seconds]
    clock.say(f"prompts are ready ({len(made)} spoken now)" if made else "prompts are ready")


@asynccontextmanager
async def world(clock: Clock, web_port: int = 0) -> AsyncIterator[tuple[Stack, Asterisk, Up]]:
    """Run a real Asterisk and ID Bellen beside it, from nothing to ready and back."""
    folder = VAR / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make_prompts(clock)
    stack = Stack(folder, settings="")
    if web_port:
        stack.use_web_port(web_port)
    lab = Lab(agi=stack.agi, queues=(QUEUE,), default_queue=QUEUE, citizens=(CITIZEN,))
    async with Asterisk(lab, prompts=PROMPTS) as pbx:
        clock.say(f"Asterisk is ready: {(await pbx.cli('core show version')).split(' built')[0]}")
        stack.write_settings(pbx, store="")
        await stack.make_accounts()
        up = Up(stack, clock)
        try:
            await up.start()
            yield stack, pbx, up
        finally:
            with suppress(AttributeError):  # it was never started
                await up.stop()


async def show(clock: Clock) -> None:
    """Keep everything up for somebody to look at, and play the phones on demand."""
    async with world(clock, FIRST_PORT) as (stack, pbx, _):
        print(f"\n  Citizens:  {stack.url}\n  Agents:    {stack.url}/agent")
        print(f"             log in as agent1 or agent2, password: {PASSWORD}")
        print(f"  SIP:       {pbx.sip}\n{HELP}", flush=True)
        async with AsyncExitStack() as phones:
            caller = await phones.enter_async_context(Caller(pbx.sip))
            agent = await phones.enter_async_context(AgentPhone(pbx.sip, "agent1"))
            await agent.register()
            await pbx.staffed(agent.user)
            await _obey(caller, agent)
    clock.say("stopped; nothing is left running")


async def _obey(caller: Caller, agent: AgentPhone) -> None:
    """Do what is typed, until quit, the end of input, or Ctrl-C."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lines.put_nowait, "quit")
    if sys.stdin.isatty():
        loop.add_reader(sys.stdin, lambda: lines.put_nowait(sys.stdin.readline() or "quit"))
    while (line := (await lines.get()).strip()) not in {"quit", "exit", "q"}:
        order, _, code = line.partition(" ")
        match order:
            case "call":
                await _call(caller, "".join(code.split()))
            case "answer":
                await agent.answer()
            case "hangup":
                await caller.hangup()
            case _:
                print(COMMANDS, flush=True)


async def _call(caller: Caller, code: str) -> None:
    await caller.call(NUMBER)
    if code:
        await caller.wait("confirmed")
        await caller.hears()
        await caller.keys(code)


async def prove(clock: Clock, shots: Path) -> None:
    """Play the whole story; a `SmokeError` or `NeverHappenedError` when it does not hold."""
    async with world(clock) as (stack, pbx, up):
        try:
            await smoke(stack, pbx, shots, lambda: up.output, clock.say)
        except BaseException:
            (VAR / "demo.log").write_text(up.output + pbx.log_text())
            raise


def main() -> int:
    """Run the demo."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="play the whole story by itself, and exit")
    parser.add_argument("--shots", type=Path, default=VAR / "shots", help="where --smoke saves screenshots")
    options = parser.parse_args()
    options.shots.mkdir(parents=True, exist_ok=True)
    clock = Clock()
    try:
        asyncio.run(prove(clock, options.shots) if options.smoke else show(clock))
    except (AssertionError, RuntimeError, TimeoutError, PlaywrightError, IdBellenError) as error:
        clock.say(f"FAILED: {error or type(error).__name__}. What was said is in {VAR}/demo.log")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
