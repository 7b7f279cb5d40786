"""Questions to a provider over HTTP, each with a bound on time and size. Knows no OpenID Connect.

Redirects are not followed, nothing is unpacked, no cookie is kept and no proxy of the environment is used:
whatever is not a plain answer is an error.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import aiohttp

from ivr.errors import ProviderError
from web.oidc.address import is_safe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

ANSWER_SECONDS: Final = 4.0
"""For one question, from asking for a connection to the last byte of the answer."""
MAX_BYTES: Final = 256 * 1024
"""Of an answer. The largest known key sets are a tenth of it."""
CONNECTIONS: Final = 100
"""To one provider at a time; who finds them taken waits, within the time of the question."""
CHUNK_BYTES: Final = 16 * 1024
REFUSALS: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    kind: str
    """The media type, without its parameters."""
    body: bytes = field(repr=False)

    def json(self) -> dict[str, object]:
        """Return the object that the body holds; raise ProviderError if it holds none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ProviderError("the provider's answer is no JSON object", reason="json")
        return found


class Wire:
    """The connections to one provider; works while `running`."""

    def __init__(self, *, seconds: float = ANSWER_SECONDS) -> None:
        self._seconds = seconds
        self._http: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep connections for as long as this is entered."""
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=aiohttp.ClientTimeout(total=self._seconds),
            auto_decompress=False,
        )
        async with session as self._http:
            yield
        self._http = None

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Read what is there.

        Raises:
            ProviderError: no answer, a slow or too large one, or another status than 200.

        """
        return _fine(await self._ask("GET", url, headers, None))

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Send a form; raises as `get` does, but for a refusal (400, 401), which is for the caller."""
        reply = await self._ask("POST", url, headers, form)
        return reply if reply.status in REFUSALS else _fine(reply)

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str] | None, form: Mapping[str, str] | None
    ) -> Reply:
        if self._http is None or not is_safe(url):
            raise ProviderError("this address is not to be asked", reason="address")
        try:
            async with self._http.request(
                method, url, headers=headers, data=form, allow_redirects=False
            ) as response:
                return Reply(response.status, response.content_type, await _read(response))
        except TimeoutError:
            raise ProviderError("the provider is too slow", reason="slow") from None
        except (aiohttp.ClientError, OSError, ValueError):  # their texts may hold the address, with its query
            raise ProviderError("the provider cannot be reached", reason="unreachable") from None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > MAX_BYTES:
            raise ProviderError("the provider's answer is too large", reason="size")
    return bytes(body)


def _fine(reply: Reply) -> Reply:
    if reply.status != HTTPStatus.OK:
        raise ProviderError("the provider answers with an error", reason="status")
    return reply
