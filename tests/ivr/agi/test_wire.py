"""Facts about the FastAGI protocol, without a socket."""

from __future__ import annotations

import pytest

from ivr.agi.events import Broken, Ended, HungUp, Reply, Request
from ivr.agi.limits import AgiLimits
from ivr.agi.wire import LINE_OPENINGS, TABLE, WHOLE_LINES, Input, State, Wire, classify
from ivr.errors import AgiProtocolError, HungUpError, IllegalMoveError, UnsafeValueError
from tests.lab.agi_peer import HEADERS, block

LIMITS = AgiLimits(header_bytes=2048, reply_bytes=256)
USAGE_LINE = b"520-Invalid command syntax.  Proper usage follows:\n"
USAGE = (
    USAGE_LINE
    + b"Usage: WAIT FOR DIGIT <timeout>\n\n200 result=0 is what a good one gives\n520-as in this line\n"
    b"520 End of proper usage.\n"
)


def idle() -> Wire:
    """A wire that has read its headers."""
    wire = Wire(LIMITS)
    wire.feed(block())
    return wire


def waiting() -> Wire:
    """A wire with a command under way."""
    wire = idle()
    wire.command("ANSWER")
    return wire


def in_usage() -> Wire:
    """A wire in the middle of a usage text."""
    wire = waiting()
    wire.feed(USAGE_LINE)
    return wire


def over() -> Wire:
    """A wire whose conversation has ended."""
    wire = idle()
    wire.end()
    return wire


WIRES = {
    State.HEADERS: lambda: Wire(LIMITS),
    State.IDLE: idle,
    State.WAITING: waiting,
    State.USAGE: in_usage,
    State.OVER: over,
}
LINES = {
    Input.HANGUP: b"HANGUP\n",
    Input.REPLY: b"200 result=0\n",
    Input.USAGE_OPENS: USAGE_LINE,
    Input.USAGE_ENDS: b"520 End of proper usage.\n",
    Input.TEXT: b"hello\n",
}


def is_broken(events: list[object]) -> bool:
    """Whether this is the end by a protocol error, and nothing else."""
    match events:
        case [Broken(AgiProtocolError())]:
            return True
    return False


class TestHeaders:
    """The block that opens a conversation."""

    def test_a_block_becomes_a_request(self) -> None:
        """With all that Asterisk 22 sends; `test_parse` has the rest."""
        (request,) = Wire(LIMITS).feed(block(agi_arg_2="b"))
        assert isinstance(request, Request)
        assert dict(request.headers) == HEADERS | {"agi_arg_2": "b"}

    def test_a_block_is_complete_with_its_empty_line_only(self) -> None:
        """Byte by byte nothing comes out before the last."""
        wire = Wire(LIMITS)
        *before, last = [wire.feed(bytes([byte])) for byte in block()]
        assert not any(before)
        assert isinstance(last[0], Request)

    @pytest.mark.req("S7")
    @pytest.mark.parametrize(
        "opening",
        [
            pytest.param(b"\n\n", id="no headers"),
            pytest.param(b"GET / HTTP/1.1\nHost: x\n\n", id="another protocol"),
            pytest.param(b"\n" + block(), id="an empty line first"),
        ],
    )
    def test_what_is_not_a_call_is_refused(self, opening: bytes) -> None:
        """One event, and nothing after it."""
        wire = Wire(LIMITS)
        assert is_broken(wire.feed(opening))
        assert wire.feed(block()) == []
        assert wire.end() == []

    @pytest.mark.req("S7")
    def test_a_block_may_have_so_many_bytes(self) -> None:
        """The limit counts the empty line; one byte more is refused, before or with the end of the block."""
        size = len(block())
        assert isinstance(Wire(AgiLimits(header_bytes=size)).feed(block())[0], Request)
        assert is_broken(Wire(AgiLimits(header_bytes=size - 1)).feed(block()))
        wire = Wire(AgiLimits(header_bytes=size - 1))
        assert wire.feed(block()[: size - 2]) == []
        assert is_broken(wire.feed(block()[size - 2 : size - 1]))


class TestReplies:
    """What Asterisk answers."""

    def test_a_usage_text_is_one_reply(self) -> None:
        """It goes on to its last line, whatever its lines look like."""
        wire = waiting()
        assert wire.feed(USAGE) == [Reply(520, USAGE.decode()[:-1])]
        wire.command("ANSWER")
        assert wire.feed(b"200 result=0\n") == [Reply(200, "result=0", 0)]

    @pytest.mark.req("S7")
    def test_what_is_no_reply_breaks(self) -> None:
        """What came before it is heard; what comes after it is not."""
        hangup, broken = waiting().feed(b"HANGUP\n200 result=1 (a\n200 result=0\n")
        assert hangup == HungUp()
        assert is_broken([broken])

    @pytest.mark.req("S7")
    def test_a_reply_may_have_so_many_bytes(self) -> None:
        """The limit counts the LF; whoever needs more is refused before the end of the line comes."""
        assert waiting().feed(b"510 " + b"x" * 251 + b"\n") == [Reply(510, "x" * 251)]
        assert is_broken(waiting().feed(b"510 " + b"x" * 252 + b"\n"))
        wire = waiting()
        assert wire.feed(b"510 " + b"x" * 251) == []
        assert is_broken(wire.feed(b"x"))

    @pytest.mark.req("S7")
    def test_many_lines_in_reply_to_one_command_are_bounded(self) -> None:
        """A usage text without end, or hangups without end, are refused; a new command has new room."""
        wire = waiting()
        events = [event for _ in range(40) for event in wire.feed(b"HANGUP\n")]
        assert events[0] == HungUp()
        assert is_broken(events[1:])
        wire = idle()
        for _ in range(40):
            wire.command("ANSWER")
            assert wire.feed(b"200 result=0\n") == [Reply(200, "result=0", 0)]

    @pytest.mark.req("S7")
    @pytest.mark.parametrize("reply", [b"200 result=0\n", b"200 result=0 endpos=0\n"])
    @pytest.mark.parametrize("left", range(3))
    def test_a_reply_takes_of_that_room_too(self, reply: bytes, left: int) -> None:
        """Whether it came by itself or with other lines; what is left counts after it as well."""
        before = b"HANGUP\n" * ((256 - len(reply)) // 7)
        room = AgiLimits(reply_bytes=len(before) + len(reply) + left)
        for segments in ([before, reply, b"HANG"], [before + reply + b"HANG"]):
            wire = Wire(room)
            wire.feed(block())
            wire.command("ANSWER")
            events = [event for segment in segments for event in wire.feed(segment)]
            assert isinstance(events[1], Reply)
            assert is_broken(events[2:])
        wire = Wire(AgiLimits(reply_bytes=len(reply) - 1))
        wire.feed(block())
        wire.command("ANSWER")
        assert is_broken(wire.feed(reply))


class TestHangup:
    """The line that answers nothing."""

    @pytest.mark.req("S7")
    def test_it_may_come_before_a_reply(self) -> None:
        """The reply is still the reply."""
        wire = waiting()
        assert wire.feed(b"HANGUP\n200 result=-1\n") == [HungUp(), Reply(200, "result=-1", -1)]
        assert wire.hung_up

    def test_it_may_come_after_a_reply(self) -> None:
        """As after a WAIT FOR DIGIT that a hangup ended."""
        assert waiting().feed(b"200 result=-1\nHANGUP\n") == [Reply(200, "result=-1", -1), HungUp()]

    def test_it_may_come_with_the_headers(self) -> None:
        """Who hangs up at once is told of right behind the block."""
        request, hangup = Wire(LIMITS).feed(block() + b"HANGUP\n")
        assert isinstance(request, Request)
        assert hangup == HungUp()

    def test_it_may_come_inside_a_usage_text(self) -> None:
        """It is not a line of that text."""
        hangup, reply = waiting().feed(USAGE.replace(b"\n\n", b"\nHANGUP\n\n"))
        assert (hangup, reply) == (HungUp(), Reply(520, USAGE.decode()[:-1]))

    def test_it_is_told_once(self) -> None:
        """Asterisk repeats it when its AGI application ends."""
        wire = waiting()
        assert wire.feed(b"HANGUP\nHANGUP\n") == [HungUp()]
        assert wire.feed(b"HANGUP\n") == []

    def test_no_command_goes_out_after_it(self) -> None:
        """Whatever the state."""
        for wire in (idle(), waiting()):
            wire.feed(b"HANGUP\n")
            with pytest.raises(HungUpError):
                wire.command("ANSWER")


class TestCommands:
    """What we may send, and when."""

    def test_a_command_is_one_line(self) -> None:
        """With its LF."""
        assert idle().command('SET VARIABLE "a" "b"') == b'SET VARIABLE "a" "b"\n'

    @pytest.mark.parametrize("state", [State.HEADERS, State.WAITING, State.USAGE, State.OVER])
    def test_it_waits_for_its_turn(self, state: State) -> None:
        """Out of turn it is refused, and nothing changes."""
        wire = WIRES[state]()
        with pytest.raises(IllegalMoveError):
            wire.command("ANSWER")
        assert wire.state is state

    @pytest.mark.req("S7")
    def test_an_unsafe_one_changes_nothing(self) -> None:
        """The next command is as good as if it had never been asked."""
        wire = idle()
        with pytest.raises(UnsafeValueError):
            wire.command("ANSWER\nHANGUP")
        assert wire.command("ANSWER") == b"ANSWER\n"


class TestTable:
    """The table is the protocol: every move in it is made, and no other."""

    def test_every_state_has_its_moves(self) -> None:
        """Nothing leads to a state that the table does not know."""
        assert set(TABLE) == set(State)
        assert {state for moves in TABLE.values() for state in moves.values()} == set(State) - {State.HEADERS}

    @pytest.mark.parametrize("state", list(State)[1:], ids=lambda state: state.name)
    @pytest.mark.parametrize("what", LINES, ids=lambda what: what.name)
    def test_a_line_moves_as_listed_or_breaks(self, state: State, what: Input) -> None:
        """For each state and each kind of line."""
        wire = WIRES[state]()
        events = wire.feed(LINES[what])
        if what in TABLE[state]:
            assert wire.state is TABLE[state][what]
            assert not is_broken(events)
        else:
            assert wire.state is State.OVER
            assert is_broken(events) or state is State.OVER

    @pytest.mark.parametrize("what", LINES, ids=lambda what: what.name)
    def test_nothing_goes_before_the_headers(self, what: Input) -> None:
        """Whatever the line, it is none of a header block."""
        assert is_broken(Wire(LIMITS).feed(LINES[what] + block()))

    @pytest.mark.parametrize("state", State, ids=lambda state: state.name)
    def test_the_end_ends_every_state_once(self, state: State) -> None:
        """And then there is nothing more to tell."""
        wire = WIRES[state]()
        assert wire.end() == ([] if state is State.OVER else [Ended()])
        assert wire.state is State.OVER
        assert wire.end() == []
        assert wire.feed(b"200 result=0\n") == []

    def test_every_kind_of_line_can_be_told(self) -> None:
        """By its whole, by its opening, or as text."""
        assert {classify(line) for line in WHOLE_LINES} == set(WHOLE_LINES.values())
        assert {classify(line) for line in LINE_OPENINGS} == set(LINE_OPENINGS.values())
        assert classify(b"") is classify(b"HANGUP ") is Input.TEXT
