"""The dialogue with a real Asterisk: what it answers, and what becomes of a caller who forges."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import pytest_asyncio

from ivr.agi import AgiServer, Dialogue
from ivr.agi.commands import COMMAND_BYTES
from ivr.errors import ChannelGoneError, DeadChannelError, HungUpError
from tests.lab.agi_peer import until
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Ask = Callable[[Dialogue], Awaitable[Any]]

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

BOUND_SECONDS = 30.0
EXTENSIONS = """
[far-end]
exten => s,1,Answer()
 same => n,Wait(600)
[forger]
exten => s,1,Answer()
 same => n,Set(CALLERID(name)=${{URIDECODE(J%0aagi_uniqueid: 6.6)}})
 same => n,AGI(agi://127.0.0.1:{port}/forger)
 same => n,Set(GLOBAL(FORGER)=went on)
"""


class Call(NamedTuple):
    """A call whose flow asks something."""

    pbx: Asterisk
    server: AgiServer
    asks: dict[str, tuple[Ask, asyncio.Future[Any]]]

    async def ask(self, ask: Ask) -> Any:
        """Call, and what comes of it."""
        return await (await self.begin(ask))

    async def begin(self, ask: Ask) -> asyncio.Future[Any]:
        """Call; what will come of it."""
        script = f"ask{next(numbers)}"
        outcome = asyncio.get_running_loop().create_future()
        self.asks[script] = ask, outcome
        host, port = self.server.address
        await self.pbx.cli(
            f"channel originate Local/s@far-end application AGI agi://{host}:{port}/{script},ab,é"
        )
        return asyncio.wait_for(outcome, BOUND_SECONDS)


numbers = count()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def call() -> AsyncIterator[Call]:
    """One Asterisk and one server for these tests."""
    asks: dict[str, tuple[Ask, asyncio.Future[Any]]] = {}

    async def flow(dialogue: Dialogue) -> None:
        ask, outcome = asks[dialogue.request.script]
        try:
            outcome.set_result(await ask(dialogue))
        except ChannelGoneError as error:
            outcome.set_exception(error)

    async with AgiServer(flow) as server:
        await server.start("127.0.0.1", 0)
        async with Asterisk(Lab(extensions=EXTENSIONS.format(port=server.address[1]))) as pbx:
            yield Call(pbx, server, asks)


async def test_the_request_is_the_call(call: Call) -> None:
    """Channel, id, language and the arguments of the dialplan."""

    async def ask(dialogue: Dialogue) -> tuple[str, str | None, str | None, str, tuple[str, ...]]:
        name, uniqueid = await dialogue.get_variable("CHANNEL"), await dialogue.get_variable("UNIQUEID")
        return dialogue.request.channel, name, uniqueid, dialogue.request.uniqueid, dialogue.request.args

    channel, name, uniqueid, requested, args = await call.ask(ask)
    assert channel == name
    assert uniqueid == requested
    assert args == ("ab", "é")


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "value", ["plain", 'q"u\\o te', "a(b) endpos=4", "é\udce9\t;,${CHANNEL}", "", " lead", ")\\"]
)
async def test_a_value_comes_back_as_it_was_set(call: Call, value: str) -> None:
    """Quotes, parentheses, bytes that are no UTF-8; nothing in it is substituted."""

    async def ask(dialogue: Dialogue) -> str | None:
        await dialogue.set_variable("IDB_TEST", value)
        return await dialogue.get_variable("IDB_TEST")

    assert await call.ask(ask) == value


@pytest.mark.req("S7")
async def test_the_longest_command_is_one_command(call: Call) -> None:
    """One reply comes, and the next command has its own."""

    async def ask(dialogue: Dialogue) -> int:
        line = 'SET VARIABLE "IDB_TEST" "'
        await dialogue.command(line + "x" * (COMMAND_BYTES - len(line) - 1) + '"')
        return await dialogue.execute("NoOp")

    assert await call.ask(ask) == 0


async def test_refusals_are_replies(call: Call) -> None:
    """An unknown command, wrong arguments with their usage text, an unknown application."""

    async def ask(dialogue: Dialogue) -> list[object]:
        codes = [(await dialogue.command(line)).code for line in ("NO SUCH THING", "WAIT FOR DIGIT")]
        return [*codes, await dialogue.execute("NoSuchApplication")]

    assert await call.ask(ask) == [510, 520, -2]


async def test_a_missing_prompt_is_told_from_a_hangup(call: Call) -> None:
    """The call goes on after it."""

    async def ask(dialogue: Dialogue) -> tuple[str | None, str]:
        await dialogue.answer()
        return await dialogue.stream_file("idbellen/no-such-prompt", "#"), await dialogue.wait_for_digit(10)

    assert await call.ask(ask) == (None, "")


@pytest.mark.parametrize("command", ["a prompt", "a digit", "the next command"])
async def test_a_hangup_is_an_error_wherever_it_comes(call: Call, command: str) -> None:
    """During a prompt, during a wait, or between two commands."""
    answered, hung_up = asyncio.Event(), asyncio.Event()

    async def ask(dialogue: Dialogue) -> object:
        await dialogue.answer()
        answered.set()
        if command == "a prompt":
            return await dialogue.stream_file("demo-congrats")
        if command == "a digit":
            return await dialogue.wait_for_digit(30_000)
        await hung_up.wait()
        return await dialogue.wait_for_digit(30_000)

    outcome = await call.begin(ask)
    await answered.wait()
    await call.pbx.cli("channel request hangup all")
    hung_up.set()
    with pytest.raises((HungUpError, DeadChannelError)):
        await outcome


@pytest.mark.req("P4", "S7")
async def test_a_caller_who_forges_headers_goes_on_unserved(call: Call) -> None:
    """A line feed in the caller's name would be a second uniqueid; the dialplan does not even notice."""
    before = call.server.tally.malformed
    await call.pbx.cli("channel originate Local/s@far-end extension s@forger")
    await until(lambda: call.server.tally.malformed > before)
    async with asyncio.timeout(BOUND_SECONDS):
        while "FORGER=went on" not in await call.pbx.cli("dialplan show globals"):
            pass
