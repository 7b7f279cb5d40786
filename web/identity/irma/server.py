"""The IRMA server's requestor API, as far as we use it: start, look, fetch, stop. Bounded in time and size.

Whatever the server does wrong is one thing to the rest of us: it is unavailable. Its answers and our token
are never logged.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import structlog

from ivr.errors import IdentityError
from web.identity.irma.result import Status
from web.identity.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from web.identity.irma.requestor import Requestor

MAX_ANSWER: Final = 128 * 1024
"""Bytes of one answer; a result with twenty long attributes has a tenth of that."""
CONNECTIONS: Final = 50
"""At one time, from this process."""
OK: Final = 200
UNKNOWN: Final = "SESSION_UNKNOWN"

log = structlog.get_logger("web.identity.irma")


class IrmaServer:
    """One server. Use inside ``async with server.running():``. ``seconds`` is the most for one answer."""

    def __init__(self, url: str, requestor: Requestor, *, seconds: float) -> None:
        self._url = url.rstrip("/")
        self._requestor = requestor
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._http: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold the connections."""
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(connector=connector, cookie_jar=jar, timeout=self._timeout) as http:
            self._http = http
            try:
                yield
            finally:
                self._http = None

    async def start(self, request: dict[str, Any]) -> object:
        """Start a session and return the server's answer; raise IdentityError."""
        post = self._requestor.sign(request)
        return await self._ask("POST", "", data=post.body, headers=post.headers)

    async def status(self, token: str) -> Status:
        """Return how a session stands; raise IdentityError: ``late`` when there is none any more."""
        try:
            return Status(str(await self._ask("GET", f"/{token}/status")))
        except ValueError:
            raise _unavailable("status") from None

    async def result(self, token: str) -> object:
        """Return what the server says is the result of a session; raise IdentityError as `status` does."""
        return await self._ask("GET", f"/{token}/result")

    async def stop(self, token: str) -> None:
        """End a session, if the server still hears of it: nobody can go on with it in the app."""
        with suppress(IdentityError):
            await self._ask("DELETE", f"/{token}")

    async def _ask(self, method: str, path: str, **more: Any) -> Any:
        """Ask, and return the answer's JSON; none when it is empty."""
        if self._http is None:
            raise RuntimeError("the IRMA server is asked outside `running`")
        try:
            async with self._http.request(
                method, f"{self._url}/session{path}", allow_redirects=False, **more
            ) as answer:
                body = await _body(answer)
                told = json.loads(body) if body else None
                status = answer.status
        except (aiohttp.ClientError, OSError, ValueError, RecursionError) as error:
            log.warning("irma.unavailable", error=type(error).__name__)
            raise _unavailable(method) from None
        if status == OK:
            return told
        if isinstance(told, dict) and told.get("error") == UNKNOWN:
            raise IdentityError("the IRMA server has forgotten this session", reason=Refusal.LATE)
        log.warning("irma.refused", status=status)
        raise _unavailable(method)


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    """Read an answer, as far as it is not too large; raise ValueError if it is."""
    body = b""
    async for part in answer.content.iter_any():
        body += part
        if len(body) > MAX_ANSWER:
            raise ValueError("larger than any answer that we asked for")
    return body


def _unavailable(what: str) -> IdentityError:
    return IdentityError(
        f"the IRMA server does not answer, or not sensibly ({what})", reason=Refusal.UNAVAILABLE
    )
