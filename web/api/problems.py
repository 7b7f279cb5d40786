"""Failures as problem details (RFC 9457), in the caller's language. One table; no cause is ever told.

A problem's ``type`` is the address of its description: a response in the OpenAPI document.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from ivr import errors
from web import keys
from web.i18n import mark
from web.pages import words_of

if TYPE_CHECKING:
    from ivr.errors import FieldsError

MEDIA_TYPE: Final = "application/problem+json"
DESCRIBED: Final = "/v1/openapi.json#/components/responses/"
"""Where, on our own site, each is described; a JSON pointer follows."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of failure, as a program is told of it."""

    name: str
    status: int
    title: str
    detail: str


BAD: Final = Problem(
    "BadRequest",
    400,
    mark("The request is not right"),
    mark("Something in it is not as the OpenAPI document says. Nothing has been changed."),
)
ANONYMOUS: Final = Problem(
    "Unauthorized",
    401,
    mark("No valid token"),
    mark("Send the token in the Authorization header, as Bearer. Its session may be over and erased."),
)
FORBIDDEN: Final = Problem(
    "Forbidden",
    403,
    mark("Not from here"),
    mark("The page that called is of an origin that is not in the operator's list."),
)
MISSING: Final = Problem(
    "NotFound",
    404,
    mark("There is no such thing"),
    mark("It was never there, it is not for you, or it is gone: the three look the same."),
)
METHOD: Final = Problem(
    "MethodNotAllowed",
    405,
    mark("Not with this method"),
    mark("The Allow header names the methods that this address has."),
)
NOT_ACCEPTABLE: Final = Problem(
    "NotAcceptable",
    406,
    mark("We only speak JSON"),
    mark("The Accept header must allow application/json."),
)
CONFLICT: Final = Problem(
    "Conflict",
    409,
    mark("It is past that point"),
    mark("The session has gone on meanwhile. Read it again."),
)
CLOSED: Final = Problem(
    "Closed",
    409,
    mark("Nobody is there now"),
    mark("It is closed or disrupted, so nobody can start. The purpose tells until when."),
)
TOO_LARGE: Final = Problem(
    "ContentTooLarge",
    413,
    mark("The body is too large"),
    mark("No request needs more than a few kilobytes. Nothing has been changed."),
)
MEDIA: Final = Problem(
    "UnsupportedMediaType",
    415,
    mark("The body must be JSON"),
    mark("Send it as application/json, in UTF-8."),
)
TOO_OFTEN: Final = Problem(
    "TooManyRequests",
    429,
    mark("Asked too often"),
    mark("Wait for as many seconds as the Retry-After header says."),
)
BROKEN: Final = Problem(
    "InternalServerError",
    500,
    mark("Something broke"),
    mark("It is our fault. Whoever runs this finds the cause in the log."),
)
AWAY: Final = Problem(
    "ServiceUnavailable",
    503,
    mark("Not available now"),
    mark("Wait for as many seconds as the Retry-After header says. Calling without a code just works."),
)

PROBLEMS: Final[dict[type, Problem]] = {
    errors.InputError: BAD,
    errors.IdentityError: BAD,
    errors.AnonymousError: ANONYMOUS,
    errors.ForgedRequestError: FORBIDDEN,
    errors.NotFoundError: MISSING,
    errors.IllegalMoveError: CONFLICT,
    errors.ClosedError: CLOSED,
    errors.TooOftenError: TOO_OFTEN,
    errors.TooSlowError: AWAY,
    errors.StoreError: AWAY,
    errors.ManagerError: AWAY,
    errors.SealError: AWAY,
    errors.IdBellenError: BROKEN,
}
ALL: Final = (*dict.fromkeys(PROBLEMS.values()), METHOD, NOT_ACCEPTABLE, TOO_LARGE, MEDIA)
BY_STATUS: Final = {problem.status: problem for problem in ALL if problem is not CLOSED}


def tell(request: web.Request, error: Exception) -> web.Response:
    """Make the answer to a request that failed. Fits `web.area.Area`."""
    problem = problem_of(error)
    status = error.status if isinstance(error, web.HTTPException) else problem.status
    words = words_of(request)
    told: dict[str, Any] = {
        "type": f"{request.app[keys.OPTIONS].public_url.origin()}{DESCRIBED}{problem.name}",
        "title": words.gettext(problem.title),
        "status": status,
        "detail": words.gettext(problem.detail),
    }
    if isinstance(error, errors.FieldsError):
        told["errors"] = _fields(error)
    answer = web.Response(
        body=json.dumps(told, ensure_ascii=False).encode(), status=status, content_type=MEDIA_TYPE
    )
    answer.headers["Content-Language"] = words.language
    if problem is ANONYMOUS:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def problem_of(error: Exception) -> Problem:
    """Return the problem of the nearest type in the table, or of a status that the HTTP server gave."""
    if isinstance(error, web.HTTPException):
        return BY_STATUS.get(error.status, BAD)
    return next((PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS), BROKEN)


def _fields(error: FieldsError) -> list[dict[str, str]]:
    return [{"in": "body", "location": where, "detail": what} for where, what in error.fields]
