"""The pages about this site, to which every citizen's page links at its foot. Knows names and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from web import keys
from web.i18n import mark
from web.language import language_of

if TYPE_CHECKING:
    from aiohttp import web

    from web.options import WebOptions

PAGES: Final = {
    "help": mark("Help"),
    "questions": mark("Questions and answers"),
    "words": mark("What the words mean"),
    "privacy": mark("Privacy"),
    "accessibility": mark("Accessibility"),
}
"""By route name, in the order in which they are shown."""


def own(options: WebOptions, name: str) -> str:
    """Return the organisation's own page in place of ours; nothing if it has none."""
    return {"privacy": options.privacy_url, "accessibility": options.accessibility_url}.get(name, "")


def links(request: web.Request) -> list[tuple[str, str]]:
    """Return title and address of each page that is there."""
    options, ours, language = request.app[keys.OPTIONS], request.app[keys.LOCALIZED], language_of(request)
    words = request.app[keys.WORDS][language]
    addresses = {
        name: own(options, name) or (name in ours and str(ours[name].url_for(lang=language)))
        for name in PAGES
    }
    return [(words.gettext(PAGES[name]), address) for name, address in addresses.items() if address]
