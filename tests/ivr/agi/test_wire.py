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


def only_reply(line: bytes) -> Reply:
    """What the wire makes of one reply."""
    (event,) = waiting().feed(line + b"\n")
    assert isinstance(event, Reply)
    return event


def is_broken(events: list[object]) -> bool:
    """Whether this is the end by a protocol error, and nothing else."""
    match events:
        case [Broken(AgiProtocolError())]:
            return True
    return False


class TestHeaders:
    """The block that opens a conversation."""

    def test_a_block_becomes_a_request(self) -> None:
        """All that Asterisk 22 sends can be read, by name and by helper."""
        (request,) = Wire(LIMITS).feed(block(agi_arg_2="b"))
        assert isinstance(request, Request)
        assert dict(request.headers) == HEADERS | {"agi_arg_2": "b"}

    @pytest.mark.req("S7")
    def test_values_keep_any_bytes(self) -> None:
        """A caller's name goes back as the bytes that came, UTF-8 or not."""
        name = b'J\xe9 \xc3\xa9 "x" \\ \r\x00\x7f: y'
        (request,) = Wire(LIMITS).feed(block().replace(b"J. de Vries", name))
        assert isinstance(request, Request)
        assert request.headers["agi_calleridname"].encode("utf-8", "surrogateescape") == name

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
            pytest.param(block().replace(b"agi_type: ", b"agi_type="), id="no colon"),
            pytest.param(block().replace(b"J. de Vries", b"J\nagi_uniqueid: 1.1"), id="the same twice"),
            pytest.param(block().replace(b"J. de Vries", b"J\nx: 1"), id="not agi_"),
            pytest.param(b"x: 1\n" + block(), id="not agi_, first of all"),
            pytest.param(block().replace(b"agi_uniqueid", b"agi_unique"), id="no uniqueid"),
            pytest.param(block().replace(b"agi_channel", b"agi_chan"), id="no channel"),
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

    @pytest.mark.req("S7")
    def test_a_block_may_have_so_many_headers(self) -> None:
        """As many as the limit, and not one more."""
        count = len(HEADERS)
        assert isinstance(Wire(AgiLimits(header_count=count)).feed(block())[0], Request)
        assert is_broken(Wire(AgiLimits(header_count=count - 1)).feed(block()))


class TestReplies:
    """What Asterisk answers."""

    @pytest.mark.parametrize(
        ("line", "result", "data", "endpos"),
        [
            (b"200 result=0", 0, "", None),
            (b"200 result=-1", -1, "", None),
            (b"200 result=35", 35, "", None),
            (b"200 result=1 (afval)", 1, "afval", None),
            (b"200 result=1 ()", 1, "", None),
            (b"200 result=1 (a (b) endpos=4)", 1, "a (b) endpos=4", None),
            (b"200 result=1 (a) b)", 1, "a) b", None),
            (b"200 result= (timeout)", None, "timeout", None),
            (b"200 result=*12", None, "", None),
            (b"200 result=49 endpos=8640", 49, "", 8640),
            (b"200 result=0 (timeout) endpos=123", 0, "timeout", 123),
            (b"200 result=1 (\xe9\r\x00)", 1, "\udce9\r\x00", None),
            (b"200 result=" + b"9" * 30, None, "", None),
        ],
    )
    def test_a_200_is_taken_apart(
        self, line: bytes, result: int | None, data: str, endpos: int | None
    ) -> None:
        """Result, data and position, whichever are there; the text has all."""
        text = line[4:].decode("utf-8", "surrogateescape")
        assert only_reply(line) == Reply(200, text, result, data, endpos)

    @pytest.mark.parametrize("code", [510, 511, 520])
    def test_refusals_are_replies(self, code: int) -> None:
        """They have a code and a text, and no result."""
        assert only_reply(b"%d Invalid or unknown command" % code) == Reply(
            code, "Invalid or unknown command"
        )

    def test_a_usage_text_is_one_reply(self) -> None:
        """It goes on to its last line, whatever its lines look like."""
        wire = waiting()
        assert wire.feed(USAGE) == [Reply(520, USAGE.decode()[:-1])]
        wire.command("ANSWER")
        assert wire.feed(b"200 result=0\n") == [Reply(200, "result=0", 0)]

    @pytest.mark.req("S7")
    @pytest.mark.parametrize(
        "line",
        [b"200", b"200 ", b"200 results=0", b"200 result=1 (a", b"200 result=0 endpos=x", b"201 result=0"],
    )
    def test_what_is_no_reply_breaks(self, line: bytes) -> None:
        """A reply that is not understood is not guessed at."""
        assert is_broken(waiting().feed(line + b"\n"))

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
