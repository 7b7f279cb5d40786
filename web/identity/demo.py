"""The demonstration's way to log in: pick somebody invented, and a level. Marked as such everywhere.

Shows what a real provider does and what can go otherwise there: too low a level, stopping halfway,
and calling first and logging in later.
"""

from __future__ import annotations

import time
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Final, NoReturn

from yarl import URL

from ivr.errors import InputError
from ivr.session.attributes import Attributes, Identity, Level
from ivr.session.model import Call
from web.citizen.form import text
from web.citizen.holder import FOUND
from web.citizen.words import in_language
from web.i18n import mark
from web.identity.people import PEOPLE, Person
from web.identity.refusal import Refusal
from web.language import language_of
from web.pages import page, words_of
from web.route import Audience, get, post

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import web

    from ivr.session.purpose import Purpose
    from web.identity.protocol import LoginRequest
    from web.identity.returns import Returns
    from web.route import Route

TAG: Final = "demo"
PATH: Final = "/login/demo"
TITLE: Final = {"nl": "de demonstratie", "en": "the demonstration"}
LEVELS: Final = (
    (Level.LOW, mark("Low, as with a user name and a password")),
    (Level.SUBSTANTIAL, mark("Substantial, as with an app that has checked your passport")),
    (Level.HIGH, mark("High, as with the chip of your identity card")),
)


class Demo:
    """Fits `web.identity.protocol.IdentityProvider`."""

    tag = TAG
    level = Level.HIGH
    demo = True
    origins: tuple[str, ...] = ()

    def __init__(self, returns: Returns, *, now: Callable[[], float] = time.time) -> None:
        self._returns = returns
        self._now = now

    def title(self, language: str) -> str:
        """Say what it is."""
        return in_language(TITLE, language)

    def routes(self) -> tuple[Route, ...]:
        """One page, and its two buttons."""
        return (
            get(PATH, self._show, Audience.CITIZEN, "demo"),
            post(PATH, self._log_in, Audience.CITIZEN, "demo"),
            post(f"{PATH}/cancel", self._cancel, Audience.CITIZEN, "demo-cancel"),
        )

    async def begin(self, login: LoginRequest) -> str:
        """Return the address of our own page."""
        return str(URL.build(path=f"/{login.language}{PATH}", query={"state": login.state}))

    def running(self) -> AbstractAsyncContextManager[object]:
        """Hold nothing."""
        return nullcontext()

    async def _show(self, request: web.Request) -> web.Response:
        state = request.query.get("state", "")
        purpose = self._returns.login(request, state).purpose
        language, found = language_of(request), request[FOUND]
        return page(
            request,
            "citizen/demo.html",
            state=state,
            people=[(person.tag, person.name, _summary(person, purpose)) for person in PEOPLE],
            fields=[(spec.name, in_language(spec.label, language)) for spec in purpose.attributes],
            levels=[(str(int(level)), words_of(request).gettext(words), None) for level, words in LEVELS],
            level=str(int(purpose.minimum)),
            can_call_first=found.session.call is Call.AWAITED and found.code is None,
        )

    async def _log_in(self, request: web.Request) -> NoReturn:
        form = await request.post()
        login = self._returns.login(request, text(form, "state"))
        identity = Identity(_attributes(form, login.purpose), _level(form), TAG, self._now())
        await self._returns.finished(request, login, identity)

    async def _cancel(self, request: web.Request) -> NoReturn:
        form = await request.post()
        login = self._returns.login(request, text(form, "state"))
        await self._returns.failed(request, login, Refusal.CANCELLED)


def _summary(person: Person, purpose: Purpose) -> str:
    """What somebody has for this purpose, their name apart."""
    return " · ".join(person.value(name) for name in purpose.attribute_names if name != "fullname")


def _attributes(form: Mapping[str, object], purpose: Purpose) -> Attributes:
    person = next((person for person in PEOPLE if person.tag == text(form, "person")), None)
    if person is None:
        raise InputError("there is no such person")
    filled = {name: text(form, f"value.{name}") for name in purpose.attribute_names}
    return Attributes({name: value or person.value(name) for name, value in filled.items()})


def _level(form: Mapping[str, object]) -> Level:
    try:
        return Level(int(text(form, "level")))
    except ValueError:
        raise InputError("there is no such level") from None
