"""One connection, byte by byte: what Asterisk may send at any moment, and what becomes of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.ami.events import Hangup, QueueMember
from ivr.ami.limits import AmiLimits
from ivr.ami.protocol import AmiProtocol
from ivr.ami.tally import AmiTally
from ivr.errors import IdBellenError, ManagerError, ManagerGoneError, TooSlowError
from tests.lab.ami_server import GREETING, message

if TYPE_CHECKING:
    from collections.abc import Iterator

HANGUP = "Event: Hangup\nChannel: PJSIP/1-{0}\nUniqueid: 1.{0}\nLinkedid: 1.{0}\nCause: 16"
MEMBER = "Event: QueueMember\nQueue: kcc\nLocation: PJSIP/{}\nStatus: 1\nPaused: 0"
COMPLETE = "Event: QueueStatusComplete\nEventList: Complete\nListItems: {}"
SMALL = AmiLimits(message_bytes=400, line_chars=100, headers=8, list_items=3, backlog=3)


class Wire(asyncio.Transport):
    """What asyncio gives a protocol; it keeps what is written and tells when it is cut."""

    def __init__(self, protocol: AmiProtocol) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.aborted = False
        self._protocol = protocol
        protocol.connection_made(self)

    def write(self, data: bytes) -> None:
        """Keep it."""
        self.written.append(data)

    def abort(self) -> None:
        """Tell the protocol at the loop's next turn, as asyncio does."""
        if not self.aborted:
            self.aborted = True
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)


class Side:
    """A protocol with its wire, greeted, token ``t``."""

    def __init__(self, limits: AmiLimits = SMALL) -> None:
        self.tally = AmiTally()
        self.protocol = AmiProtocol(limits, self.tally, "t")
        self.wire = Wire(self.protocol)
        self.protocol.data_received(GREETING)

    def tell(self, text: str, action_id: str = "") -> None:
        """Asterisk says this."""
        self.protocol.data_received(message(text, action_id))

    def ask(
        self, name: str = "QueueStatus", complete: str | None = "QueueStatusComplete"
    ) -> asyncio.Future[Any]:
        """Ask for a list, unless told otherwise; its id is t-1, t-2, …."""
        return self.protocol.send({"Action": name}, as_list=complete)


@pytest.fixture
async def side() -> Side:
    """A connection with small limits."""
    return Side()


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One loop for many examples."""
    with asyncio.Runner() as runner:
        yield runner


async def test_events_come_in_order(side: Side) -> None:
    """One after the other, those of no interest passed over."""
    side.tell(HANGUP.format(1))
    side.tell("Event: Newexten\nChannel: PJSIP/1")
    side.tell(HANGUP.format(2))
    taken = [await side.protocol.next_event(), await side.protocol.next_event()]
    assert [event.uniqueid for event in taken if isinstance(event, Hangup)] == ["1.1", "1.2"]
    assert side.tally == AmiTally(events=2, passed_over=1)


async def test_events_before_the_end_are_not_lost(side: Side) -> None:
    """The end of the connection stands behind everything that came before it."""
    side.tell(HANGUP.format(1))
    side.protocol.connection_lost(None)
    assert isinstance(await side.protocol.next_event(), Hangup)
    assert await side.protocol.next_event() is None
    assert side.protocol.ended == "Asterisk closed it"


async def test_who_waits_for_an_event_is_woken_by_the_end(side: Side) -> None:
    """Nobody waits on a connection that is over."""
    waiting = asyncio.create_task(side.protocol.next_event())
    await asyncio.sleep(0)
    side.protocol.connection_lost(ConnectionResetError())
    assert await waiting is None
    assert side.protocol.ended == "lost: ConnectionResetError"


@pytest.mark.req("O6")
async def test_backlog_that_nobody_takes_ends_the_connection(side: Side) -> None:
    """Rather a new start than a gap that nobody knows of."""
    for number in range(4):
        side.tell(HANGUP.format(number))
    assert side.wire.aborted
    assert side.protocol.ended == "3 events waited and nobody took them"
    side.tell(HANGUP.format(9))
    taken = [await side.protocol.next_event() for _ in range(4)]
    assert [event.uniqueid for event in taken if isinstance(event, Hangup)] == ["1.0", "1.1", "1.2"]


@pytest.mark.req("S7")
async def test_what_is_wrong_is_dropped_and_counted(side: Side) -> None:
    """A bad message costs itself, whatever is wrong with it."""
    side.tell(HANGUP.format(1).replace("16", "?"))
    side.tell(HANGUP.format(1) + "\nUniqueid: 9.9")
    side.tell(HANGUP.format(1) + "\nX: " + "x" * 101)
    side.tell(HANGUP.format(1) + "\nX: " + "x" * 401)
    side.tell("Hello: there")
    side.tell("Response: Success", "t-99")
    side.tell("Response: Success")
    side.protocol.data_received(b"\r\n\n" + message(HANGUP.format(2)))
    assert side.tally == AmiTally(events=1, malformed=3, oversized=1, strange=3)
    assert not side.protocol.ended


@pytest.mark.req("S7")
async def test_what_is_not_a_manager_is_left() -> None:
    """Nothing after a foreign greeting is believed."""
    protocol = AmiProtocol(SMALL, AmiTally(), "t")
    wire = Wire(protocol)
    protocol.data_received(b"HTTP/1.1 400 Bad Request\r\n")
    assert wire.aborted
    with pytest.raises(ManagerGoneError, match="greeting"):
        await protocol.greeted


async def test_greeting_tells_the_version(side: Side) -> None:
    """The version is there once the greeting is."""
    assert await side.protocol.greeted == "11.0.0"


async def test_answer_finds_its_action(side: Side) -> None:
    """In whatever order answers come."""
    first, second = side.ask("CoreSettings", None), side.ask("CoreStatus", None)
    side.tell("Response: Success\nMessage: two", "t-2")
    side.tell("Response: Success\nMessage: one\nAsteriskVersion: 22", "t-1")
    assert ((await first).message, (await first).fields["AsteriskVersion"]) == ("one", "22")
    assert (await second).message == "two"
    assert side.wire.written[0] == b"Action: CoreSettings\r\nActionID: t-1\r\n\r\n"


@pytest.mark.parametrize("complete", [None, "QueueStatusComplete"])
async def test_refusal_has_asterisks_words(side: Side, complete: str | None) -> None:
    """For one answer and for a list; bounded, and never empty."""
    said, silent = side.ask("Nope", complete), side.ask("Nope", complete)
    side.tell("Response: Error\nMessage: Permission denied", "t-1")
    side.tell("Response: Error", "t-2")
    with pytest.raises(ManagerError, match=r"^Asterisk refused Nope: Permission denied$"):
        await said
    with pytest.raises(ManagerError, match=r"\(no reason given\)$"):
        await silent


@pytest.mark.req("S7")
async def test_answer_that_cannot_be_read_is_an_error(side: Side) -> None:
    """The one who asked learns it at once."""
    future = side.ask("CoreSettings", None)
    side.tell("Response: Success\n" + "\n".join(f"H{n}: 1" for n in range(9)), "t-1")
    with pytest.raises(ManagerError, match="cannot be read"):
        await future
    assert side.tally.malformed == 1


async def test_second_answer_is_nobodys(side: Side) -> None:
    """The first one stands."""
    future = side.ask("CoreSettings", None)
    side.tell("Response: Success\nMessage: first", "t-1")
    side.tell("Response: Error\nMessage: second", "t-1")
    assert (await future).message == "first"
    assert side.tally.strange == 1


async def test_list_is_its_items(side: Side) -> None:
    """Events between the items are events; another's items are not ours."""
    future = side.ask()
    side.tell("Response: Success\nEventList: start\nMessage: Queue status will follow", "t-1")
    side.tell(MEMBER.format(1), "t-1")
    side.tell(HANGUP.format(1))
    side.tell(MEMBER.format(7), "t-0")
    side.tell(MEMBER.format(2), "t-1")
    side.tell(COMPLETE.format(2), "t-1")
    items = await future
    assert [each.interface for each in items if isinstance(each, QueueMember)] == ["PJSIP/1", "PJSIP/2"]
    assert isinstance(await side.protocol.next_event(), Hangup)
    assert side.tally == AmiTally(events=1, passed_over=1)


async def test_event_with_the_id_of_a_single_action_is_an_event(side: Side) -> None:
    """OriginateResponse carries the id of its action; that makes it no list."""
    side.ask()
    side.ask("Originate", None)
    side.tell(HANGUP.format(1), "t-2")
    assert isinstance(await side.protocol.next_event(), Hangup)


@pytest.mark.parametrize(
    ("messages", "fault"),
    [
        ([MEMBER.format(1), COMPLETE.format(2)], "not complete"),
        ([COMPLETE.format(0).replace("Complete\nL", "cancelled\nL")], "not complete"),
        ([MEMBER.format(1).replace("Status: 1", "Status: x"), COMPLETE.format(1)], "item cannot be read"),
        ([*(MEMBER.format(n) for n in range(4)), COMPLETE.format(4)], "more than 3 items"),
        ([COMPLETE.format(0) + "\nX: 1" * 9], "item cannot be read"),
    ],
)
@pytest.mark.req("S7")
async def test_part_of_a_list_is_no_list(side: Side, messages: list[str], fault: str) -> None:
    """Missing, cancelled, unreadable or too many items: an error, never the rest of them."""
    future = side.ask()
    for text in messages:
        side.tell(text, "t-1")
    with pytest.raises(ManagerError, match=fault):
        await future


async def test_list_without_a_count_is_taken_as_it_is(side: Side) -> None:
    """Not every list is counted."""
    future = side.ask()
    side.tell(MEMBER.format(1), "t-1")
    side.tell("Event: QueueStatusComplete", "t-1")
    side.tell("Event: QueueStatusComplete", "t-1")
    assert len(await future) == 1


async def test_everything_under_way_ends_with_the_connection(side: Side) -> None:
    """The one who asked learns that it is not known whether it was done; nothing is kept."""
    single, listed = side.ask("QueueAdd", None), side.ask()
    side.protocol.close()
    for future, name in ((single, "QueueAdd"), (listed, "QueueStatus")):
        with pytest.raises(ManagerGoneError, match=f"we closed it; whether {name} was done is not known"):
            await future
    await side.protocol.wait_closed()
    assert side.wire.aborted
    assert side.protocol._answers._asked == {}
    assert side.protocol._answers.lists == 0


async def test_nothing_is_sent_on_a_connection_that_is_over(side: Side) -> None:
    """Panoramisk's late ping included."""
    side.protocol.close()
    with pytest.raises(ManagerGoneError, match="Ping was not sent"):
        await side.ask("Ping", None)
    assert side.wire.written == []


async def test_connection_that_comes_too_late_is_given_back() -> None:
    """Closed while it was still connecting."""
    protocol = AmiProtocol(SMALL, AmiTally(), "t")
    protocol.close()
    wire = Wire(protocol)
    assert wire.aborted
    await protocol.wait_closed()


async def test_unanswered_action_has_an_end() -> None:
    """After its limit; an answer after that is nobody's."""
    side = Side(AmiLimits(answer_seconds=0.01))
    with pytest.raises(TooSlowError, match=r"did not answer QueueStatus within 0\.01 s"):
        await side.ask()
    side.tell("Response: Success", "t-1")
    assert (side.tally.strange, side.protocol._answers.lists, side.protocol.ended) == (1, 0, "")


@pytest.mark.req("O6")
async def test_unanswered_ping_ends_the_connection() -> None:
    """Half open, or frozen: it is as good as lost."""
    side = Side(AmiLimits(ping_answer_seconds=0.01))
    waiting, ping = side.ask(), side.ask("Ping", None)
    with pytest.raises(ManagerGoneError, match=r"a ping was not answered within 0\.01 s"):
        await waiting
    with pytest.raises(TooSlowError):
        await ping
    assert side.wire.aborted


async def test_answer_at_the_very_deadline_counts() -> None:
    """The timer that goes off in the same turn of the loop finds it answered."""
    side = Side()
    ping = side.ask("Ping", None)
    side.tell("Response: Success\nPing: Pong", "t-1")
    side.protocol._answers._expire(b"t-1", 2.0)
    assert (await ping).fields["Ping"] == "Pong"
    assert not side.protocol.ended


async def test_who_no_longer_waits_is_forgotten(side: Side) -> None:
    """Its answer is nobody's."""
    future = side.ask()
    future.cancel()
    await asyncio.sleep(0)
    side.tell(MEMBER.format(1), "t-1")
    assert side.tally.passed_over == 1
    assert side.protocol._answers.lists == 0


PIECES = (
    GREETING,
    *(message(HANGUP.format(1)), message(HANGUP.format(1))[:50], message("Event: X", "t-2")),
    *(message("Response: Success", "t-1"), message("Response: Error\nMessage: no", "t-2")),
    *(message(MEMBER.format(1), "t-2"), message(COMPLETE.format(1), "t-2"), b"\r\nActionID: t-2"),
    *(b"Event: ", b"Event: Hangup\r\n", b"Response: ", b": ", b"\r\n", b"\r\n\r\n", b"x" * 500, "é".encode()),
)
CUT = len(PIECES)


def segments(program: bytes) -> list[bytes]:
    """A stream in segments: a byte stands for a piece of AMI, for the next segment, or for itself."""
    parts: list[list[bytes]] = [[]]
    for byte in program:
        kind = byte % 32  # so that half of all bytes stand for pieces
        if kind == CUT:
            parts.append([])
        else:
            parts[-1].append(PIECES[kind] if kind < CUT else bytes([byte]))
    return [b"".join(part) for part in parts]


PROGRAMS = st.binary(max_size=60)
"""Drawn as bytes and read as a program: ten times as fast as drawing lists of pieces."""


async def survive(program: bytes) -> None:
    """Feed arbitrary bytes to a connection with actions under way; whatever comes of them is of our tree."""
    side = Side()
    asked = [side.ask("CoreSettings", None), side.ask(), side.ask("Ping", None)]
    for segment in segments(program):
        side.protocol.data_received(segment)
    side.protocol.close()
    for future in asked:
        fault = future.exception()
        assert fault is None or isinstance(fault, IdBellenError)
    while await side.protocol.next_event() is not None:
        pass
    await side.protocol.wait_closed()
    assert side.protocol._answers._asked == {}
    assert len(side.protocol._splitter._pending) <= SMALL.message_bytes + 4


@settings(max_examples=500, deadline=None)
@given(PROGRAMS)
@pytest.mark.req("S7")
def test_arbitrary_bytes_do_no_harm(runner: asyncio.Runner, program: bytes) -> None:
    """No hang, nothing kept, and no exception but ours."""
    runner.run(survive(program))


@pytest.mark.slow
@settings(max_examples=100_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(PROGRAMS)
@pytest.mark.req("S7")
def test_a_hundred_thousand_arbitrary_bytes_do_no_harm(runner: asyncio.Runner, program: bytes) -> None:
    """The same, at length."""
    runner.run(survive(program))
