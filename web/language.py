"""Which language a request is answered in. Knows paths, a cookie and Accept-Language; no words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web import cookies, keys
from web.options import LANGUAGES

if TYPE_CHECKING:
    from aiohttp import web

MAX_ACCEPT_CHARS = 256  # of Accept-Language; the rest is not looked at
VARY = "Accept-Language, Cookie"


def language_of(request: web.Request) -> str:
    """The language of this request: of its path, else what this browser chose, else what it asks for."""
    return in_path(request.path) or preferred(request)


def in_path(path: str) -> str | None:
    """The language that a path starts with, if any."""
    first = path[1:].partition("/")[0]
    return first if first in LANGUAGES else None


def preferred(request: web.Request) -> str:
    """The language for a path that names none."""
    chosen = cookies.read(request, cookies.LANGUAGE)
    if chosen in LANGUAGES:
        return chosen
    accepted = _accepted(request.headers.get("Accept-Language", ""))
    return accepted or request.app[keys.OPTIONS].default_language


def elsewhere(request: web.Request, language: str) -> str:
    """The same page in another language, or its first page where there is nothing to read again."""
    here = in_path(request.path)
    if here is None or request.method != "GET":
        return f"/{language}"
    return f"/{language}" + request.rel_url.raw_path_qs.removeprefix(f"/{here}")


def _accepted(header: str) -> str | None:
    wishes = [_wish(part) for part in header[:MAX_ACCEPT_CHARS].split(",")]
    ours = [(weight, tag) for weight, tag in wishes if tag in LANGUAGES and weight > 0]
    return max(ours, key=lambda wish: wish[0])[1] if ours else None


def _wish(part: str) -> tuple[float, str]:
    tag, _, weight = part.partition(";q=")
    try:
        return (float(weight) if weight else 1.0), tag.strip().lower().partition("-")[0]
    except ValueError:
        return 0.0, ""
