"""Facts about what a call flow may ask, against a peer that answers as Asterisk 22 does."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from ivr.agi import AgiServer, Dialogue
from ivr.errors import (
    AgiProtocolError,
    ChannelGoneError,
    DeadChannelError,
    HungUpError,
    IllegalMoveError,
    UnsafeValueError,
)
from tests.lab.agi_peer import BOUND_SECONDS, AgiPeer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

DEAD = "511 Command Not Permitted on a dead channel or intercept routine"

Ask = "Callable[[Dialogue], Awaitable[Any]]"


@asynccontextmanager
async def asked(
    ask: Callable[[Dialogue], Awaitable[Any]],
) -> AsyncIterator[tuple[AgiPeer, asyncio.Future[Any]]]:
    """A call whose flow asks one thing: the peer, and what comes of it."""
    outcome: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def flow(dialogue: Dialogue) -> None:
        try:
            outcome.set_result(await ask(dialogue))
        except Exception as error:  # noqa: BLE001  the test looks at it
            outcome.set_exception(error)

    async with AgiServer(flow) as server:
        await server.start("127.0.0.1", 0)
        async with AgiPeer.connect(server.address) as peer:
            yield peer, outcome


async def result(
    ask: Callable[[Dialogue], Awaitable[Any]], *exchanges: tuple[str, str | tuple[str, ...]]
) -> Any:
    """What comes of it, where the peer gets these commands and sends these lines."""
    async with asked(ask) as (peer, outcome):
        for command, lines in exchanges:
            assert await peer.answer(*((lines,) if isinstance(lines, str) else lines)) == command
        async with asyncio.timeout(BOUND_SECONDS):
            return await outcome


class TestAnswer:
    """ANSWER."""

    async def test_it_picks_up(self) -> None:
        """And has nothing to say."""
        assert await result(Dialogue.answer, ("ANSWER", "200 result=0")) is None

    async def test_a_channel_that_refuses_is_going(self) -> None:
        """-1 is a hangup."""
        with pytest.raises(HungUpError):
            await result(Dialogue.answer, ("ANSWER", "200 result=-1"))


class TestStreamFile:
    """STREAM FILE."""

    COMMAND = 'STREAM FILE "idbellen/welcome" "0123456789*"'

    @staticmethod
    async def ask(dialogue: Dialogue) -> str | None:
        """Play a prompt that any key but # stops."""
        return await dialogue.stream_file("idbellen/welcome", "0123456789*")

    @pytest.mark.req("P6")
    async def test_the_key_that_stopped_it_is_told(self) -> None:
        """As the key, not as its code."""
        assert await result(self.ask, (self.COMMAND, "200 result=42 endpos=8640")) == "*"

    async def test_the_end_of_the_prompt_is_no_key(self) -> None:
        """Nothing was keyed."""
        assert await result(self.ask, (self.COMMAND, "200 result=0 endpos=8640")) == ""

    async def test_a_missing_prompt_is_none(self) -> None:
        """The channel is still there: Asterisk says so when asked."""
        exchanges = (self.COMMAND, "200 result=-1 endpos=0"), ("CHANNEL STATUS", "200 result=6")
        assert await result(self.ask, *exchanges) is None

    async def test_a_hangup_is_no_missing_prompt(self) -> None:
        """The same -1, but then the channel is dead; the HANGUP line is late, as from a real Asterisk."""
        exchanges = (self.COMMAND, "200 result=-1 endpos=8160"), ("CHANNEL STATUS", ("HANGUP", DEAD))
        with pytest.raises(DeadChannelError):
            await result(self.ask, *exchanges)

    async def test_a_hangup_told_with_the_result_is_enough(self) -> None:
        """No more is asked."""
        with pytest.raises(HungUpError):
            await result(self.ask, (self.COMMAND, ("200 result=-1 endpos=8160", "HANGUP")))


class TestWaitForDigit:
    """WAIT FOR DIGIT."""

    COMMAND = "WAIT FOR DIGIT 5000"

    @staticmethod
    async def ask(dialogue: Dialogue) -> str:
        """Wait five seconds."""
        return await dialogue.wait_for_digit(5000)

    @pytest.mark.req("P6")
    @pytest.mark.parametrize("key", "0123456789*#ABCD")
    async def test_a_key_is_told(self, key: str) -> None:
        """Asterisk gives its ASCII code."""
        assert await result(self.ask, (self.COMMAND, f"200 result={ord(key)}")) == key

    async def test_silence_is_no_key(self) -> None:
        """0 is a timeout, not the key 0."""
        assert await result(self.ask, (self.COMMAND, "200 result=0")) == ""

    async def test_a_hangup_is_an_error(self) -> None:
        """-1: no more digits can come."""
        with pytest.raises(HungUpError):
            await result(self.ask, (self.COMMAND, "200 result=-1"))

    @pytest.mark.req("S7")
    @pytest.mark.parametrize("code", [1, 32, 69, 97, 123456])
    async def test_what_is_no_key_is_refused(self, code: int) -> None:
        """No telephone has it; it must not become a character of a code."""
        with pytest.raises(AgiProtocolError):
            await result(self.ask, (self.COMMAND, f"200 result={code}"))


class TestVariables:
    """SET VARIABLE and GET VARIABLE."""

    async def test_a_value_is_set_quoted(self) -> None:
        """Whatever it holds."""

        async def ask(dialogue: Dialogue) -> None:
            await dialogue.set_variable("IDB_QUEUE", 'a "b" c\\')

        command = 'SET VARIABLE "IDB_QUEUE" "a \\"b\\" c\\\\"'
        assert await result(ask, (command, "200 result=1")) is None

    @pytest.mark.req("S7")
    async def test_an_unsafe_value_is_not_sent(self) -> None:
        """The dialogue goes on as if it had not been asked."""

        async def ask(dialogue: Dialogue) -> None:
            with pytest.raises(UnsafeValueError):
                await dialogue.set_variable("x", "1\nEXEC System reboot")
            await dialogue.answer()

        await result(ask, ("ANSWER", "200 result=0"))

    @pytest.mark.parametrize(
        ("reply", "value"),
        [("200 result=1 (afval)", "afval"), ("200 result=1 ()", ""), ("200 result=0", None)],
    )
    async def test_a_value_is_got(self, reply: str, value: str | None) -> None:
        """An empty one is not a missing one."""

        async def ask(dialogue: Dialogue) -> str | None:
            return await dialogue.get_variable("IDB_QUEUE")

        assert await result(ask, ('GET VARIABLE "IDB_QUEUE"', reply)) == value


class TestExecute:
    """EXEC."""

    @pytest.mark.parametrize("number", [0, -1, -2])
    async def test_an_application_has_a_result(self, number: int) -> None:
        """Its own; -2 is that there is none of that name."""

        async def ask(dialogue: Dialogue) -> int:
            return await dialogue.execute("Set", "TIMEOUT(absolute)=9")

        assert await result(ask, ('EXEC "Set" "TIMEOUT(absolute)=9"', f"200 result={number}")) == number


class TestCommand:
    """Any command."""

    async def test_a_refusal_is_a_reply(self) -> None:
        """To who asks by line."""

        async def ask(dialogue: Dialogue) -> int:
            return (await dialogue.command("NO SUCH THING")).code

        assert await result(ask, ("NO SUCH THING", "510 Invalid or unknown command")) == 510

    @pytest.mark.parametrize(
        "reply", ["510 Invalid or unknown command", "520 Invalid command syntax.", "200 result= (timeout)"]
    )
    async def test_a_named_one_must_be_known(self, reply: str) -> None:
        """An Asterisk that does not know ANSWER is none."""
        with pytest.raises(AgiProtocolError):
            await result(Dialogue.answer, ("ANSWER", reply))

    async def test_a_dead_channel_is_an_error(self) -> None:
        """511, whatever was asked."""

        async def ask(dialogue: Dialogue) -> None:
            await dialogue.command("NO SUCH THING")

        with pytest.raises(DeadChannelError):
            await result(ask, ("NO SUCH THING", DEAD))

    async def test_nothing_is_asked_after_a_hangup(self) -> None:
        """The reply to the command under way is still had; the next command is refused without being sent."""

        async def ask(dialogue: Dialogue) -> str:
            assert not dialogue.hung_up
            key = await dialogue.wait_for_digit(5000)
            assert dialogue.hung_up
            with pytest.raises(HungUpError):
                await dialogue.answer()
            return key

        assert await result(ask, ("WAIT FOR DIGIT 5000", ("HANGUP", "200 result=53"))) == "5"

    async def test_the_request_is_there(self) -> None:
        """From the start."""

        async def ask(dialogue: Dialogue) -> str:
            return dialogue.request.uniqueid

        assert await result(ask) == "pbx-1763776800.84"


@pytest.mark.req("S1")
async def test_no_error_tells_what_was_keyed_or_set() -> None:
    """Errors are logged; digits and values must not be."""

    async def ask(dialogue: Dialogue) -> list[str]:
        told: list[str] = []
        for line in ("SET VARIABLE x 8675309\n", "SET VARIABLE x " + "8675309" * 300):
            try:
                await dialogue.command(line)
            except UnsafeValueError as error:
                told.append(repr(error))
        try:
            await dialogue.wait_for_digit(5000)
        except (AgiProtocolError, ChannelGoneError, IllegalMoveError) as error:
            told.append(repr(error))
        return told

    told = await result(ask, ("WAIT FOR DIGIT 5000", "200 result=8675309"))
    assert len(told) == 3
    assert "8675309" not in "".join(told)
