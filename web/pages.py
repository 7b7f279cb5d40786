"""Turning a template into an answer. Knows the templates' common names; decides nothing about a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from web import cookies, footer, keys
from web.i18n import LANGUAGE_NAMES, Words, environment
from web.language import elsewhere, in_path, language_of, preferred

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.options import WebOptions

LANGUAGE_SECONDS = 365 * 24 * 3600


class Pages:
    """The templates, one set for each language."""

    def __init__(self, options: WebOptions, words: Mapping[str, Words]) -> None:
        self._environments = {language: environment(spoken) for language, spoken in words.items()}
        for made in self._environments.values():
            made.globals.update(site=options)

    def render(self, language: str, template: str, **context: object) -> str:
        """The template's text in a language."""
        return self._environments[language].get_template(template).render(**context)


def words_of(request: web.Request) -> Words:
    """The words in which this request is answered, for texts that Python makes."""
    return request.app[keys.WORDS][language_of(request)]


def link(request: web.Request, name: str, **parts: str) -> str:
    """The path of the route with this name, in the language of the request unless ``lang`` says another."""
    if name in request.app[keys.LOCALIZED]:
        parts.setdefault("lang", language_of(request))
    return str(request.app.router[name].url_for(**parts))


def page(request: web.Request, template: str, *, status: int = 200, **context: object) -> web.Response:
    """A page for this request. The templates also know: see ``_common``."""
    csrf = request.app[keys.CSRF].browser(request)
    text = request.app[keys.PAGES].render(
        language_of(request), template, csrf=csrf, **_common(request), **context
    )
    response = web.Response(text=text, status=status, content_type="text/html")
    csrf.keep(response)
    _keep_language(request, response)
    return response


def _common(request: web.Request) -> dict[str, object]:
    language = language_of(request)
    return {
        "asset": request.app[keys.ASSETS].url,
        "link": lambda name, **parts: link(request, name, **parts),
        "home": f"/{language}",
        "footer_links": lambda: footer.links(request),
        "languages": [
            (code, name, elsewhere(request, code))
            for code, name in LANGUAGE_NAMES.items()
            if code != language
        ],
    }


def _keep_language(request: web.Request, response: web.Response) -> None:
    """Remember a language that was chosen against what the browser would have got."""
    chosen = in_path(request.path)
    if chosen and chosen != preferred(request):
        cookies.put(response, cookies.LANGUAGE, chosen, seconds=LANGUAGE_SECONDS)
