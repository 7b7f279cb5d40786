"""Framing: the same messages however they were cut, limits that cost one message, actions that are one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.ami.limits import AmiLimits
from ivr.ami.wire import MAX_ACTION_HEADERS, MAX_ACTION_LINE_BYTES, Headers, Splitter, encode, parse
from ivr.errors import AmiProtocolError, UnsafeValueError

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
SMALL = AmiLimits(message_bytes=24, line_chars=16, headers=4)


def fed(segments: list[bytes], limits: AmiLimits) -> tuple[list[bytes], int]:
    """The messages of a stream, and how many were too long."""
    splitter = Splitter(limits)
    messages = [message for segment in segments for message in splitter.feed(segment)]
    return messages, splitter.oversized


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The same bytes in segments."""
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[begin:end] for begin, end in pairwise(edges)]


def test_greeting_gives_the_version() -> None:
    """What stands after the slash is the protocol's version."""
    splitter = Splitter(AmiLimits())
    assert splitter.feed(GREETING[:-1]) == []
    assert splitter.version == ""
    assert splitter.feed(b"\nEvent: A\r\n\r\n") == [b"Event: A"]
    assert splitter.version == "11.0.0"


def test_greeting_without_version_is_a_greeting() -> None:
    """Not knowing the version is no reason to leave."""
    splitter = Splitter(AmiLimits())
    splitter.feed(b"Asterisk Call Manager/\r\n")
    assert splitter.version == "unknown"


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"A" * 7,
        b"Asterisk Call Manager/" + b"1" * 107 + b"\r\n",
        b"Asterisk Call Manager/" + b"1" * 108,
        b"\r\n" + GREETING,
    ],
)
@pytest.mark.req("S7")
def test_other_greeting_is_refused_as_soon_as_it_shows(data: bytes) -> None:
    """Whoever else listens on that port is not listened to."""
    with pytest.raises(AmiProtocolError):
        Splitter(AmiLimits()).feed(data)


@pytest.mark.parametrize("last", [b"", b"\r", b"\r\n"])
def test_longest_greeting_may_come_in_parts(last: bytes) -> None:
    """A line end that has come by half does not make the line too long."""
    Splitter(AmiLimits()).feed(b"Asterisk Call Manager/" + b"1" * 106 + last)


def test_empty_lines_between_messages_are_nothing() -> None:
    """Asterisk sometimes sends a line end too many."""
    messages, _ = fed([GREETING, b"Event: A\r\n\r\n\r\n\r\nEvent: B\r\n\r\n"], AmiLimits())
    assert messages == [b"Event: A", b"Event: B"]


@pytest.mark.parametrize(("size", "kept"), [(24, 1), (25, 0), (27, 0), (28, 0), (2000, 0)])
@pytest.mark.parametrize("step", [1, 7, 5000])
@pytest.mark.req("S7")
def test_message_over_the_limit_costs_only_itself(size: int, kept: int, step: int) -> None:
    """The one before and the one after are whole, wherever the segments end."""
    stream = GREETING + b"Event: A\r\n\r\n" + b"x" * size + b"\r\n\r\nEvent: B\r\n\r\n"
    segments = [stream[at : at + step] for at in range(0, len(stream), step)]
    messages, oversized = fed(segments, SMALL)
    assert messages == [b"Event: A", *[b"x" * size] * kept, b"Event: B"]
    assert oversized == 1 - kept


def test_message_that_never_ends_is_not_kept() -> None:
    """However much comes, no more than one message's limit is held, and it counts once."""
    splitter = Splitter(SMALL)
    splitter.feed(GREETING)
    for _ in range(1000):
        assert splitter.feed(b"x" * 1000) == []
        assert len(splitter._pending) <= SMALL.message_bytes + 4
    assert splitter.oversized == 1


STREAMS = st.lists(
    st.sampled_from(
        [b"Event: A", b"Response: ", b"\r\n", b"\r", b"\n", b"\r\n\r\n", b": ", b"x" * 30, "é".encode()]
    )
    | st.binary(max_size=40),
    max_size=12,
).map(b"".join)


@settings(max_examples=500, deadline=None)
@given(STREAMS, st.lists(st.integers(0, 1000), max_size=12))
@pytest.mark.req("S7")
def test_segments_never_change_the_messages(stream: bytes, places: list[int]) -> None:
    """A cut inside a line end, a character or a message that is too long changes nothing."""
    whole = GREETING + stream
    assert fed(cut(whole, places), SMALL) == fed([whole], SMALL)


def test_headers_keep_the_first_value_and_those_that_come_again() -> None:
    """Nothing is overwritten: who reads decides what a second value means."""
    headers = parse("Event: A\r\nName: é: b\r\nVar: 1\r\nVar: 2\r\nEmpty: \r\nnone".encode(), AmiLimits())
    assert headers == Headers(
        {"Event": "A", "Name": "é: b", "Var": "1", "Empty": "", "none": ""}, (("Var", "2"),)
    )


def test_bytes_that_are_no_text_stay_readable_and_different() -> None:
    """Two channels whose names differ in such a byte are still two."""
    headers = parse(b"A: x\xff\r\nB: x\xfe", AmiLimits())
    assert (headers.first["A"], headers.first["B"]) == ("x\\xff", "x\\xfe")


@pytest.mark.req("S7")
def test_too_many_headers_are_an_error() -> None:
    """It says how many there may be."""
    assert parse(b"\r\n".join([b"A: 1"] * 4), SMALL)
    with pytest.raises(AmiProtocolError, match="at most 4"):
        parse(b"\r\n".join([b"A: 1"] * 5), SMALL)


@pytest.mark.req("S7")
def test_too_long_a_header_is_an_error() -> None:
    """It says how long one may be, and never quotes it."""
    assert parse(b"A: " + b"x" * 13, SMALL)
    with pytest.raises(AmiProtocolError, match="more than 16 characters") as caught:
        parse(b"A: " + b"x" * 14, SMALL)
    assert "xx" not in str(caught.value)


def test_action_is_lines_that_asterisk_reads() -> None:
    """Text goes as UTF-8, figures as figures."""
    assert encode("QueuePause", "t-1", {"Queue": "Überlauf", "Paused": 1}) == (
        "Action: QueuePause\r\nActionID: t-1\r\nQueue: Überlauf\r\nPaused: 1\r\n\r\n".encode()
    )


@pytest.mark.parametrize("bad", ["a\r\nb", "\n", "a\r", "\0", "\udcff", "x" * 1000])
@pytest.mark.parametrize("where", ["name", "value"])
@pytest.mark.req("S7")
def test_unsafe_value_is_refused_by_name(bad: str, where: str) -> None:
    """CR, LF, NUL, what is no text, what is too long: the error names the field, never the value."""
    with pytest.raises(UnsafeValueError) as caught:
        encode(bad if where == "name" else "Getvar", "t-1", {"Variable": bad})
    named = "Action" if where == "name" else "Variable"
    assert str(caught.value).startswith(f"{named} ")
    assert bad not in str(caught.value)


@pytest.mark.parametrize("name", ["", "A: b\r\nC", "Na me", "É", "A" * 65, "A\n"])
@pytest.mark.req("S7")
def test_field_must_have_a_name(name: str) -> None:
    """A field's name cannot smuggle anything either."""
    with pytest.raises(UnsafeValueError, match="no name"):
        encode("Ping", "t-1", {name: "1"})


def test_action_may_not_be_longer_than_asterisk_reads() -> None:
    """Asterisk would read the rest as something else."""
    most = MAX_ACTION_LINE_BYTES - len("Variable: \r\n")
    assert encode("Getvar", "t-1", {"Variable": "x" * most})
    many = {f"H{number}": "1" for number in range(MAX_ACTION_HEADERS - 2)}
    assert encode("Getvar", "t-1", many)
    with pytest.raises(UnsafeValueError, match="headers"):
        encode("Getvar", "t-1", {**many, "One": "more"})


@settings(max_examples=500, deadline=None)
@given(st.dictionaries(st.text(max_size=8) | st.just("Variable"), st.text(max_size=20), max_size=4))
@pytest.mark.req("S7")
def test_action_is_one_message_or_refused(fields: dict[str, str]) -> None:
    """Whatever is in it, Asterisk reads exactly the action that was meant."""
    try:
        data = encode("Getvar", "t-1", fields)
    except UnsafeValueError:
        return
    assert data.count(b"\r\n\r\n") == 1
    assert data.endswith(b"\r\n\r\n")
    lines = data.decode().removesuffix("\r\n\r\n").split("\r\n")
    assert lines == [
        "Action: Getvar",
        "ActionID: t-1",
        *(f"{name}: {value}" for name, value in fields.items()),
    ]
