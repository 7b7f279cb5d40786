"""Facts about one FastAGI connection and its deadlines. The sockets are real; the clock is the test's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from ivr.agi import AgiLimits, AgiServer, Dialogue
from ivr.agi.link import Link
from ivr.agi.wire import State
from ivr.errors import AgiProtocolError, ConnectionEndedError, HungUpError, IllegalMoveError, TooSlowError
from tests.lab.agi_peer import BOUND_SECONDS, AgiPeer, block, until
from tests.lab.still_loop import StillLoop, run

if TYPE_CHECKING:
    from collections.abc import Coroutine

LIMITS = AgiLimits(header_seconds=2, command_seconds=5, prompt_seconds=60, dialogue_seconds=300)


class Flow:
    """A call flow that the test writes as it goes: it hands out its dialogue and stays until let go."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.dialogue: asyncio.Future[Dialogue] = loop.create_future()
        self.let_go = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def __call__(self, dialogue: Dialogue) -> None:
        """Be the handler of a server."""
        self.dialogue.set_result(dialogue)
        try:
            await self.let_go.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


async def within(awaitable: Coroutine[Any, Any, Any] | asyncio.Future[Any]) -> Any:
    """What must happen at once."""
    async with asyncio.timeout(BOUND_SECONDS):
        return await awaitable


async def soon(task: asyncio.Task[Any], peer: AgiPeer) -> str:
    """Let a command be sent; its line. The task then waits for the reply."""
    line = await peer.command()
    assert not task.done()
    return line


@pytest.mark.req("P4", "S7")
@pytest.mark.parametrize("opening", [b"", b"agi_network: yes\nagi_netw", block()[:-1]])
def test_headers_have_their_time(opening: bytes) -> None:
    """Half of them, however much, and then silence: closed, and no call flow was started."""

    async def test(loop: StillLoop) -> None:
        flow = Flow()
        async with AgiServer(flow, LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address, opening) as peer:
                await until(lambda: server.open)
                loop.now += 2
                assert await peer.closed() == b""
            assert (server.tally.slow, server.open) == (1, 0)
            assert not flow.dialogue.done()

    run(test)


@pytest.mark.req("P4", "S7")
def test_a_slow_sender_gains_no_time() -> None:
    """The time is for the whole block, not for each byte of it."""

    async def test(loop: StillLoop) -> None:
        async with AgiServer(Flow(), LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address, b"a") as peer:
                await until(lambda: server.open)
                for byte in b"gi_n":
                    loop.now += 0.5
                    peer.send(bytes([byte]))
                assert await peer.closed() == b""

    run(test)


@pytest.mark.req("P4")
def test_a_reply_has_its_time() -> None:
    """An overdue one is TooSlowError, and the connection is closed at once: nobody could pair a late one."""

    async def test(loop: StillLoop) -> None:
        flow = Flow()
        async with AgiServer(flow, LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address) as peer:
                dialogue = await within(flow.dialogue)
                task = asyncio.create_task(dialogue.answer())
                assert await soon(task, peer) == "ANSWER"
                loop.now += 5
                with pytest.raises(TooSlowError):
                    await within(task)
                assert await peer.closed() == b""
                with pytest.raises(TooSlowError):
                    await dialogue.answer()

    run(test)


def test_a_command_may_have_more_time_than_others() -> None:
    """A prompt of 59 s is heard to its end."""

    async def test(loop: StillLoop) -> None:
        flow = Flow()
        async with AgiServer(flow, LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address) as peer:
                dialogue = await within(flow.dialogue)
                prompt = asyncio.create_task(dialogue.stream_file("long"))
                await soon(prompt, peer)
                await loop.turn(59)
                peer.reply("200 result=0 endpos=472000")
                assert await within(prompt) == ""

    run(test)


def test_a_command_has_no_more_time_than_its_own() -> None:
    """After a prompt that could have had 60 s, the next one has its 5."""

    async def test(loop: StillLoop) -> None:
        flow = Flow()
        async with AgiServer(flow, LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address) as peer:
                dialogue = await within(flow.dialogue)
                prompt = asyncio.create_task(dialogue.stream_file("short"))
                await soon(prompt, peer)
                await loop.turn(3)
                peer.reply("200 result=0 endpos=24000")
                await within(prompt)
                answer = asyncio.create_task(dialogue.answer())
                await soon(answer, peer)
                assert loop.pending(Link) == 1
                await loop.turn(5)
                with pytest.raises(TooSlowError):
                    await within(answer)

    run(test)


def test_a_call_flow_may_be_busy_elsewhere_between_commands() -> None:
    """What runs out then is the time of the dialogue, not that of a command."""

    async def test(loop: StillLoop) -> None:
        flow = Flow()
        async with AgiServer(flow, LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address) as peer:
                dialogue = await within(flow.dialogue)
                for _ in range(3):
                    answer = asyncio.create_task(dialogue.answer())
                    await peer.answer("200 result=0")
                    await within(answer)
                    await loop.turn(30)
                assert dialogue._link.fault is None

    run(test)


def test_a_call_flow_that_forgives_a_late_reply_has_its_time() -> None:
    """It caught TooSlowError, and hangs elsewhere."""

    async def test(loop: StillLoop) -> None:
        flow = Flow()
        async with AgiServer(flow, LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address) as peer:
                dialogue = await within(flow.dialogue)
                answer = asyncio.create_task(dialogue.answer())
                await soon(answer, peer)
                await loop.turn(5)
                with pytest.raises(TooSlowError):
                    await within(answer)
                await peer.closed()
            await loop.turn(300)
            await within(flow.cancelled.wait())

    run(test)


@pytest.mark.parametrize("opening", [b"", b"agi_", b"nonsense\n\n", block()])
def test_a_connection_that_is_over_leaves_no_timer(opening: bytes) -> None:
    """However it ended, as soon as its call flow has come to its end too."""

    async def test(loop: StillLoop) -> None:
        flow = Flow()
        async with AgiServer(flow, LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address, opening) as peer:
                if opening == block():
                    await within(flow.dialogue)
                    flow.let_go.set()
                    await peer.closed()
            await until(lambda: loop.timers(Link) and not server.open)
            assert loop.pending(Link) == 0

    run(test)


def test_a_dialogue_of_quick_commands_costs_one_timer() -> None:
    """Which finds, when it goes off early, that its deadline has moved on."""

    async def test(loop: StillLoop) -> None:
        flow = Flow()
        async with AgiServer(flow, LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address) as peer:
                dialogue = await within(flow.dialogue)
                for _ in range(20):
                    task = asyncio.create_task(dialogue.answer())
                    await peer.answer("200 result=0")
                    await within(task)
                assert len(loop.timers(Link)) == 1
                loop.now += 2
                task = asyncio.create_task(dialogue.answer())
                await peer.answer("200 result=0")
                await within(task)
                assert len(loop.timers(Link)) == 2

    run(test)


@pytest.mark.req("P4")
def test_a_dialogue_has_its_time() -> None:
    """A call flow that hangs elsewhere is cancelled, and its caller goes on."""

    async def test(loop: StillLoop) -> None:
        flow = Flow()
        async with AgiServer(flow, LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address) as peer:
                await within(flow.dialogue)
                loop.now += 300
                assert await peer.closed() == b""
                await within(flow.cancelled.wait())
            assert server.tally.slow == 1

    run(test)


@pytest.mark.req("P4")
def test_a_dialogue_of_quick_commands_has_its_time_too() -> None:
    """No command waits beyond the end of the whole."""

    async def test(loop: StillLoop) -> None:
        flow = Flow()
        async with AgiServer(flow, LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address) as peer:
                dialogue = await within(flow.dialogue)
                loop.now += 290
                task = asyncio.create_task(dialogue.stream_file("long"))
                await soon(task, peer)
                loop.now += 10
                with pytest.raises(TooSlowError, match="300"):
                    await within(task)
                await within(flow.cancelled.wait())

    run(test)


def test_a_call_flow_that_outlives_its_connection_has_its_time() -> None:
    """The connection is gone long before; the call flow is still cancelled in the end."""

    async def test(loop: StillLoop) -> None:
        flow = Flow()
        async with AgiServer(flow, LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address) as peer:
                await within(flow.dialogue)
                peer.end()
                await peer.closed()
            assert not flow.cancelled.is_set()
            await loop.turn(300)
            await within(flow.cancelled.wait())
            await until(lambda: server.tally.gone == 1)

    run(test)


async def test_the_end_of_the_connection_ends_the_wait() -> None:
    """ConnectionEndedError for who waits, and for who asks later."""
    flow = Flow()
    async with AgiServer(flow, LIMITS) as server:
        await server.start("127.0.0.1", 0)
        async with AgiPeer.connect(server.address) as peer:
            dialogue = await within(flow.dialogue)
            task = asyncio.create_task(dialogue.answer())
            await soon(task, peer)
            peer.end()
            with pytest.raises(ConnectionEndedError):
                await within(task)
            with pytest.raises(ConnectionEndedError):
                await dialogue.answer()


async def test_the_end_after_a_hangup_is_a_hangup() -> None:
    """Asterisk tells the hangup and closes without a reply: that is no broken connection."""
    flow = Flow()
    async with AgiServer(flow, LIMITS) as server:
        await server.start("127.0.0.1", 0)
        async with AgiPeer.connect(server.address) as peer:
            dialogue = await within(flow.dialogue)
            task = asyncio.create_task(dialogue.answer())
            await soon(task, peer)
            peer.reply("HANGUP")
            peer.end()
            with pytest.raises(HungUpError):
                await within(task)
            assert dialogue.hung_up


@pytest.mark.req("S7")
async def test_nonsense_ends_the_wait() -> None:
    """AgiProtocolError for who waits, and for who asks later; the connection is closed."""
    flow = Flow()
    async with AgiServer(flow, LIMITS) as server:
        await server.start("127.0.0.1", 0)
        async with AgiPeer.connect(server.address) as peer:
            dialogue = await within(flow.dialogue)
            task = asyncio.create_task(dialogue.answer())
            await soon(task, peer)
            peer.reply("HTTP/1.1 400 Bad Request")
            with pytest.raises(AgiProtocolError):
                await within(task)
            assert await peer.closed() == b""
            with pytest.raises(AgiProtocolError):
                await dialogue.answer()


async def test_only_one_command_is_under_way() -> None:
    """A second one is refused, and the first gets its reply."""
    flow = Flow()
    async with AgiServer(flow, LIMITS) as server:
        await server.start("127.0.0.1", 0)
        async with AgiPeer.connect(server.address) as peer:
            dialogue = await within(flow.dialogue)
            task = asyncio.create_task(dialogue.wait_for_digit(5000))
            await soon(task, peer)
            with pytest.raises(IllegalMoveError):
                await dialogue.answer()
            peer.reply("200 result=49")
            assert await within(task) == "1"


async def test_a_command_given_up_stays_under_way() -> None:
    """Nobody gets its late reply, least of all the next command, which must wait for that."""
    flow = Flow()
    async with AgiServer(flow, LIMITS) as server:
        await server.start("127.0.0.1", 0)
        async with AgiPeer.connect(server.address) as peer:
            dialogue = await within(flow.dialogue)
            task = asyncio.create_task(dialogue.wait_for_digit(5000))
            await soon(task, peer)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await within(task)
            with pytest.raises(IllegalMoveError):
                await dialogue.wait_for_digit(5000)
            peer.reply("200 result=49")
            await until(lambda: dialogue._link.wire.state is State.IDLE)
            task = asyncio.create_task(dialogue.wait_for_digit(5000))
            await peer.answer("200 result=50")
            assert await within(task) == "2"


def test_a_command_given_up_has_its_time() -> None:
    """The reply that nobody waits for must come all the same."""

    async def test(loop: StillLoop) -> None:
        flow = Flow()
        async with AgiServer(flow, LIMITS) as server:
            await server.start("127.0.0.1", 0)
            async with AgiPeer.connect(server.address) as peer:
                dialogue = await within(flow.dialogue)
                task = asyncio.create_task(dialogue.answer())
                await soon(task, peer)
                task.cancel()
                await loop.turn(5)
                assert await peer.closed() == b""

    run(test)


@pytest.mark.req("S7")
async def test_a_peer_that_replies_without_reading_is_cut_off() -> None:
    """What we hold for it is bounded, though it seems to answer every command."""
    asked = 0

    async def chatter(dialogue: Dialogue) -> None:
        nonlocal asked
        while True:
            asked += 1
            await dialogue.set_variable("x", "y" * 2000)

    async with AgiServer(chatter, LIMITS) as server:
        await server.start("127.0.0.1", 0)
        async with AgiPeer.connect(server.address) as peer:
            peer.stop_reading()
            await until(lambda: asked)
            while server.tally.slow == 0:
                before = asked
                peer.reply("200 result=1")
                await until(lambda: asked > before or server.tally.slow)  # noqa: B023  called in this turn
        assert server.tally.malformed == 0
