"""The agent's buttons to have the caller on the line identified. The same with and without scripts.

Knows requests and answers. Every button names the call that it was shown for, and the store looks whether
this agent has that call now; so a press that comes late does nothing to the next caller. It names its window
as well, which must be the active one.
"""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import structlog
from aiohttp import web
from yarl import URL

from ivr.errors import ElsewhereError, IllegalMoveError, NotFoundError
from ivr.session.attributes import Secret
from ivr.session.code import is_well_formed, normalise
from ivr.session.upgrade import SPOKEN_LENGTH
from ivr.store.claims import Claimed, ExtraNeeded, Spent, Wrong
from ivr.store.keyspace import CallId
from web import keys
from web.agent.access import ENTRY
from web.agent.opened import FIELD, opened
from web.agent.picture import State
from web.agent.staff import staff_page
from web.i18n import mark
from web.language import language_of
from web.pages import link, words_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from ivr.session.purpose import Purposes
    from ivr.store.claims import Claims
    from ivr.store.keyspace import Member
    from ivr.store.orders import Orders
    from ivr.store.upgrades import Upgrades
    from web.agent.opened import Opened
    from web.agent.screen import Watchers

    Step = Callable[[Member, CallId], Awaitable[object]]

SHORT: Final = "/b"
"""The short address, which ``web.citizen.join`` serves."""
SAID: Final = "said"
"""In the query: why a button did nothing. Anybody can write it; it only picks words."""
SCRIPT: Final = "application/json"
"""What our script accepts; a browser without it is led back to the page."""
MAX_CALL: Final = 200
MAX_DIGITS: Final = 40

log = structlog.get_logger()


class Said(StrEnum):
    """What became of a button."""

    DONE = "done"
    ELSEWHERE = "elsewhere"
    GONE = "gone"
    BUSY = "busy"
    TYPO = "typo"
    WRONG = "wrong"
    SPENT = "spent"
    GUARDED = "guarded"


WORDS: Final = {
    Said.ELSEWHERE: mark("You are at work in another window. This one shows no calls."),
    Said.GONE: mark("This call is not with you any more, or you know who it is already."),
    Said.BUSY: mark("The caller is keying. Wait until you are connected again."),
    Said.TYPO: mark("These digits are not right. Let the caller read them once more."),
    Said.WRONG: mark("These digits do not belong to this call. Let the caller read them once more."),
    Said.SPENT: mark("That was wrong too often. Ask again; the caller then logs in anew."),
    Said.GUARDED: mark("Reading out does not work at the moment. Let the caller key the code."),
}
"""Nothing is said of what was done: the screen shows it."""


class Identify:
    """The buttons, and the page with them for browsers without scripts."""

    def __init__(
        self, watchers: Watchers, upgrades: Upgrades, orders: Orders, claims: Claims, purposes: Purposes
    ) -> None:
        self._watchers = watchers
        self._upgrades = upgrades
        self._orders = orders
        self._claims = claims
        self._purposes = purposes

    def context(self, request: web.Request) -> dict[str, Any]:
        """Return what the buttons' template is told, on whichever page it stands."""
        language = language_of(request)
        base = request.app[keys.OPTIONS].public_url.join(URL(SHORT))
        return {
            "subjects": [
                (each.name, each.title.get(language) or next(iter(each.title.values())))
                for each in self._purposes
            ],
            "address": str(base),
            "short": str(base).removeprefix(f"{base.scheme}://"),
            "digits": SPOKEN_LENGTH,
        }

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The buttons on a page of their own, which does not renew itself while somebody types."""
        entry, words = request[ENTRY], words_of(request)
        if FIELD not in request.query:
            raise web.HTTPSeeOther(link(request, "agent-plain"))
        window = opened(entry, request.query)
        picture = (await self._watchers.look(entry, window, words)).picture
        if picture.state is State.ELSEWHERE:
            raise web.HTTPSeeOther(window.on(link(request, "agent-plain")))
        said = _said(request.query.get(SAID, ""))
        text = WORDS.get(said) if said else None
        wrong = words.gettext(text) if text else ""
        return staff_page(
            request,
            "agent/ask_page.html",
            ask=picture.ask,
            wrong=wrong,
            screen=window.id,
            **self.context(request),
        )

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """Ask the caller to log in for a purpose: there is a short address then."""
        purpose = self._purposes.get(_text(await request.post(), "purpose", MAX_CALL)).name
        return await self._press(request, "ask", partial(self._upgrades.ask, purpose=purpose))

    async def keypad(self, request: web.Request) -> web.StreamResponse:
        """Have the caller asked for a code."""
        return await self._press(request, "keypad", self._orders.keypad)

    async def confirm(self, request: web.Request) -> web.StreamResponse:
        """Take the digits that the caller reads out."""
        digits = normalise(_text(await request.post(), "digits", MAX_DIGITS))
        return await self._press(request, "confirm", partial(self._confirm, digits))

    async def _confirm(self, digits: str, member: Member, call: CallId) -> Said:
        if not is_well_formed(digits, SPOKEN_LENGTH):
            return Said.TYPO
        match await self._claims.confirm(call, member, Secret(digits)):
            case Claimed():
                return Said.DONE
            case Wrong():
                return Said.WRONG
            case Spent():
                return Said.SPENT
            case ExtraNeeded():
                return Said.GUARDED
            case _:
                return Said.GONE

    async def _press(self, request: web.Request, action: str, step: Step) -> web.StreamResponse:
        """Do what a button asks, if it is pressed in the active window; tell what became of it."""
        entry, form = request[ENTRY], await request.post()
        window, member = opened(entry, form), entry.agent.member
        try:
            await self._watchers.require(entry, window)
            result = await step(member, _call(request, form))
            said = result if isinstance(result, Said) else Said.DONE
        except ElsewhereError:
            said = Said.ELSEWHERE
        except NotFoundError:
            said = Said.GONE
        except IllegalMoveError:
            said = Said.BUSY
        log.info("agent.upgrade", agent=entry.agent.name, action=action, result=said.value)
        return _answer(request, window, said)


def _answer(request: web.Request, window: Opened, said: Said) -> web.StreamResponse:
    """Tell a script in words, and a browser without one by its page."""
    text = WORDS.get(said)
    if request.headers.get("Accept") == SCRIPT:
        return web.json_response({"said": words_of(request).gettext(text) if text else ""})
    url = URL(window.on(link(request, "agent-identify")))
    raise web.HTTPSeeOther(url.update_query({SAID: said.value}) if text else url)


def _said(text: str) -> Said | None:
    try:
        return Said(text)
    except ValueError:
        return None


def _call(request: web.Request, form: Mapping[str, Any]) -> CallId:
    """Return the call that the button was shown for, as one of this agent's Asterisk."""
    asterisk = request[ENTRY].agent.member.asterisk
    return CallId(asterisk, _text(form, "call", MAX_CALL).removeprefix(f"{asterisk}:"))


def _text(form: Mapping[str, Any], name: str, most: int) -> str:
    value = form.get(name, "")
    return value[:most] if isinstance(value, str) else ""
