"""The login method: the Yivi app, by an IRMA server. Fits `web.identity.protocol.IdentityProvider`."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yarl import URL

from ivr.errors import StoreError
from web.identity.irma.hints import Hints
from web.identity.irma.pages import IrmaPages
from web.identity.irma.pickup import TAG, Pickup
from web.identity.irma.server import IrmaServer
from web.route import Audience, get, post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.session.attributes import Level
    from ivr.session.purpose import Purposes
    from ivr.store.errands import Errands
    from web.identity.irma.asking import Asking
    from web.identity.irma.requestor import Requestor
    from web.identity.logins import Logins
    from web.identity.protocol import LoginRequest
    from web.identity.returns import Returns
    from web.route import Route

PATH: Final = "/login/irma"
TITLE: Final = "Yivi"


@dataclass(frozen=True, slots=True, kw_only=True)
class IrmaOptions:
    """What the login method is told at start."""

    url: str
    """Of the server, for us."""
    requestor: Requestor
    asking: Asking
    public_url: URL
    """Where app and server find us."""
    open_seconds: int
    """In which the app must be opened."""
    answer_seconds: float
    """In which the server must answer."""
    pairing: bool = True
    callback: bool = False


class Irma:
    """Logging in with the app.

    Raises:
        SettingsError: a purpose that may use it asks for something that the app is not known to have.

    """

    tag = TAG
    demo = False
    origins: tuple[str, ...] = ()

    def __init__(
        self, options: IrmaOptions, returns: Returns, logins: Logins, errands: Errands, purposes: Purposes
    ) -> None:
        self._options = options
        self._server = IrmaServer(options.url, options.requestor, seconds=options.answer_seconds)
        self.pickup = Pickup(
            server=self._server,
            errands=errands,
            logins=logins,
            asking=options.asking,
            seconds=options.open_seconds,
        )
        self._hints = Hints(self.pickup.bring_home)
        self._pages = IrmaPages(returns, logins, self.pickup, self._hints, pairing=options.pairing)
        for purpose in purposes:
            if (TAG in purpose.methods or not purpose.methods) and self.level >= purpose.minimum:
                options.asking.check(purpose)

    @property
    def level(self) -> Level:
        """Return the highest level that a card can tell."""
        return self._options.asking.highest

    def title(self, _language: str) -> str:
        """Say the app's name."""
        return TITLE

    def routes(self) -> tuple[Route, ...]:
        """The page, its button, and where the server calls if it does."""
        routes = (
            get(PATH, self._pages.show, Audience.CITIZEN, "irma"),
            post(f"{PATH}/cancel", self._pages.cancel, Audience.CITIZEN, "irma-cancel"),
        )
        if not self._options.callback:
            return routes
        called = post(
            *(f"{PATH}/done", self._pages.called, Audience.PUBLIC, "irma-done"), localized=False, csrf=False
        )
        return (*routes, called)

    async def begin(self, login: LoginRequest) -> str:
        """Begin at the server, and return the address of our own page."""
        own = URL.build(path=f"/{login.language}{PATH}", query={"state": login.state})
        called = URL.build(path=f"{PATH}/done", query={"state": login.state})
        base = self._options.public_url
        await self.pickup.begin(
            login.state, str(base.join(own)), str(base.join(called)) if self._options.callback else ""
        )
        return str(own)

    async def leave(self, session: str) -> None:
        """End what is under way for a session, at the server as well."""
        await self.pickup.stop(session)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold the connections to the server; fetch, beside all else, what ended while nobody was here."""
        async with self._server.running(), self._hints.running():
            task = asyncio.create_task(self._catch_up(), name="irma")
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _catch_up(self) -> None:
        with suppress(StoreError):  # each citizen's own page still brings it home
            await self.pickup.bring_all_home()
