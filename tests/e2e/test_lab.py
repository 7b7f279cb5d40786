"""The lab itself: what every other test with a telephone stands on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from tests.lab import guard
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.asterisk_home import CHECKOUT, AsteriskHome, find
from tests.lab.phone import AgentPhone, Caller, talk
from tests.lab.story import NeverHappenedError, Story

if TYPE_CHECKING:
    from tests.lab.manager import Manager

pytestmark = pytest.mark.e2e

STARTS_ONE = """
import asyncio
from tests.lab.asterisk import Asterisk

async def main():
    async with Asterisk() as pbx:
        print(pbx.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
ASKS_FOR_PORTS = "from tests.lab.guard import free_port; print(*(free_port() for _ in range(100)))"


async def gone(pid: int, seconds: float = 5.0) -> None:
    """Wait until the process ends; a process that is gone already is fine."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(handle, ended.set)
    try:
        await asyncio.wait_for(ended.wait(), seconds)
    finally:
        loop.remove_reader(handle)
        os.close(handle)


async def test_two_run_side_by_side_and_leave_nothing(pbx: Asterisk) -> None:
    """Each has its own ports and folders, and the second one's are gone with it."""
    async with Asterisk(Lab(queues=("other",))) as second:
        assert not set(vars_of(pbx)) & set(vars_of(second))
        assert "other has 0 calls" in await second.cli("queue show")
        assert "queue1 has 0 calls" in await pbx.cli("queue show queue1")
        folder, pid = second.folder, second.pid
    await gone(pid)
    assert not folder.exists()


def vars_of(asterisk: Asterisk) -> tuple[int, ...]:
    """All its ports."""
    ports = asterisk.ports
    return (ports.sip, ports.ami, ports.http, *range(ports.rtp_first, ports.rtp_last + 1))


async def test_a_port_that_nobody_listens_at_yet_is_given_to_nobody_else() -> None:
    """Not by us, nor by another process that asks for some meanwhile."""
    ours = [guard.free_port() for _ in range(100)]
    other = await guard.spawn(
        *(sys.executable, "-c", ASKS_FOR_PORTS), cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(30):
        said, _ = await other.communicate()
    assert len({*ours, *map(int, said.split())}) == 200


async def test_it_dies_with_whoever_started_it() -> None:
    """Also when that one is killed, and can clean up nothing."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STARTS_ONE, cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE
    )
    pid = int(await asyncio.wait_for(process.stdout.readline(), 30))
    process.send_signal(signal.SIGKILL)
    await process.wait()
    await gone(pid)


async def test_it_comes_back_where_it_was_after_a_power_cut() -> None:
    """The same ports and files, so that phones and manager connections find it again."""
    async with Asterisk() as pbx, Caller(pbx.sip) as caller:
        before = pbx.pid
        await pbx.kill()
        await pbx.start()
        assert pbx.pid != before
        await caller.call("14030")
        await caller.wait("confirmed")


async def test_an_asterisk_that_does_not_start_says_so() -> None:
    """At once, not after the time for booting."""
    broken = AsteriskHome(find().root, program="/bin/false")
    async with asyncio.timeout(5):
        with pytest.raises(RuntimeError, match="did not boot"):
            async with Asterisk(home=broken):
                pass


async def test_what_never_happens_tells_what_did() -> None:
    """The message of a failed wait holds the story so far."""
    story = Story("somebody", "event")
    await story.add({"event": "rang"})
    with pytest.raises(NeverHappenedError, match=r"somebody: no .*answered.* saw rang"):
        await story.wait(0.01, event="answered")
    await story.end()
    with pytest.raises(NeverHappenedError, match="ended before"):
        await story.wait(10, event="answered")


async def test_phones_decline_hold_and_transfer(pbx: Asterisk, manager: Manager) -> None:
    """One agent declines, the other answers, holds, takes back, and transfers the caller to the first."""

    async def pause(phone: AgentPhone, *, paused: bool) -> None:
        """Let the queues ring this phone, or not."""
        await manager.action("QueuePause", Interface=f"PJSIP/{phone.user}", Paused=str(paused).lower())

    async with (
        Caller(pbx.sip) as caller,
        AgentPhone(pbx.sip, "agent1") as first,
        AgentPhone(pbx.sip, "agent2") as second,
        AsyncExitStack() as after,
    ):
        for phone in (first, second):
            await phone.register()
            await pbx.staffed(phone.user)
            after.push_async_callback(pause, phone, paused=False)
        await pause(second, paused=True)
        await caller.call("queue1")
        await first.wait("incoming")
        await pause(second, paused=False)
        await pause(first, paused=True)  # or the queue rings who declined again
        await first.decline()
        await manager.wait("AgentRingNoAnswer")
        await second.wait("incoming")
        await second.answer()
        await second.wait("confirmed")
        await caller.wait("confirmed")
        await talk(caller, second)
        await second.hold()
        await manager.wait("Hold")
        await second.unhold()
        await manager.wait("Unhold")
        await second.transfer("agent1")
        await first.wait("incoming")
        await first.answer()
        await first.wait("confirmed")
        await talk(caller, first)
