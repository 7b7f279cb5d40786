"""Proof that a form came from our own page. Knows the cookie, the hidden field and the browser's own hints.

A browser gets a random cookie; each form carries an HMAC of it. Another site can neither read the cookie nor
make the HMAC, and ``__Host-`` keeps a neighbouring subdomain from planting one. Origin and Sec-Fetch-Site are
looked at as well. With our ``Referrer-Policy: no-referrer`` a browser sends ``Origin: null`` with its own
forms (Fetch standard, "append a request Origin header"), so ``null`` says nothing and the token decides.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from aiohttp import web
from markupsafe import Markup

from ivr.errors import ForgedRequestError, InputError
from web import cookies, keys
from web.area import area_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from web.options import WebOptions
    from web.route import Handler

FIELD = "csrf"
HEADER = "X-CSRF-Token"  # for scripts, which send JSON
SEED_BYTES = 24
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Csrf:
    """Makes and checks tokens."""

    def __init__(self, options: WebOptions) -> None:
        self._key = options.key("csrf")
        self._origins = options.origins

    def browser(self, request: web.Request) -> BrowserToken:
        """The token of the browser that asks, or of a new one."""
        seed = cookies.read(request, cookies.CSRF)
        return BrowserToken(self._token, seed)

    async def check(self, request: web.Request) -> None:
        """Refuse a request that changes something and that our pages did not send.

        Raises:
            ForgedRequestError: from a foreign origin, or without the token of this browser.

        """
        if request.method in SAFE_METHODS:
            return
        self._check_origin(request)
        seed = cookies.read(request, cookies.CSRF)
        given = request.headers.get(HEADER) or await _field(request)
        if not seed or not given or not hmac.compare_digest(_bytes(given), self._token(seed).encode()):
            raise ForgedRequestError("no valid CSRF token")

    def _check_origin(self, request: web.Request) -> None:
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise ForgedRequestError("sent by a page of another site")
        if request.headers.get("Origin", "null") not in {"null", *self._origins}:
            raise ForgedRequestError("sent by a page of another origin")

    def _token(self, seed: str) -> str:
        return urlsafe_b64encode(hmac.digest(self._key, _bytes(seed), hashlib.sha256)).decode().rstrip("=")


class BrowserToken:
    """One browser's token while one page is made. The cookie is set only if the page has a form."""

    def __init__(self, token: Callable[[str], str], seed: str | None) -> None:
        self._token = token
        self._seed = seed
        self._is_new = seed is None
        self._used = False

    @property
    def value(self) -> str:
        """The token itself, for a script to send in the header."""
        self._used = True
        if self._seed is None:
            self._seed = secrets.token_urlsafe(SEED_BYTES)
        return self._token(self._seed)

    def field(self) -> Markup:
        """The hidden field that every form of ours holds."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, self.value)

    def keep(self, response: web.StreamResponse) -> None:
        """Give a new browser its cookie, if the page used the token."""
        if self._is_new and self._used and self._seed is not None:
            cookies.put(response, cookies.CSRF, self._seed)


def _bytes(given: str) -> bytes:
    """What a browser sent. Bytes that are no text are surrogates in it, which plain UTF-8 does not take."""
    return given.encode("utf-8", "surrogatepass")


async def _field(request: web.Request) -> str:
    try:
        value = (await request.post()).get(FIELD, "")
    except (LookupError, ValueError):  # an encoding that there is not, or bytes that are no text in it
        raise InputError("the form cannot be read") from None
    return value if isinstance(value, str) else ""


@web.middleware
async def csrf_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check every request that changes something, unless it is to a route, or an area, for programs."""
    route = request.app[keys.ROUTES].get(request.match_info.route)
    if route.csrf if route else area_of(request) is None:
        await request.app[keys.CSRF].check(request)
    return await handler(request)
