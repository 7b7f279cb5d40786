"""A provider that speaks OpenID Connect rightly, but for the lies that a test tells it.

It checks us as a real one does: our secret, PKCE, the code's single use, the address to return to.

::

    async with FalseProvider(redirect_uri) as provider:
        provider.claims["nonce"] = "another"
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import quote_plus

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey
from yarl import URL

from tests.lab.citizens import PERSON
from tests.lab.provider import CLIENT_ID, CLIENT_SECRET, SUBSTANTIAL
from web.server import serving

if TYPE_CHECKING:
    from types import TracebackType

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]

ABSENT: Final = object()
"""In a lie: leave this out."""
KEY: Final = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"}, auto_kid=False)
BASIC: Final = b64encode(f"{quote_plus(CLIENT_ID)}:{quote_plus(CLIENT_SECRET)}".encode()).decode()


class FalseProvider:
    """One provider; change its dictionaries and functions to have it lie."""

    def __init__(self, redirect_uri: str) -> None:
        self._redirect_uri = redirect_uri
        self.key = KEY
        self.claims: dict[str, Any] = {}
        """In place of what its ID tokens say."""
        self.userinfo: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}
        """In place of what the browser brings back."""
        self.tokens: dict[str, Any] = {}
        """In place of what its token endpoint says."""
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.instead: dict[str, Answering] = {}
        """What answers in place of a path."""
        self.asked: list[dict[str, str]] = []
        """How browsers came."""
        self.fetched: list[str] = []
        """Each path that was asked, in order."""
        self.over = asyncio.Event()
        """Ends what does not end."""
        self._codes: dict[str, dict[str, str]] = {}

    @property
    def issuer(self) -> str:
        """Its name."""
        return f"http://localhost:{self._port}"

    def signed(self, claims: dict[str, Any], **header: Any) -> str:
        """A token, signed as it should be unless a header says otherwise."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid, **header}, claims, self.key)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._serving = serving(app, "127.0.0.1", 0)
        self._port = await self._serving.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """End it."""
        if not self.over.is_set():
            self.over.set()
            await self._serving.__aexit__(None, None, None)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.fetched.append(request.path)
        usual: dict[str, Answering] = {
            "/.well-known/openid-configuration": self._tell,
            "/jwks": self._keys,
            "/authorize": self._authorize,
            "/token": self._token,
            "/userinfo": self._userinfo,
        }
        return await self.instead.get(request.path, usual[request.path])(request)

    async def _tell(self, _request: web.Request) -> web.StreamResponse:
        doors = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "jwks",
            "userinfo_endpoint": "userinfo",
        }
        told = {
            "issuer": self.issuer,
            "authorization_response_iss_parameter_supported": True,
            "claims_parameter_supported": True,
            **{name: f"{self.issuer}/{path}" for name, path in doors.items()},
        }
        return web.json_response(lied(told, self.metadata))

    async def _keys(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"keys": [self.key.as_dict(private=False)]})

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        asked = dict(request.query)
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
        assert (asked["redirect_uri"], asked["code_challenge_method"]) == (self._redirect_uri, "S256")
        self.asked.append(asked)
        code = secrets.token_urlsafe()
        self._codes[code] = asked
        answer = lied({"code": code, "state": asked["state"], "iss": self.issuer}, self.answer)
        raise web.HTTPFound(URL(self._redirect_uri).with_query(answer))

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        asked = self._codes.pop(str(form["code"]), None)
        if request.headers.get("Authorization") != f"Basic {BASIC}":
            return web.json_response({"error": "invalid_client"}, status=401)
        hashed = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        if asked is None or base64(hashed) != asked["code_challenge"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        assert form["redirect_uri"] == self._redirect_uri
        claims = {
            "iss": self.issuer,
            "sub": "kanarie",
            "aud": CLIENT_ID,
            "iat": int(time.time()),
            "exp": int(time.time()) + 300,
            "nonce": asked["nonce"],
            "acr": SUBSTANTIAL,
            "fullname": PERSON["fullname"],
            "address": {"postal_code": PERSON["postcode"]},
            "at_hash": base64(hashlib.sha256(b"access").digest()[:16]),
        }
        tokens = {
            "access_token": "access",
            "token_type": "Bearer",
            "id_token": self.sign(lied(claims, self.claims)),
        }
        return web.json_response(lied(tokens, self.tokens))

    async def _userinfo(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"] == "Bearer access"
        return web.json_response(lied({"sub": "kanarie", "bsn": PERSON["bsn"]}, self.userinfo))


def lied(truth: dict[str, Any], lies: dict[str, Any]) -> dict[str, Any]:
    """The truth, with lies over it."""
    return {name: value for name, value in {**truth, **lies}.items() if value is not ABSENT}


def base64(raw: bytes) -> str:
    """As tokens have it."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def by_hand(header: dict[str, Any], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """A token that no library would make."""
    text = ".".join(base64(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{base64(sign(text.encode()))}"
