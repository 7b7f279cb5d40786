"""Our cookies: their names and how they are set. Knows nothing of what they hold.

``__Host-`` makes the browser itself refuse one that is not Secure, not for this host alone, or not for ``/``
(RFC 6265bis §4.1.3.2). Chromium and Firefox also keep them on http://127.0.0.1 and http://localhost; Safari
does not, so the demo on plain http wants one of the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

CSRF = "__Host-idb-csrf"
LANGUAGE = "__Host-idb-language"
CITIZEN = "__Host-idb-citizen"
AGENT = "__Host-idb-agent"
AGENT_LOGIN = "__Host-idb-agent-login"
AGENT_CODE = "__Host-idb-agent-code"
RETURN = "__Host-idb-return"

MAX_CHARS = 4_096  # a browser keeps no longer one


def read(request: web.Request, name: str) -> str | None:
    """What this browser keeps under the name."""
    value = request.cookies.get(name)
    return value if value and len(value) <= MAX_CHARS else None


def put(response: web.StreamResponse, name: str, value: str, *, seconds: int | None = None) -> None:
    """Have the browser keep a value: for so many seconds, or until it is closed."""
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="Lax")


def drop(response: web.StreamResponse, name: str) -> None:
    """Have the browser forget it."""
    response.del_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")
