"""The page on which a citizen logs in with the app: a square to scan on a desktop, a link on a phone.

The browser follows the session at the IRMA server itself, by events or by asking; we hold nothing meanwhile.
Each time that this page is asked for, we look at the server ourselves: so it works without scripts, after a
return from the app, and in whichever process.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NoReturn

from aiohttp import web

from ivr.errors import IdentityError
from ivr.session.attributes import Identity
from web.citizen.form import text
from web.citizen.line import picture
from web.headers import allow_connect
from web.identity.irma.result import Status
from web.identity.refusal import Refusal
from web.identity.returns import CALL
from web.pages import link, page

if TYPE_CHECKING:
    from web.identity.irma.errand import Errand
    from web.identity.irma.hints import Hints
    from web.identity.irma.pickup import Pickup
    from web.identity.logins import Login, Logins
    from web.identity.returns import Returns

STILL: Final = "still"
"""In the query: the page is not to load itself again; for who reads without JavaScript (WCAG 2.2.2)."""


class IrmaPages:
    """The page, its button, and where the server calls. ``pairing``: four digits for who scans."""

    def __init__(
        self, returns: Returns, logins: Logins, pickup: Pickup, hints: Hints, *, pairing: bool
    ) -> None:
        self._returns = returns
        self._logins = logins
        self._pickup = pickup
        self._hints = hints
        self._pairing = pairing

    async def show(self, request: web.Request) -> web.Response:
        """Show how to go on; or take the result, if there is one, and send the browser on."""
        login = self._returns.login(request, request.query.get("state", ""))
        errand = await self._pickup.errand(login.session)
        if errand is None:  # it was fetched already, or given up
            raise web.HTTPSeeOther(link(request, CALL))
        try:
            seen = await self._pickup.look(login, errand)
        except IdentityError as error:
            seen = Refusal(error.reason)
        if seen is Status.PAIRING:  # the digits went with the page that was open: begin again
            await self._pickup.stop(login.session)
            seen = Refusal.CANCELLED
        if not isinstance(seen, Status):
            await self._end(request, login, seen)
        return self._page(request, errand, seen)

    async def cancel(self, request: web.Request) -> NoReturn:
        """Stop at the citizen's wish, at the server as well."""
        form = await request.post()
        login = self._returns.login(request, text(form, "state"))
        await self._pickup.stop(login.session)
        await self._returns.failed(request, login, Refusal.CANCELLED)

    async def called(self, request: web.Request) -> web.Response:
        """Hear from the server that a session ended. What it says of it is not looked at: we ask, soon."""
        state = request.query.get("state", "").removesuffix("/")  # which the server puts behind any address
        with suppress(IdentityError):  # begun too long ago
            self._hints.take(self._logins.read(state).session)
        return web.Response(status=web.HTTPNoContent.status_code)

    async def _end(self, request: web.Request, login: Login, seen: Refusal | Identity) -> NoReturn:
        """Take what came of it; only then forget where it came from."""
        try:
            if isinstance(seen, Identity):
                await self._returns.finished(request, login, seen)
            await self._returns.failed(request, login, seen)
        except web.HTTPSeeOther:
            if seen is not Refusal.UNAVAILABLE:  # later it may well be there
                await self._pickup.forget(login.session)
            raise

    def _page(self, request: web.Request, errand: Errand, status: Status) -> web.Response:
        allow_connect(request, errand.origin)
        return page(
            request,
            "citizen/irma.html",
            state=errand.state,
            session=json.dumps(errand.for_browser),
            open_link=errand.link,
            square=picture(errand.square),
            pairing=self._pairing,
            begun=status is not Status.INITIALIZED,
            still=STILL in request.query,
        )
