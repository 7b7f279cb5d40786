"""Whatever arrives, and however it is cut: the wire tells what it means, or that it is broken."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.agi.events import Broken, Ended, Event, Reply, Request
from ivr.agi.limits import AgiLimits
from ivr.agi.wire import Wire
from ivr.errors import IdBellenError
from tests.lab.agi_peer import block

QUICK, LONG = 500, 100_000
SHORT = 200

LIMITS = AgiLimits(header_bytes=1024, header_count=30, reply_bytes=200)
"""Small, so that random input meets every one of them."""

SHORT_BLOCK = b"agi_channel: c\nagi_uniqueid: 1.1\n\n"
LINE = st.sampled_from(
    [
        *(
            b"HANGUP",
            b"",
            b"200 result=0",
            b"200 result=-1",
            b"200 result= (timeout)",
            b"200 result=1 (a (b) c)",
        ),
        *(b"200 result=49 endpos=8640", b"200 result=" + b"9" * 150, b"200 result=1 (" + b") endpos=1" * 10),
        *(b"510 Invalid or unknown command", b"511 Command Not Permitted on a dead channel", b"520 Invalid."),
        *(
            b"520-Invalid command syntax.",
            b"520 End of proper usage.",
            b"Usage: x",
            b"agi_x: y",
            b"200",
            b"100 x",
        ),
    ]
)
ODD_PIECE = st.one_of(
    LINE,
    st.binary(max_size=40),
    st.sampled_from([b"\n", b"\r\n", b"\0", b"\xff", b" "]),
    st.integers(190, 210).map(lambda size: b"x" * size),
)
ODD_OPENING = st.one_of(
    st.sampled_from([block(), b"", b"\n", b"agi_channel: c\n", b"GET / HTTP/1.1\r\n\r\n"]),
    st.binary(max_size=60),
    st.integers(980, 1030).map(lambda size: b"agi_pad: " + b"x" * (size - 11) + b"\n\n"),
)


def mostly(common: st.SearchStrategy[bytes], odd: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Three times in four the one that lets a conversation go on."""
    return st.sampled_from([common, common, common, odd]).flatmap(lambda chosen: chosen)


OPENING = mostly(st.just(SHORT_BLOCK), ODD_OPENING)
PIECE = mostly(LINE.map(lambda line: line + b"\n"), ODD_PIECE)
SEGMENTS = st.builds(lambda opening, pieces: [opening, *pieces], OPENING, st.lists(PIECE, max_size=12))
CUTS = st.lists(st.integers(0, 400), max_size=25)


def conversation(segments: list[bytes]) -> list[Event]:
    """All that comes out, where a command goes out as soon as it may and until the conversation is over."""
    wire, events = Wire(LIMITS), list[Event]()
    for segment in segments:
        for event in wire.feed(segment):
            events.append(event)
            if isinstance(event, Request | Reply):
                _command(wire)
    return events + wire.end()


def _command(wire: Wire) -> None:
    with suppress(IdBellenError):  # hung up, or broken by what came behind
        assert wire.command("WAIT FOR DIGIT 5000") == b"WAIT FOR DIGIT 5000\n"


def cut(stream: bytes, sizes: list[int]) -> list[bytes]:
    """The stream in segments of these sizes, and the rest."""
    segments, at = [], 0
    for size in sizes:
        segments.append(stream[at : at + size])
        at += size
    return [*segments, stream[at:]]


def check(segments: list[bytes]) -> None:
    """What must hold for anything that arrives."""
    events = conversation(segments)
    kinds = [type(event) for event in events]
    assert kinds.count(Request) <= 1
    assert Request not in kinds[1:]
    assert sum(kind in (Broken, Ended) for kind in kinds) == 1
    assert kinds[-1] in (Broken, Ended)


def check_segmentation(stream: bytes, sizes: list[int], *, commanded: bool) -> None:
    """One segment, segments of these sizes and, for a short stream, single bytes are the same."""
    whole = heard([stream], commanded=commanded)
    assert heard(cut(stream, sizes), commanded=commanded) == whole
    if len(stream) <= SHORT:
        assert heard([bytes([byte]) for byte in stream], commanded=commanded) == whole


def heard(segments: list[bytes], *, commanded: bool) -> list[Event | str]:
    """All that comes out while we say nothing, from the start or after one command."""
    wire, events = Wire(LIMITS), list[Event]()
    if commanded:
        wire.feed(SHORT_BLOCK)
        wire.command("ANSWER")
    for segment in segments:
        events += wire.feed(segment)
    events += wire.end()
    return [str(event.error) if isinstance(event, Broken) else event for event in events]


def examples(count: int) -> settings:
    """So many, however slow the machine; the quick ones are the same each time."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=count == QUICK,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@pytest.mark.req("S7")
@examples(QUICK)
@given(SEGMENTS)
def test_any_bytes_have_a_meaning(segments: list[bytes]) -> None:
    """At most one request, first; exactly one end, last; no error raised, whatever comes."""
    check(segments)


@pytest.mark.req("S7")
@examples(QUICK)
@given(SEGMENTS, CUTS, st.booleans())
def test_segments_mean_nothing(segments: list[bytes], sizes: list[int], commanded: bool) -> None:
    """The events, and the text of the error, are those of the bytes."""
    check_segmentation(b"".join(segments), sizes, commanded=commanded)


@pytest.mark.slow
@pytest.mark.req("S7")
@examples(LONG)
@given(SEGMENTS, CUTS, st.booleans())
def test_any_bytes_have_a_meaning_at_length(segments: list[bytes], sizes: list[int], commanded: bool) -> None:
    """The two facts above, for 100,000 conversations."""
    check(segments)
    check_segmentation(b"".join(segments), sizes, commanded=commanded)


@examples(QUICK)
@given(
    st.integers(-(10**17), 10**17),
    st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\n")),
    st.none() | st.integers(0, 10**17),
    CUTS,
)
def test_what_asterisk_says_is_what_we_hear(
    result: int, data: str | None, endpos: int | None, sizes: list[int]
) -> None:
    """Result, data and position come out as they went in, whatever the data look like."""
    text = f"result={result}"
    text += "" if data is None else f" ({data})"
    text += "" if endpos is None else f" endpos={endpos}"
    wire = Wire(AgiLimits())
    wire.feed(SHORT_BLOCK)
    wire.command("GET VARIABLE x")
    events = [event for segment in cut(f"200 {text}\n".encode(), sizes) for event in wire.feed(segment)]
    assert events == [Reply(200, text, result, data or "", endpos)]
