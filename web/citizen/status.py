"""What the citizen's page says at one moment.

The page, its updates and the page without JavaScript are all this one picture, drawn by the one template
``citizen/status.html``. Knows a `CitizenView`, which holds no attribute; so none can get on the page.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ivr.session.code import grouped
from ivr.session.model import OVER, Call, CitizenView, Identification
from web import keys
from web.citizen.line import Line, picture
from web.citizen.moments import ending, until_next_ending
from web.citizen.words import (
    clock_time,
    expected_wait,
    in_language,
    place_in_queue,
    time_left,
    until_next_step,
)
from web.identity.refusal import Refusal
from web.identity.returns import REASON
from web.language import language_of
from web.pages import link, words_of

if TYPE_CHECKING:
    from datetime import tzinfo

    from aiohttp import web

    from ivr.session.attributes import Secret
    from ivr.session.purpose import Purpose, Purposes
    from ivr.session.wait import Place
    from web.citizen.reception import Reception
    from web.i18n import Words
    from web.identity.providers import Providers

SOON_SECONDS: Final = 240
"""So long before the end of a code who listens to the page is told, while there is time to ask for more."""

DisplayName = Callable[[str], str]
"""From a queue member to the name by which citizens may know them; empty when nobody may."""

PANELS = {
    Call.CLAIMED: "called",
    Call.QUEUED: "queued",
    Call.CONNECTED: "connected",
    Call.ENDED: "ended",
    Call.CANCELLED: "stopped",
    Call.EXPIRED: "expired",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What is needed to draw any status."""

    purposes: Purposes
    providers: Providers
    line: Line
    display_name: DisplayName
    zone: tzinfo
    reception: Reception

    def context(self, request: web.Request, view: CitizenView, shown: Secret | None = None) -> dict[str, Any]:
        """Return what the template is told, in the language of the request; ``shown`` as for `fragment`."""
        language = language_of(request)
        purpose = self.purposes.get(view.purpose)
        return {
            "panel": panel_of(view),
            "version": view.version,
            "over": view.call in OVER,
            "purpose": purpose,
            "purpose_title": in_language(purpose.title, language),
            "pending": view.identification is Identification.PENDING,
            "failed": view.identification is Identification.FAILED,
            "methods": self._methods(purpose, language),
            "reason": reason_of(request),
            "ending": ending(words_of(request), purpose.hours, self.reception.now(), view.seconds_left),
            "agent": self.display_name(view.member) if view.member else "",
            "ended_at": clock_time(view.ended_at, self.zone),
            "time_left": time_left(words_of(request), view.seconds_left),
            "until": clock_time(view.expires, self.zone),
            "soon": view.call is Call.AWAITED and view.seconds_left < SOON_SECONDS,
            "can_extend": view.can_extend,
            "waiting": _waiting(words_of(request), view.place) if view.place else "",
            "news": news_of(words_of(request), view),
            "spoken": grouped(view.spoken.reveal()) if view.spoken else (),
            "in_call": view.in_call,
            **self._to_call(view.code, view.extra, shown),
        }

    def allow_forms(self, request: web.Request, view: CitizenView) -> None:
        """Let the page's forms lead to where its citizen may log in."""
        self.providers.allow_forms(request, self.purposes.get(view.purpose))

    def fragment(self, request: web.Request, view: CitizenView, shown: Secret | None = None) -> str:
        """Draw the status alone, for a page that is open already.

        With ``shown``, the code of which the page has the picture, that one is not drawn again: it takes
        longer than all the rest.
        """
        return request.app[keys.PAGES].render(
            language_of(request),
            "citizen/status.html",
            csrf=request.app[keys.CSRF].browser(request),
            link=lambda name, **parts: link(request, name, **parts),
            **self.context(request, view, shown),
        )

    def patience(self, view: CitizenView) -> float:
        """Tell in how many seconds time alone changes what is said; in a call it does not."""
        if view.call is not Call.AWAITED:
            return math.inf
        hours = self.purposes.get(view.purpose).hours
        return min(until_next_step(view.seconds_left), until_next_ending(hours, self.reception.now()))

    def _methods(self, purpose: Purpose, language: str) -> list[tuple[str, str]]:
        return [(way.tag, way.title(language)) for way in self.providers.allowed(purpose)]

    def _to_call(self, code: Secret | None, extra: Secret | None, shown: Secret | None) -> dict[str, object]:
        if code is None or extra is None:
            return {}
        address = self.line.address(code)
        return {
            "number": self.line.groups,
            "code": grouped(code.reveal()),
            "extra": (extra.reveal(),),
            "address": address,
            "picture": "" if code == shown else picture(address),
        }


def news_of(words: Words, view: CitizenView) -> str:
    """Say what, beside a new heading, is worth interrupting who listens to the page."""
    if view.call is Call.AWAITED and view.seconds_left < SOON_SECONDS:
        return time_left(words, view.seconds_left)
    if view.place is None:
        return ""
    # Not each step in the queue: only that it takes longer or shorter, and that one is next.
    return expected_wait(words, view.place) if view.place.ahead else _waiting(words, view.place)


def _waiting(words: Words, place: Place) -> str:
    return f"{place_in_queue(words, place)} {expected_wait(words, place)}"


def reason_of(request: web.Request) -> Refusal | None:
    """Say why the log-in gave nothing, if so. Anybody can write this in a link; it only picks words."""
    try:
        return Refusal(request.query.get(REASON, ""))
    except ValueError:
        return None


def panel_of(view: CitizenView) -> str:
    """Name the part of the template that belongs to this moment."""
    if view.call is not Call.AWAITED:
        return PANELS[view.call]
    if view.identification is Identification.FAILED:
        return "failed"
    if not view.code:
        return "login"
    return "in-call" if view.in_call else "code"
