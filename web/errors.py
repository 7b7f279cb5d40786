"""What each error looks like in a browser: one table. Knows statuses and words; no cause is ever shown.

The page says what happened to *you*, what you can do now, and the number to call anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from traceback import walk_tb
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from ivr import errors
from web.i18n import mark
from web.pages import page, words_of

if TYPE_CHECKING:
    from types import TracebackType

    from web.route import Handler

log = structlog.get_logger("web.errors")

RETRY_SECONDS = 10  # told to clients when a part of ours is down
MAX_FRAMES = 12  # of a traceback, in the log


@dataclass(frozen=True, slots=True)
class Story:
    """One kind of failure, as it is told."""

    status: int
    title: str
    happened: str
    advice: str


BAD = Story(
    400,
    mark("We did not understand that"),
    mark("Something in what you sent was not right. Nothing has been changed."),
    mark("Go back and try it once more."),
)
ANONYMOUS = Story(
    401,
    mark("You are not logged in (any more)"),
    mark("This page is only there after you have logged in. For your safety that lasts a limited time."),
    mark("Start again from the first page."),
)
FORGED = Story(
    403,
    mark("Please do that once more"),
    mark("We could not be sure that you sent this yourself. Nothing has been changed."),
    mark(
        "Go back, load the page again and press the button once more. Cookies must be allowed for this site."
    ),
)
MISSING = Story(
    404,
    mark("This page is not there"),
    mark("The address may be mistyped, or what stood here has been erased."),
    mark("Start again from the first page."),
)
TOO_LARGE = Story(
    413,
    mark("That was too much"),
    mark("What you sent is larger than we can take. Nothing has been changed."),
    mark("Go back and try it with less."),
)
TOO_OFTEN = Story(
    429,
    mark("One moment, please"),
    mark("This was asked very often in a short time, by you or by someone on the same network."),
    mark("Wait a minute and then try it once more."),
)
BROKEN = Story(
    500,
    mark("This is not working right now"),
    mark("Something went wrong on our side. It is not your fault."),
    mark("Try it once more in a few minutes."),
)
AWAY = Story(
    503,
    mark("This is not working right now"),
    mark("We cannot recognise you at the moment. Calling us just works."),
    mark("Try it once more in a few minutes, or call us without a code."),
)

STORIES: dict[type[errors.IdBellenError], Story] = {
    errors.InputError: BAD,
    errors.IdentityError: BAD,
    errors.IllegalMoveError: BAD,
    errors.AnonymousError: ANONYMOUS,
    errors.ForgedRequestError: FORGED,
    errors.NotFoundError: MISSING,
    errors.TooOftenError: TOO_OFTEN,
    errors.TooSlowError: AWAY,
    errors.StoreError: AWAY,
    errors.ManagerError: AWAY,
    errors.SealError: AWAY,
    errors.IdBellenError: BROKEN,
}
BY_STATUS = {
    story.status: story for story in (BAD, ANONYMOUS, FORGED, MISSING, TOO_LARGE, TOO_OFTEN, BROKEN, AWAY)
}


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into the page that belongs to it."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < web.HTTPBadRequest.status_code:
            raise
        response = _tell(request, BY_STATUS.get(error.status, BAD), status=error.status)
        if isinstance(error, web.HTTPMethodNotAllowed):
            response.headers["Allow"] = error.headers["Allow"]
        return response
    except errors.IdBellenError as error:
        return _known(request, error)
    except Exception as error:  # noqa: BLE001 # the last net: a page for the person, a line without data for us
        where = _where(error.__traceback__)
        log.error("unexpected", error=type(error).__name__, where=where)  # noqa: TRY400 # its text may hold data
        return _tell(request, BROKEN)


def story_of(error: errors.IdBellenError) -> Story:
    """The story of the nearest type in the table."""
    return next(STORIES[kind] for kind in type(error).__mro__ if kind in STORIES)


def _known(request: web.Request, error: errors.IdBellenError) -> web.Response:
    story = story_of(error)
    if story in (AWAY, BROKEN):
        log.warning("failed", error=type(error).__name__, where=_where(error.__traceback__))
    response = _tell(request, story)
    if isinstance(error, errors.TooOftenError):
        response.headers["Retry-After"] = str(error.seconds)
    elif story is AWAY:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _tell(request: web.Request, story: Story, *, status: int | None = None) -> web.Response:
    words = words_of(request)
    return page(
        request,
        "error.html",
        status=status or story.status,
        title=words.gettext(story.title),
        happened=words.gettext(story.happened),
        advice=words.gettext(story.advice),
    )


def _where(traceback: TracebackType | None) -> str:
    """The way through the code, innermost last: names and lines only, never a value."""
    frames = [
        f"{PurePath(frame.f_code.co_filename).name}:{line}:{frame.f_code.co_name}"
        for frame, line in walk_tb(traceback)
    ]
    return " > ".join(frames[-MAX_FRAMES:])
