"""Turning what a handler raises into an answer. No cause is ever shown.

An answer is a page, in an area of programs what that area makes of it, or the end of a websocket.
"""

from __future__ import annotations

from pathlib import PurePath
from traceback import walk_tb
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from ivr.errors import IdBellenError, TooOftenError
from web import keys
from web.area import area_of
from web.pages import page, words_of
from web.stories import AWAY, BAD, BROKEN, BY_STATUS, Story, story_of

if TYPE_CHECKING:
    from types import TracebackType

    from web.route import Handler

log = structlog.get_logger("web.errors")

RETRY_SECONDS = 10  # told to clients when a part of ours is down
MAX_FRAMES = 12  # of a traceback, in the log


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer whatever a handler raises."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < web.HTTPBadRequest.status_code:
            raise
        return _http_page(request, error)
    except Exception as error:  # noqa: BLE001 # the last net: an answer to the person, a line without data to us
        line = request.get(keys.SOCKET)
        return _error_page(request, error) if line is None else await hang_up(line, error)


def _http_page(request: web.Request, error: web.HTTPException) -> web.Response:
    response = _tell(request, error, BY_STATUS.get(error.status, BAD), status=error.status)
    if isinstance(error, web.HTTPMethodNotAllowed):
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _error_page(request: web.Request, error: Exception) -> web.Response:
    story = story_of(error)
    _write_down(error, story)
    response = _tell(request, error, story)
    if isinstance(error, TooOftenError):
        response.headers["Retry-After"] = str(error.seconds)
    elif story is AWAY:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


async def hang_up(line: web.WebSocketResponse, error: Exception) -> web.StreamResponse:
    """An open websocket cannot be answered with a page: close it, and the page asks again by itself."""
    story = story_of(error)
    if not isinstance(error, ConnectionError):  # the browser went away while we spoke: not a failure
        _write_down(error, story)
    await line.close(code=story.close_code)
    return line


def _tell(request: web.Request, error: Exception, story: Story, *, status: int | None = None) -> web.Response:
    if area := area_of(request):
        return area.tell(request, error)
    words = words_of(request)
    return page(
        request,
        "error.html",
        status=status or story.status,
        title=words.gettext(story.title),
        happened=words.gettext(story.happened),
        advice=words.gettext(story.advice),
    )


def _write_down(error: Exception, story: Story) -> None:
    """A line for what is our fault. An error's text may hold anything: its kind and place stay."""
    where = _where(error.__traceback__)
    if not isinstance(error, IdBellenError):
        log.error("unexpected", error=type(error).__name__, where=where)
    elif story in (AWAY, BROKEN):
        log.warning("failed", error=type(error).__name__, where=where)


def _where(traceback: TracebackType | None) -> str:
    """The way through the code, innermost last: names and lines only, never a value."""
    frames = [
        f"{PurePath(frame.f_code.co_filename).name}:{line}:{frame.f_code.co_name}"
        for frame, line in walk_tb(traceback)
    ]
    return " > ".join(frames[-MAX_FRAMES:])
