"""web.packed: the smallest form that a browser takes."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from tests.lab.front import front
from web.packed import MAX_ACCEPT_CHARS, Packed, send
from web.route import Audience, Room, get

if TYPE_CHECKING:
    from aiohttp import web

FILE = Packed("text/plain", b"plain" * 40, {"br": b"br", "gzip": gzip.compress(b"plain" * 40)})


async def show(request: web.Request) -> web.StreamResponse:
    """The file."""
    return send(request, FILE, cache="public")


ROOM = Room(name="file", routes=(get("/file", show, Audience.PUBLIC, "file", localized=False),))


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.1", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5, br;q=0", "gzip"),
        ("identity", None),
        ("", None),
        ("brotli, xgzip", None),
        ("x" * MAX_ACCEPT_CHARS + ",gzip", None),
    ],
)
async def test_a_browser_gets_what_it_says_it_can_unpack(accepted: str, coding: str | None) -> None:
    """And is told that others get something else."""
    async with front(ROOM) as running:
        headers = {"Accept-Encoding": accepted}
        async with running.client.get("/file", headers=headers, auto_decompress=False) as answer:
            assert answer.headers.get("Content-Encoding") == coding
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert await answer.read() == (FILE.packed[coding] if coding else FILE.plain)


def test_what_no_build_has_packed_is_packed_here() -> None:
    """The same each time; it is never larger on the line than it is plain."""
    one, other = Packed.of("text/css", b"a" * 1000), Packed.of("text/css", b"a" * 1000)
    assert one == other
    assert gzip.decompress(one.packed["gzip"]) == one.plain
    assert Packed.of("image/png", b"\x01").size == 1
