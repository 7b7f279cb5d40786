"""web.server: a peer that says nothing, or too much, does not stay."""

from __future__ import annotations

import asyncio
import logging

import pytest

from tests.lab.front import front
from web.health import health_room
from web.server import MAX_FIELD_BYTES, MAX_HEADERS, MAX_LINE_BYTES

WAIT_SECONDS = 10


async def said_to(port: int, text: bytes) -> bytes:
    """All that a peer hears before the server closes the connection."""
    async with asyncio.timeout(WAIT_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(text)
            return await reader.read()
        finally:
            writer.close()


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "text", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"GET /healthz HTTP/1.1\r\nX: "]
)
async def test_a_peer_that_does_not_finish_its_request_is_closed(text: bytes) -> None:
    """Nothing at all, or half a request: after the limit it is gone, unanswered."""
    async with front(health_room({}), keepalive_seconds=0.05) as running:
        assert await said_to(running.url.port or 0, text) == b""


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "text",
    [
        b"nonsense\r\n\r\n",
        b"GET /" + b"x" * MAX_LINE_BYTES + b" HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nX: " + b"x" * (MAX_FIELD_BYTES + 1) + b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"X: x\r\n" * (MAX_HEADERS + 1) + b"\r\n",
        b"POST /healthz HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
async def test_what_is_not_http_or_too_large_is_refused(text: bytes) -> None:
    """400, and the next peer is served."""
    async with front(health_room({})) as running:
        assert b" 400 " in (await said_to(running.url.port or 0, text)).partition(b"\r\n")[0]
        async with running.client.get("/healthz") as answer:
            assert answer.status == 200


@pytest.mark.req("S1")
def test_what_the_http_server_itself_logs_names_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """It would name the address, and a traceback may hold anything; the kind of error stays."""
    logging.getLogger("web.http").error("Error from %s", "192.0.2.1", exc_info=ValueError("999990019"))
    assert "ValueError" in caplog.text
    assert "999990019" not in caplog.text
    assert "192.0.2.1" not in caplog.text
