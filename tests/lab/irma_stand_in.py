"""An IRMA server that misbehaves on purpose: for what the real one will not do.

Speaks the requestor API. ``says`` maps what is asked (start, status, result, stop) to an answer:
something for JSON, bytes as they are, or a coroutine function that answers by itself.
"""

from __future__ import annotations

import asyncio
import inspect
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.lab.yivi import CARD, LEVEL, NAMED, PERSON
from web.server import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FLOOD = 8 * 1024 * 1024


@dataclass
class StandIn:
    """The server: what it says, and what it was asked."""

    url: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    requests: list[Any] = field(default_factory=list)
    begun: int = 0
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    def token(self, number: int = 0) -> str:
        """The token of a session, counted from 1; without a number, of the latest."""
        return f"token{number or self.begun}"

    async def answer(self, request: web.Request, what: str, usual: Any) -> web.StreamResponse:
        """Say what it was told to say, else what is usual."""
        self.asked.append(what)
        told = self.says.get(what, usual)
        if inspect.iscoroutinefunction(told):
            answered: web.StreamResponse = await told(request)
            return answered
        if isinstance(told, bytes):
            return web.Response(body=told, content_type="application/json")
        return web.json_response(told)

    async def start(self, request: web.Request) -> web.StreamResponse:
        """Begin a session."""
        self.begun += 1
        self.requests.append(await request.json())
        pointer = {"u": f"{self.url}/irma/session/{self.begun}", "irmaqr": "disclosing"}
        browser = {"authorization": "front", "minProtocolVersion": "1.0", "maxProtocolVersion": "1.1"}
        usual = {"sessionPtr": pointer, "token": self.token(), "frontendRequest": browser}
        return await self.answer(request, "start", usual)

    async def status(self, request: web.Request) -> web.StreamResponse:
        """Say how a session stands."""
        return await self.answer(request, "status", "DONE")

    async def result(self, request: web.Request) -> web.StreamResponse:
        """Say what came of a session."""
        return await self.answer(request, "result", sound(request.match_info["token"]))

    async def stop(self, request: web.Request) -> web.StreamResponse:
        """End a session."""
        return await self.answer(request, "stop", b"")

    async def never(self, _request: web.Request) -> web.StreamResponse:
        """Take the question, and say nothing until it is let go."""
        await self.let_go.wait()
        return web.Response()


def sound(token: str, level: str = "25") -> dict[str, Any]:
    """The result of a session in which `PERSON` agreed."""
    first, _, family = PERSON["fullname"].partition(" ")
    cards = [
        {f"{NAMED}.firstnames": first, f"{NAMED}.familyname": family},
        {f"{CARD}.studentID": PERSON["bsn"], LEVEL: level},
    ]
    disclosed = [
        [{"id": name, "rawvalue": value, "status": "PRESENT"} for name, value in card.items()]
        for card in cards
    ]
    done = {"status": "DONE", "type": "disclosing", "proofStatus": "VALID"}
    return {"token": token, **done, "disclosed": disclosed}


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """Close in the middle of an answer."""
    answer = web.StreamResponse(headers={"Content-Length": "1000"})
    await answer.prepare(request)
    await answer.write(b'{"token":')
    assert request.transport is not None
    request.transport.abort()
    return answer


async def floods(request: web.Request) -> web.StreamResponse:
    """Say far more than anybody asked for."""
    return web.Response(body=b'"' + b"x" * FLOOD + b'"', content_type="application/json")


async def sends_away(request: web.Request) -> web.StreamResponse:
    """Point to another server."""
    raise web.HTTPTemporaryRedirect("http://127.0.0.1:1/")


async def fails(_request: web.Request) -> web.StreamResponse:
    """Say that it is broken."""
    return web.json_response({"status": 500, "error": "INTERNAL"}, status=500)


async def has_forgotten(_request: web.Request) -> web.StreamResponse:
    """Say what the real one says of a session that it does not know."""
    return web.json_response({"status": 400, "error": "SESSION_UNKNOWN"}, status=400)


@asynccontextmanager
async def stand_in(**says: Any) -> AsyncIterator[StandIn]:
    """The server, on the loopback."""
    server = StandIn(says=says)
    app = web.Application()
    app.router.add_post("/session", server.start)
    app.router.add_get("/session/{token}/status", server.status)
    app.router.add_get("/session/{token}/result", server.result)
    app.router.add_delete("/session/{token}", server.stop)
    async with serving(app, "127.0.0.1", 0) as port:
        server.url = f"http://127.0.0.1:{port}"
        try:
            yield server
        finally:
            server.let_go.set()
