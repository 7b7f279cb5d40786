"""What a header block says, and what a reply says.

Knows their grammar (``setup_env`` and the handlers in res/res_agi.c). Must not know when which may come: that
is for the wire. Values hold any bytes but LF: what is not UTF-8 is kept as lone surrogates (PEP 383), and
goes back as the bytes that came.
"""

from __future__ import annotations

import re
from typing import Final

from ivr.agi.events import Reply, Request
from ivr.errors import AgiProtocolError

CALL_HEADERS: Final = ("agi_channel", "agi_uniqueid")
"""Without these there is no call to speak about."""

DONE: Final = 200

_RESULT: Final = re.compile(r"result=(?:(-?\d{1,18})|\S*)(?: \((.*)\))?(?: endpos=(\d{1,18}))?", re.ASCII)

BARE: Final = {f"200 result={n}\n".encode(): Reply(DONE, f"result={n}", n) for n in range(-2, 128)}
"""What nearly every reply is, by its whole line with LF, taken apart beforehand: done, failed, or a key."""


def text_of(data: bytes) -> str:
    """Bytes as Asterisk has them."""
    return data.decode("utf-8", "surrogateescape")


def request_of(block: bytes, limit: int) -> Request:
    """Read a header block of at most so many lines, without the empty one.

    No header comes twice: that would be an LF in a value, which forges headers.
    """
    lines = text_of(block).split("\n")
    if len(lines) > limit:
        raise AgiProtocolError(f"more than {limit} headers")
    if block.count(b"\nagi_") + block.startswith(b"agi_") != len(lines):
        raise AgiProtocolError("a header that does not begin with agi_")
    try:
        headers = dict([line.split(": ", 1) for line in lines])
    except ValueError:
        raise AgiProtocolError("a header without ': '") from None
    if len(headers) != len(lines):
        raise AgiProtocolError("the same header twice")
    for name in CALL_HEADERS:
        if name not in headers:
            raise AgiProtocolError(f"no header {name}")
    return Request(headers)


def reply_of(line: bytes) -> Reply:
    """Take a reply of one line apart. What is not understood is refused, not guessed at."""
    code, text = int(line[:3]), text_of(line[4:])
    if code != DONE:
        return Reply(code, text)
    parts = _RESULT.fullmatch(text)
    if parts is None:
        raise AgiProtocolError("a 200 reply that is not: result=… (data) endpos=…")
    result, data, endpos = parts.groups()
    return Reply(code, text, int(result) if result else None, data or "", int(endpos) if endpos else None)
