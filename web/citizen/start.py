"""Before the log-in: the subjects to call about, and for each what will be asked, why and for whom."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NoReturn

from aiohttp import web
from yarl import URL

from ivr.errors import AnonymousError, ClosedError, IdentityError, IllegalMoveError, NotFoundError
from ivr.session.model import Call
from web import keys
from web.citizen.form import text
from web.citizen.levels import LEVELS
from web.citizen.reception import Bar
from web.citizen.shut import hint, shut_page, told
from web.citizen.words import in_language
from web.identity.logins import Login
from web.identity.returns import CALL, REASON
from web.language import language_of
from web.pages import link, page, words_of
from web.ratelimit import Rule

if TYPE_CHECKING:
    from ivr.session.purpose import Purpose, Purposes
    from ivr.store.keyspace import CallId
    from ivr.store.sessions import Sessions, Started
    from web.citizen.holder import Holder
    from web.citizen.reception import Reception, Standing
    from web.identity.logins import Logins
    from web.identity.providers import Providers

AGREED: Final = "yes"
TOLD: Final = "yes"
"""On a form whose page said that nobody is at work."""
EVERYBODY: Final = 100  # so many times what one client may start, all clients together may


class StartPages:
    """Shows the subjects, and starts sessions. ``minutes`` is how long a code may be used."""

    def __init__(
        self,
        sessions: Sessions,
        holder: Holder,
        purposes: Purposes,
        providers: Providers,
        logins: Logins,
        *,
        reception: Reception,
        minutes: int,
        per_minute: int,
    ) -> None:
        self._sessions = sessions
        self._holder = holder
        self._purposes = purposes
        self._providers = providers
        self._logins = logins
        self._reception = reception
        self._minutes = minutes
        self._rule = Rule(
            name="start", per_client=f"{per_minute}/minute", everyone=f"{per_minute * EVERYBODY}/minute"
        )

    async def subjects(self, request: web.Request) -> web.Response:
        """The first page."""
        language, words = language_of(request), words_of(request)
        together, each = await self._reception.of_all()
        if together.stops:
            return shut_page(request, together, self._reception.now())
        titles = [
            (purpose.name, in_language(purpose.title, language), hint(words, each[purpose.name]))
            for purpose in self._purposes
        ]
        now = self._reception.now()
        return page(request, "citizen/start.html", titles=titles, **told(request, together, now))

    async def subject(self, request: web.Request) -> web.Response:
        """One subject, before anything is asked: links on other sites and in letters lead here."""
        purpose = self._purpose(request)
        return self._show(request, purpose, await self._reception.of(purpose))

    async def start(self, request: web.Request) -> web.Response:
        """Start a session for who agreed, and send the browser to log in."""
        purpose = self._purpose(request)
        form = await request.post()
        provider = self._providers.get(purpose, text(form, "method"))
        standing = await self._reception.of(purpose)
        if standing.stops or (standing.bar is Bar.EMPTY and text(form, "told") != TOLD):
            return self._show(request, purpose, standing, status=409)  # since the page was loaded
        if text(form, "agree") != AGREED:
            return self._show(request, purpose, standing, status=422, missing=True)
        raise (await self._begin(request, purpose, provider.tag))[0]

    async def begin(
        self, request: web.Request, purpose: Purpose, method: str
    ) -> tuple[web.HTTPSeeOther, Started]:
        """Start a session in this browser, whose citizen agreed; return what sends it to log in.

        Raises:
            ClosedError: nobody can start with this subject now.

        """
        if (await self._reception.of(purpose)).stops:
            raise ClosedError("nobody is there for this subject now")
        return await self._begin(request, purpose, method)

    async def join(
        self, request: web.Request, purpose: Purpose, method: str, call: CallId
    ) -> web.HTTPSeeOther:
        """Start a session for a call under way, whatever the hours; return what leads to the log-in."""
        return (await self._begin(request, purpose, method, call))[0]

    async def _begin(
        self, request: web.Request, purpose: Purpose, method: str, call: CallId | None = None
    ) -> tuple[web.HTTPSeeOther, Started]:
        await self._allow(request)
        await self._stop_old(request)
        started = await self._sessions.create(purpose, language_of(request), call)
        answer = web.HTTPSeeOther(await self._to_login(request, started.id, purpose, method))
        self._holder.give(answer, started)
        return answer, started

    async def leave(self, session: str) -> None:
        """End the log-in that may be under way elsewhere for a session that was stopped."""
        await self._providers.leave(session)

    async def log_in(self, request: web.Request, session: str, purpose: str) -> NoReturn:
        """Send the browser to log in for a session that it holds."""
        form = await request.post()
        await self._allow(request)
        address = await self._to_login(request, session, self._purposes.get(purpose), text(form, "method"))
        raise web.HTTPSeeOther(address)

    async def _to_login(self, request: web.Request, session: str, purpose: Purpose, method: str) -> str:
        provider = self._providers.get(purpose, method)
        here = link(request, CALL)
        return_url = str(request.app[keys.OPTIONS].public_url.join(URL(here)))
        asked = self._logins.begin(Login(session, purpose, method, language_of(request)), return_url)
        try:
            return await provider.begin(asked)
        except IdentityError as error:
            return f"{here}?{REASON}={error.reason}"

    async def _allow(self, request: web.Request) -> None:
        await request.app[keys.LIMITS].spend(request, self._rule)

    async def _stop_old(self, request: web.Request) -> None:
        """Who starts again has one code, not two."""
        with suppress(AnonymousError, IllegalMoveError, NotFoundError):
            old = await self._holder.look(request)
            if old.session.call is Call.AWAITED:
                await self._sessions.cancel(old.session.id)
                await self.leave(old.session.id)

    def _purpose(self, request: web.Request) -> Purpose:
        return self._purposes.get(request.match_info["purpose"])

    def _show(
        self,
        request: web.Request,
        purpose: Purpose,
        standing: Standing,
        *,
        status: int = 200,
        missing: bool = False,
    ) -> web.Response:
        now = self._reception.now()
        if standing.stops:
            title = in_language(purpose.title, language_of(request))
            return shut_page(request, standing, now, subject=title, status=status)
        more = {"missing": missing, **told(request, standing, now)}
        return self.form(request, "citizen/purpose.html", purpose, status=status, **more)

    def form(
        self, request: web.Request, template: str, purpose: Purpose, *, status: int, **more: object
    ) -> web.Response:
        """A page on which a citizen agrees and chooses a way to log in."""
        language, words, ways = language_of(request), words_of(request), self._providers.allowed(purpose)
        self._providers.allow_forms(request, purpose)
        return page(
            request,
            template,
            status=status,
            purpose=purpose,
            title=in_language(purpose.title, language),
            why=in_language(purpose.why, language),
            labels=[in_language(spec.label, language) for spec in purpose.attributes],
            methods=[(way.tag, way.title(language)) for way in ways],
            needed=words.gettext(LEVELS[purpose.minimum].name),
            meaning=words.gettext(LEVELS[purpose.minimum].meaning),
            reach={way.tag: words.gettext(LEVELS[way.level].reach) for way in ways},
            minutes=self._minutes,
            **more,
        )
