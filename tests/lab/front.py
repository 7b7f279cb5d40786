"""The web front on a real socket, with rooms of a test's choosing."""

from __future__ import annotations

import asyncio
import subprocess
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web
from yarl import URL

from tests.lab import guard
from web.app import make_app
from web.csrf import HEADER
from web.options import WebOptions
from web.server import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from web.route import Room

TOP = Path(__file__).resolve().parent.parent.parent
SECRET = b"a test's secret of more than 32 bytes"
BUILD_SECONDS = 300
CALL_SECONDS = 10


@cache
def build_frontend() -> None:
    """Build the stylesheets, once a run; nothing happens if they are up to date."""
    subprocess.run([TOP / "scripts/frontend"], check=True, timeout=BUILD_SECONDS)


def options(**changes: Any) -> WebOptions:
    """Options of a municipality that does not exist."""
    usual: dict[str, Any] = {
        "organisation": "Gemeente Voorbeeld",
        "phone": "14 012",
        "phone_uri": "+3114012",
        "public_url": URL("http://127.0.0.1:8000"),
        "secret": SECRET,
    }
    return WebOptions(**{**usual, **changes})


class Spent:
    """Remembers what was spent, as the store does; without its clock."""

    def __init__(self) -> None:
        self.spent: dict[str, int] = {}

    async def __call__(self, jti: str, seconds: int) -> bool:
        """True the first time."""
        first = jti not in self.spent
        self.spent[jti] = seconds
        return first


@dataclass(frozen=True)
class Front:
    """A running front, and a browser-like client of it that follows no redirect."""

    app: web.Application
    url: URL
    client: aiohttp.ClientSession

    async def token(self, page: str) -> dict[str, str]:
        """The header that a script on this page would send with a question that changes something."""
        async with self.client.get(page) as answer:
            text = await answer.text()
        return {HEADER: text.partition('name="csrf" value="')[2].partition('"')[0]}

    async def bare(self, method: str, path: str, header: bytes) -> bytes:
        """Send a request with a header, byte for byte; the answer from its status on."""
        reader, writer = await asyncio.open_connection(self.url.host, self.url.port)
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.url.authority}\r\nConnection: close\r\n".encode()
        writer.write(head + header + b"\r\n\r\n")
        async with asyncio.timeout(CALL_SECONDS):
            answer = await reader.read()
        writer.close()
        return answer.partition(b" ")[2]


@asynccontextmanager
async def front(
    *rooms: Room, keepalive_seconds: float = 20.0, port: int = 0, **changes: Any
) -> AsyncIterator[Front]:
    """These rooms, served on the loopback; ``changes`` are to the options."""
    build_frontend()
    port = port or guard.free_port()
    url = URL(f"http://127.0.0.1:{port}")
    app = make_app(options(**{"public_url": url, **changes}), rooms, Spent())
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[url])
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
    async with (
        serving(app, "127.0.0.1", port, keepalive_seconds=keepalive_seconds),
        aiohttp.ClientSession(url, cookie_jar=jar, timeout=timeout) as client,
    ):
        yield Front(app, url, client)


@asynccontextmanager
async def stranger(html: str) -> AsyncIterator[URL]:
    """A page on another site, which a victim's browser looks at: its address."""

    async def show(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=html, content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", show)
    async with serving(app, "127.0.0.1", 0) as port:
        yield URL(f"http://localhost:{port}/")
