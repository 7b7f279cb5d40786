"""Facts about what a header block says, and what a reply says."""

from __future__ import annotations

import pytest

from ivr.agi.events import Reply
from ivr.agi.parse import BARE, reply_of, request_of
from ivr.errors import AgiProtocolError
from tests.lab.agi_peer import HEADERS, block

PLENTY = 1000


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
        (b"200 result=0 endpos=0", 0, "", 0),
        (b"200 result=0 (timeout) endpos=123", 0, "timeout", 123),
        (b"200 result=1 (\xe9\r\x00)", 1, "\udce9\r\x00", None),
        (b"200 result=" + b"9" * 30, None, "", None),
    ],
)
def test_a_200_is_taken_apart(line: bytes, result: int | None, data: str, endpos: int | None) -> None:
    """Result, data and position, whichever are there; the text has all."""
    text = line[4:].decode("utf-8", "surrogateescape")
    assert reply_of(line) == Reply(200, text, result, data, endpos)


@pytest.mark.parametrize("code", [510, 511, 520])
def test_refusals_are_replies(code: int) -> None:
    """They have a code and a text, and no result."""
    assert reply_of(b"%d Invalid or unknown command" % code) == Reply(code, "Invalid or unknown command")


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "line",
    [b"200 ", b"200 results=0", b"200 result=1 (a", b"200 result=0 endpos=x", b"200 result=0 endpos=-1"],
)
def test_what_is_no_reply_is_not_guessed_at(line: bytes) -> None:
    """The error says what a good one is, and shows nothing of this one."""
    with pytest.raises(AgiProtocolError, match=r"^a 200 reply that is not: result=… \(data\) endpos=…$"):
        reply_of(line)


def test_what_was_taken_apart_beforehand_is_what_would_come_of_it() -> None:
    """For every reply that is."""
    assert all(reply_of(line[:-1]) == reply for line, reply in BARE.items())


@pytest.mark.req("S7")
def test_a_header_keeps_any_bytes() -> None:
    """A caller's name goes back as the bytes that came, UTF-8 or not."""
    name = b'J\xe9 \xc3\xa9 "x" \\ \r\x00\x7f\x85: y'
    request = request_of(block()[:-2].replace(b"J. de Vries", name), PLENTY)
    assert request.headers["agi_calleridname"].encode("utf-8", "surrogateescape") == name


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    ("lines", "why"),
    [
        pytest.param(b"", "begin with agi_", id="nothing"),
        pytest.param(b"GET / HTTP/1.1\nHost: x", "begin with agi_", id="another protocol"),
        pytest.param(b"x: 1\n" + block()[:-2], "begin with agi_", id="not agi_, first of all"),
        pytest.param(block()[:-2].replace(b"J. de Vries", b"J\nx: 1"), "begin with agi_", id="not agi_"),
        pytest.param(block()[:-2].replace(b"agi_type: ", b"agi_type="), "without ': '", id="no colon"),
        pytest.param(block()[:-2] + b"\nagi_uniqueid: 1.1", "twice", id="the same twice"),
        pytest.param(block()[:-2].replace(b"agi_uniqueid", b"agi_unique"), "agi_uniqueid", id="no uniqueid"),
        pytest.param(block()[:-2].replace(b"agi_channel", b"agi_chan"), "agi_channel", id="no channel"),
    ],
)
def test_what_is_not_a_call_is_refused(lines: bytes, why: str) -> None:
    """The error says why, and shows no value."""
    with pytest.raises(AgiProtocolError, match=why):
        request_of(lines, PLENTY)


@pytest.mark.req("S7")
def test_a_block_may_have_so_many_headers() -> None:
    """As many as the limit, and not one more."""
    assert request_of(block()[:-2], len(HEADERS)).headers == HEADERS
    with pytest.raises(AgiProtocolError, match=str(len(HEADERS) - 1)):
        request_of(block()[:-2], len(HEADERS) - 1)
