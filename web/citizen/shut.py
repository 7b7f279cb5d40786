"""What pages say of a `Standing`: the notice, when it opens or closes, and what else people can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web.citizen.moments import closes_soon, opens_again, today_differs, week
from web.citizen.reception import Bar
from web.citizen.words import in_language
from web.language import language_of
from web.pages import page, words_of

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp import web

    from web.citizen.reception import Standing
    from web.i18n import Words


def told(request: web.Request, standing: Standing, now: datetime) -> dict[str, Any]:
    """Return what templates are told of it."""
    words, language, notice = words_of(request), language_of(request), standing.notice
    return {
        "bar": standing.bar.value,
        "notice": notice and in_language(notice.text, language),
        "notice_language": notice and (language if language in notice.text else next(iter(notice.text))),
        "opens": opens_again(words, standing.status, now, standing.hours),
        "closes": closes_soon(words, standing.status, now, standing.hours),
    }


def shut_page(
    request: web.Request, standing: Standing, now: datetime, *, subject: str = "", status: int = 200
) -> web.Response:
    """The page in place of one from which nobody can start now; ``subject`` is the title of one, if any."""
    return page(
        request,
        "citizen/shut.html",
        status=status,
        subject=subject,
        here=request.path,
        ordinary_open=standing.ordinary.open,
        week=week(words_of(request), standing.hours) if standing.bar is Bar.CLOSED else [],
        today=today_differs(words_of(request), standing.hours, now),
        **told(request, standing, now),
    )


def hint(words: Words, standing: Standing) -> str:
    """Say in two words what is in the way of one subject; nothing when nothing is."""
    if standing.bar is Bar.CLOSED:
        return words.gettext("Closed now")
    return words.gettext("No employee at the moment") if standing.bar is Bar.EMPTY else ""
