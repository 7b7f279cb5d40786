"""Pages of who works here: their common frame, their own account, and the word to who has lost the way.

Knows who asks, and which pages are theirs. What is on the pages of others is theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from web.agent.access import VISIT
from web.agent.person import Role
from web.agent.places import landing, places_of
from web.i18n import mark
from web.pages import link, page, words_of

if TYPE_CHECKING:
    from aiohttp import web

TITLES: Final = {
    Role.AGENT: mark("Answers calls"),
    Role.LEADER: mark("Leads a team"),
    Role.OPERATOR: mark("Keeps the system running"),
}


def staff_page(request: web.Request, template: str, *, status: int = 200, **context: object) -> web.Response:
    """A page behind the log-in, in the frame ``agent/frame.html``: who is logged in, and where else to go."""
    person, words = request[VISIT].person, words_of(request)
    places = [(link(request, place.route), words.gettext(place.title)) for place in places_of(person)]
    return page(request, template, status=status, person=person, places=places, **context)


async def show_account(request: web.Request) -> web.StreamResponse:
    """Whom we take you for."""
    words, person = words_of(request), request[VISIT].person
    roles = [words.gettext(title) for role, title in TITLES.items() if role in person.roles]
    start = link(request, landing(person)) if places_of(person) else ""
    return staff_page(request, "agent/account.html", roles=roles, start=start)


async def show_others(request: web.Request) -> web.StreamResponse:
    """Say that a page is for others, and lead back."""
    start = link(request, landing(request[VISIT].person))
    return staff_page(request, "agent/others.html", status=403, start=start)
