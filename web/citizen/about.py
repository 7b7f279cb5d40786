"""The pages about this site: help, questions, words, privacy, accessibility. Texts only; knows no session."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from aiohttp import web

from web import footer, keys
from web.citizen.levels import LEVELS
from web.citizen.words import in_language
from web.language import language_of
from web.pages import page, words_of
from web.route import Audience, Room, get

if TYPE_CHECKING:
    from ivr.session.purpose import Purposes

NAMES: Final = frozenset(footer.PAGES)


def about_room(purposes: Purposes, *, minutes: int) -> Room:
    """Make the room, a route for each page under its own name. ``minutes``: how long a code may be used."""
    pages = AboutPages(purposes, minutes)
    routes = (get(f"/{name}", partial(pages.show, name), Audience.PUBLIC, name) for name in footer.PAGES)
    return Room(name="about", routes=tuple(routes))


class AboutPages:
    """Shows them."""

    def __init__(self, purposes: Purposes, minutes: int) -> None:
        self._purposes = purposes
        self._minutes = minutes

    async def show(self, name: str, request: web.Request) -> web.Response:
        """Return a page, or lead to the organisation's own where it has one."""
        if theirs := footer.own(request.app[keys.OPTIONS], name):
            raise web.HTTPSeeOther(theirs)
        words = words_of(request)
        return page(
            request,
            f"about/{name}.html",
            minutes=self._minutes,
            levels=[(words.gettext(said.name), words.gettext(said.meaning)) for said in LEVELS.values()],
            asked=self._asked(language_of(request)),
        )

    def _asked(self, language: str) -> list[tuple[str, list[str]]]:
        return [
            (
                in_language(purpose.title, language),
                [in_language(spec.label, language) for spec in purpose.attributes],
            )
            for purpose in self._purposes
        ]
