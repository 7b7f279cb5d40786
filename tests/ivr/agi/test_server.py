"""Facts about the FastAGI server: what one connection does, no other call notices.

On both event loops (see `conftest`).
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from ivr.agi import AgiLimits, AgiServer, AgiTally, Dialogue
from ivr.errors import ChannelGoneError, IllegalMoveError
from tests.lab.agi_peer import BOUND_SECONDS, AgiPeer, block, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.agi.server import Handler


async def echo(dialogue: Dialogue) -> None:
    """Answer, wait for keys until # and say by a variable that it was the end."""
    await dialogue.answer()
    while await dialogue.wait_for_digit(5000) != "#":
        pass
    await dialogue.set_variable("DONE", "1")


@asynccontextmanager
async def serving(handler: Handler = echo, limits: AgiLimits | None = None) -> AsyncIterator[AgiServer]:
    """A server that listens."""
    async with AgiServer(handler, limits) as server:
        await server.start("127.0.0.1", 0)
        yield server


@asynccontextmanager
async def a_call(server: AgiServer) -> AsyncIterator[None]:
    """A call that began before, and must go on through and after, whatever is done here."""
    async with AgiPeer.connect(server.address) as peer:
        assert await peer.answer("200 result=0") == "ANSWER"
        assert await peer.answer("200 result=49") == "WAIT FOR DIGIT 5000"
        yield
        assert await peer.answer("200 result=35") == "WAIT FOR DIGIT 5000"
        assert await peer.answer("200 result=1") == 'SET VARIABLE "DONE" "1"'
        assert await peer.closed() == b""


async def test_it_tells_where_it_listens() -> None:
    """Port 0 becomes a real one; before the start and after the end there is none."""
    server = AgiServer(echo)
    with pytest.raises(IllegalMoveError):
        _ = server.address
    async with server:
        await server.start("127.0.0.1", 0)
        host, port = server.address
        assert host == "127.0.0.1"
        assert port > 0
    with pytest.raises(IllegalMoveError):
        _ = server.address


async def test_a_call_flow_that_ends_closes_its_connection() -> None:
    """That is what lets the dialplan go on."""
    async with serving() as server:
        async with a_call(server):
            assert server.open == 1
        await until(lambda: server.open == 0)
        assert server.tally == AgiTally(finished=1)
        assert not server._tasks


@pytest.mark.req("P4", "S7")
async def test_a_thousand_connections_that_close_at_once_disturb_nobody() -> None:
    """Each is forgotten; a call in their midst goes on."""
    async with serving() as server:
        async with a_call(server):
            for _ in range(1000):
                async with AgiPeer.connect(server.address, b""):
                    pass
            await until(lambda: server.tally.gone == 1000)
            assert server.open == 1
        await until(lambda: server.open == 0)
        assert server.tally == AgiTally(gone=1000, finished=1)


@pytest.mark.req("P4", "S7")
@pytest.mark.parametrize(
    "opening",
    [
        pytest.param(b"\x16\x03\x01\x02\x00" * 1000 + b"\n\n", id="garbage"),
        pytest.param(b"GET / HTTP/1.1\nHost: x\n\n", id="another protocol"),
        pytest.param(b"agi_x: " + b"y" * 1_000_000, id="a giant header"),
        pytest.param(block() + b"200 result=0\n" * 1000, id="replies to nothing"),
        pytest.param(block() + b"z" * 1_000_000, id="a giant reply"),
    ],
)
async def test_nonsense_is_cut_off_and_disturbs_nobody(opening: bytes) -> None:
    """Closed at once, counted, and told in the log without a byte of it."""
    async with serving() as server:
        with capture_logs() as logs:
            async with a_call(server):
                async with AgiPeer.connect(server.address, opening) as peer:
                    await peer.closed()
                await until(lambda: server.tally.malformed == 1)
        assert [(log["event"], log["log_level"]) for log in logs] == [("agi.malformed", "warning")]
        assert not {"result=0", "GET", "yyy", "zzz"} & set(logs[0]["reason"].split())


@pytest.mark.req("P4", "S7")
@pytest.mark.parametrize("opening", [b"", b"agi_network: y", block()[:-1]])
async def test_half_headers_are_given_up_in_time(opening: bytes) -> None:
    """However much of them came; `test_link` tells how long."""
    async with serving(limits=AgiLimits(header_seconds=0.01)) as server:
        async with AgiPeer.connect(server.address, opening) as peer:
            assert await peer.closed() == b""
        await until(lambda: server.tally.slow == 1)


@pytest.mark.req("P4")
async def test_a_late_reply_is_given_up_in_time() -> None:
    """An Asterisk that froze holds no call flow."""
    async with serving(limits=AgiLimits(command_seconds=0.01)) as server:
        async with AgiPeer.connect(server.address) as peer:
            assert await peer.closed() == b"ANSWER\n"
        await until(lambda: server.tally.slow == 1)


@pytest.mark.req("P4")
async def test_a_call_flow_that_hangs_is_given_up_in_time() -> None:
    """It is cancelled; its caller goes on."""

    async def hang(_: Dialogue) -> None:
        await asyncio.Event().wait()

    async with serving(hang, AgiLimits(dialogue_seconds=0.01)) as server:
        async with AgiPeer.connect(server.address) as peer:
            assert await peer.closed() == b""
        await until(lambda: server.tally.slow == 1)


@pytest.mark.req("P4")
async def test_one_connection_too_many_is_closed_at_once() -> None:
    """Its caller goes on without us; when there is room again, the next one is served."""
    async with serving(limits=AgiLimits(connections=1)) as server:
        async with a_call(server):
            for _ in range(3):
                async with AgiPeer.connect(server.address) as peer:
                    assert await peer.closed() == b""
            assert server.tally.refused == 3
            assert server.open == 1
        await until(lambda: server.open == 0)
        async with a_call(server):
            pass


@pytest.mark.req("P4", "S1")
@pytest.mark.parametrize(
    "error", [ValueError("0201234567"), RuntimeError("0201234567"), KeyError("0201234567")]
)
async def test_a_fault_of_the_call_flow_ends_that_call_only(error: Exception) -> None:
    """Its connection is closed, the fault is in the log, and the server serves on."""

    async def fail(dialogue: Dialogue) -> None:
        if dialogue.request.args == ("fail",):
            raise error
        await echo(dialogue)

    async with serving(fail) as server:
        with capture_logs() as logs:
            async with a_call(server), AgiPeer.connect(server.address, block(agi_arg_1="fail")) as peer:
                assert await peer.closed() == b""
            await until(lambda: server.tally == AgiTally(failed=1, finished=1))
        (log,) = logs
        assert (log["event"], log["exc_info"]) == ("agi.failed", error)


async def test_a_caller_who_is_gone_is_no_fault() -> None:
    """Counted, and not logged."""
    async with serving() as server:
        with capture_logs() as logs:
            async with AgiPeer.connect(server.address) as peer:
                await peer.answer("200 result=0")
                await peer.answer("HANGUP", "200 result=-1")
                assert await peer.closed() == b""
            async with AgiPeer.connect(server.address) as peer:
                await peer.command()
            await until(lambda: server.tally == AgiTally(gone=2))
        assert logs == []


async def test_closing_lets_calls_come_to_their_end() -> None:
    """No new one is taken meanwhile."""
    async with serving() as server:
        address = server.address
        async with a_call(server):
            closing = asyncio.create_task(server.close(BOUND_SECONDS))
            await asyncio.sleep(0)
            with pytest.raises(ConnectionRefusedError):
                async with AgiPeer.connect(address):
                    pass
        await closing
        assert server.tally == AgiTally(finished=1)


async def test_closing_ends_what_does_not_end() -> None:
    """After the grace, every connection is closed and every call flow was cancelled and awaited."""
    ended: list[str] = []

    async def stubborn(dialogue: Dialogue) -> None:
        try:
            await dialogue.answer()
        except ChannelGoneError:
            ended.append("told")
            raise
        finally:
            ended.append("cleaned up")

    async with serving(stubborn, AgiLimits(header_seconds=600)) as server:
        async with (
            AgiPeer.connect(server.address) as talking,
            AgiPeer.connect(server.address, b"agi_") as half,
        ):
            assert await talking.command() == "ANSWER"
            await until(lambda: server.open == 2)
            await server.close(grace=0.01)
            assert ended[-1] == "cleaned up"
            assert await talking.closed() == await half.closed() == b""
        assert server.open == 0


async def test_closing_twice_or_before_the_start_does_nothing() -> None:
    """`async with` may follow a close."""
    server = AgiServer(echo)
    await server.close()
    async with serving() as server:
        await server.close()
