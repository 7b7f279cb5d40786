"""ivr.store.within: a limit that a standstill of our own does not use up."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from ivr.store.within import Within


async def test_what_is_quick_is_let_through() -> None:
    """And its own error too."""
    async with Within(60.0):
        await asyncio.sleep(0)
    with pytest.raises(ValueError, match="mine"):
        async with Within(60.0):
            raise ValueError("mine")


async def test_what_takes_too_long_is_ended() -> None:
    """With the error that `asyncio.timeout` gives; nothing of it goes off later."""
    for _ in range(2):
        with pytest.raises(TimeoutError):
            async with Within(0.01):
                await asyncio.Event().wait()
    await asyncio.sleep(0)


async def test_a_cancellation_is_passed_on() -> None:
    """It is not taken for the end of the time."""

    async def waits() -> None:
        async with Within(60.0):
            await asyncio.Event().wait()

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.req("P4", "C6")
async def test_an_answer_that_came_while_we_stood_still_is_read() -> None:
    """The process stands still for longer than the limit; by the clock alone it would be too late."""
    ours, theirs = socket.socketpair()
    with theirs:
        reader, writer = await asyncio.open_connection(sock=ours)
        async with Within(0.2):
            theirs.send(b"answer\n")
            time.sleep(0.3)  # noqa: ASYNC251 - which is the point
            assert await reader.readline() == b"answer\n"
        writer.close()
        await writer.wait_closed()
