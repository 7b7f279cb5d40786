"""The web application, put together from its rooms. Knows the order of things; no page of its own.

::

    access log → error pages → tidy paths → time limit → CSRF → the audience's guard → the room's handler
    and on every answer, whoever made it: web.headers
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from web import keys
from web.access import access_middleware, deadline_middleware
from web.area import tidy_middleware
from web.assets import Assets
from web.csrf import Csrf, csrf_middleware
from web.errors import error_middleware
from web.headers import add_headers
from web.i18n import load_words
from web.pages import Pages
from web.ratelimit import RateLimits
from web.socket import close_sockets, no_sockets
from web.table import register
from web.tickets import Tickets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.options import WebOptions
    from web.route import Room
    from web.tickets import Spend

MAX_BODY_BYTES = 64 * 1024  # of a request; our largest form is far smaller


def make_app(options: WebOptions, rooms: Sequence[Room], spend: Spend) -> web.Application:
    """The application that serves these rooms; ``spend`` remembers which websocket tickets were used.

    Raises:
        SettingsError: the built stylesheets are missing.
        TypeError: a route whose audience nobody guards, or that has none.

    """
    app = web.Application(
        client_max_size=MAX_BODY_BYTES,
        middlewares=(
            access_middleware,
            error_middleware,
            tidy_middleware,
            deadline_middleware,
            csrf_middleware,
        ),
    )
    app[keys.OPTIONS] = options
    app[keys.ASSETS] = Assets(options.dist)
    app[keys.CSRF] = Csrf(options)
    app[keys.WORDS] = load_words()
    app[keys.PAGES] = Pages(options, app[keys.WORDS])
    app[keys.TICKETS] = Tickets(options, spend)
    app[keys.LIMITS] = RateLimits(options)
    app[keys.SOCKETS] = no_sockets()
    register(app, (*rooms, app[keys.ASSETS].room()))
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(close_sockets)
    app.on_cleanup.append(_close_limits)
    return app


async def _close_limits(app: web.Application) -> None:
    await app[keys.LIMITS].close()
