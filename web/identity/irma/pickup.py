"""One log-in with the app: begun, looked at, proven or given up. By whichever process it is asked of.

All that a log-in needs is in the store, so nothing is lost with a process: its result is fetched when the
browser asks, when the server calls, or when the next process starts, whichever comes first.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

from ivr.errors import IdBellenError, IdentityError, IllegalMoveError, InputError, NotFoundError
from ivr.session.attributes import Identity
from web.identity.irma.asking import condiscon
from web.identity.irma.errand import Errand
from web.identity.irma.result import ENDED, Status, read
from web.identity.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.store.errands import Errands
    from web.identity.irma.asking import Asking
    from web.identity.irma.server import IrmaServer
    from web.identity.logins import Login, Logins

TAG: Final = "irma"
CONTEXT: Final = "https://irma.app/ld/request/disclosure/v2"
PAUSE_SECONDS: Final = 0.02
"""Between two log-ins that a process looks at when it starts: 10,000 then cost it a few percent of a core."""

log = structlog.get_logger("web.identity.irma")


class Pickup:
    """Begins log-ins at the server, and brings home what comes of them. ``seconds``: to open the app in."""

    def __init__(
        self,
        *,
        server: IrmaServer,
        errands: Errands,
        logins: Logins,
        asking: Asking,
        seconds: int,
        pause: float = PAUSE_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._server = server
        self._errands = errands
        self._logins = logins
        self._asking = asking
        self._seconds = seconds
        self._pause = pause
        self._now = now

    async def begin(self, state: str, return_url: str, callback_url: str) -> None:
        """Begin a log-in at the server, in place of any that the session had; raise IdentityError."""
        login = self._logins.read(state)
        await self.stop(login.session)
        asked: dict[str, object] = {
            "@context": CONTEXT,
            "disclose": condiscon(self._asking.questions(login.purpose)),
            "clientReturnUrl": return_url,
        }
        request: dict[str, object] = {"request": asked, "timeout": self._seconds}
        if callback_url:
            request["callbackUrl"] = callback_url
        try:
            errand = Errand.of_answer(state, await self._server.start(request))
        except InputError:
            raise IdentityError("the IRMA server makes no sense", reason=Refusal.UNAVAILABLE) from None
        await self._errands.begin(login.session, errand.to_text())

    async def errand(self, session: str) -> Errand | None:
        """Return what is under way for a session, if anything is."""
        text = await self._errands.find(session)
        try:
            return Errand.of_text(text) if text else None
        except InputError:
            return None

    async def look(self, login: Login, errand: Errand) -> Status | Refusal | Identity:
        """Ask the server how it goes: it goes on, gave nothing, or proved who it is.

        Raises IdentityError when the server does not say, or says what cannot be.
        """
        status = await self._server.status(errand.token)
        if status in ENDED:
            return ENDED[status]
        if status is not Status.DONE:
            return status
        result = await self._server.result(errand.token)
        questions = self._asking.questions(login.purpose)
        attributes, level = read(result, errand.token, questions, self._asking)
        return Identity(attributes, level, TAG, self._now())

    async def forget(self, session: str) -> None:
        """Forget a log-in: it is done, or came to nothing."""
        await self._errands.end(session)

    async def stop(self, session: str) -> None:
        """End what is under way for a session, at the server as well."""
        errand = await self.errand(session)
        if errand is not None:
            await self._server.stop(errand.token)
            await self.forget(session)

    async def bring_home(self, session: str) -> bool:
        """Take a log-in's end without its browser; what is not over yet, or not to be had, stays as it is.

        Tell whether there is nothing more to come.
        """
        errand = await self.errand(session)
        if errand is None:
            return True
        login = self._logins.read(errand.state)
        if login.session != session:
            raise InputError("an errand of another session")
        try:
            seen = await self.look(login, errand)
        except IdentityError as error:
            if error.reason != Refusal.INCOMPLETE:
                return False
            seen = Refusal.INCOMPLETE
        if not isinstance(seen, Identity | Refusal):
            return False
        with suppress(IllegalMoveError, NotFoundError, IdentityError):  # the page says what came of it
            await self._take(login, seen)
        await self.forget(session)
        return True

    async def bring_all_home(self) -> None:
        """Take what ended while no process was there to be told; one by one, since nobody waits for it."""
        async for session in self._errands.sessions():
            try:
                await self.bring_home(session)
            except IdBellenError as error:
                log.warning("irma.not_brought_home", error=type(error).__name__)
            await asyncio.sleep(self._pause)

    async def _take(self, login: Login, seen: Refusal | Identity) -> None:
        if isinstance(seen, Identity):
            await self._logins.finish(login, seen)
        else:
            await self._logins.fail(login, seen)
