"""The headers of every answer. Knows what a browser may do with our pages: as little as possible.

``form-action`` also covers where a form's answer redirects to (Chromium does so): a page whose form ends
at a log-in elsewhere names that origin with :func:`allow_form_action`. Front ends to which browsers go back
after any log-in are in the options.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from web import keys
from web.area import area_of

if TYPE_CHECKING:
    from aiohttp import web

    from web.options import WebOptions

HSTS = "max-age=63072000; includeSubDomains"
NO_STORE = "no-store"
FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "speaker-selection", "usb")

FIXED = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def allow_form_action(request: web.Request, origin: str) -> None:
    """Let the forms of the page that answers this request lead to one more origin."""
    request[keys.FORM_ACTIONS] = (*request.get(keys.FORM_ACTIONS, ()), origin)


def allow_connect(request: web.Request, origin: str) -> None:
    """Let the scripts of the page that answers this request speak to one more origin."""
    request[keys.CONNECTIONS] = (*request.get(keys.CONNECTIONS, ()), origin)


def allow_features(request: web.Request, *features: str) -> None:
    """Let the page that answers this request use more of the browser, for itself alone."""
    request[keys.FEATURES] = (*request.get(keys.FEATURES, ()), *features)


def feature_policy(allowed: tuple[str, ...] = ()) -> str:
    """The Permissions-Policy of a page: nothing, but what it needs."""
    return ", ".join(f"{feature}={'(self)' if feature in allowed else '()'}" for feature in FEATURES)


def content_policy(
    options: WebOptions, form_actions: tuple[str, ...] = (), connections: tuple[str, ...] = ()
) -> str:
    """The Content-Security-Policy of a page. Nothing inline, nothing from elsewhere."""
    socket = options.public_url.origin().with_scheme("wss" if options.https else "ws")
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            # Safari before 15.4 does not take 'self' to cover websockets
            " ".join((f"connect-src 'self' {socket}", *connections)),
            " ".join(("form-action 'self'", *options.return_origins, *form_actions)),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put our headers on an answer just before it goes out; those that a handler set itself stay."""
    options = request.app[keys.OPTIONS]
    if area := area_of(request):
        area.adorn(request, response)
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Permissions-Policy", feature_policy(request.get(keys.FEATURES, ())))
    response.headers.setdefault("Cache-Control", NO_STORE)
    response.headers.setdefault(
        "Content-Security-Policy",
        content_policy(options, request.get(keys.FORM_ACTIONS, ()), request.get(keys.CONNECTIONS, ())),
    )
    if options.https:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    response.headers.popall("Server", None)
