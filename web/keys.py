"""The typed keys under which the application and a request carry their parts. Knows types only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableSet

    from web.area import Area
    from web.assets import Assets
    from web.csrf import Csrf
    from web.i18n import Words
    from web.options import WebOptions
    from web.pages import Pages
    from web.ratelimit import RateLimits
    from web.route import Route
    from web.tickets import Tickets

OPTIONS: web.AppKey[WebOptions] = web.AppKey("OPTIONS")
ASSETS: web.AppKey[Assets] = web.AppKey("ASSETS")
CSRF: web.AppKey[Csrf] = web.AppKey("CSRF")
PAGES: web.AppKey[Pages] = web.AppKey("PAGES")
TICKETS: web.AppKey[Tickets] = web.AppKey("TICKETS")
LIMITS: web.AppKey[RateLimits] = web.AppKey("LIMITS")
SOCKETS: web.AppKey[MutableSet[web.WebSocketResponse]] = web.AppKey("SOCKETS")
WORDS: web.AppKey[Mapping[str, Words]] = web.AppKey("WORDS")
LOCALIZED: web.AppKey[Mapping[str, web.Resource]] = web.AppKey("LOCALIZED")
"""What stands under a language, by route name."""
AREAS: web.AppKey[tuple[Area, ...]] = web.AppKey("AREAS")
"""Where programs call, and are not answered with pages."""
ROUTES: web.AppKey[Mapping[web.AbstractRoute, Route]] = web.AppKey("ROUTES")
"""Which of our routes each of the router's is: audience, name, limits."""

SOCKET: web.RequestKey[web.WebSocketResponse] = web.RequestKey("SOCKET")
"""The websocket that this request became."""

FORM_ACTIONS: web.RequestKey[tuple[str, ...]] = web.RequestKey("FORM_ACTIONS")
"""Further places to which this page's forms may lead, by redirect too."""
CONNECTIONS: web.RequestKey[tuple[str, ...]] = web.RequestKey("CONNECTIONS")
"""Further places to which this page's scripts may speak."""
FEATURES: web.RequestKey[tuple[str, ...]] = web.RequestKey("FEATURES")
"""What this page may use of the browser, such as its microphone."""
