"""What each kind of failure is called and how it is told: one table. Knows statuses, close codes and words.

A story says what happened to *you* and what you can do now; the page adds the number to call anyway.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import WSCloseCode

from ivr import errors
from web.i18n import mark


@dataclass(frozen=True, slots=True)
class Story:
    """One kind of failure, as it is told."""

    status: int
    title: str
    happened: str
    advice: str
    close_code: int = WSCloseCode.INTERNAL_ERROR  # of a websocket that it happens to


BAD = Story(
    400,
    mark("We did not understand that"),
    mark("Something in what you sent was not right. Nothing has been changed."),
    mark("Go back and try it once more."),
)
ANONYMOUS = Story(
    401,
    mark("There is nothing for you here now"),
    mark("This page is only there in the browser in which you began, and for a while. Then all is erased."),
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
NOT_YOURS = Story(
    403,
    mark("This page is not for you"),
    mark("You are logged in, but this page is for colleagues with another task. Nothing has been changed."),
    mark("Go back to your own pages. If you do need this one, ask whoever looks after the accounts."),
)
ELSEWHERE = Story(
    409,
    mark("You are at work in another window"),
    mark("Only the window that you opened last shows your calls. Nothing has been changed."),
    mark("Go on in that window, or open this page again."),
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
    close_code=WSCloseCode.TRY_AGAIN_LATER,
)

CLOSED = Story(
    409,
    mark("We are closed now"),
    mark("Nobody can help you with this subject at the moment. Nothing has been started."),
    mark("Try it once more later. The first page says when we are open."),
)

STORIES: dict[type, Story] = {
    errors.InputError: BAD,
    errors.IdentityError: BAD,
    errors.IllegalMoveError: BAD,
    errors.AnonymousError: ANONYMOUS,
    errors.RoleError: NOT_YOURS,
    errors.ClosedError: CLOSED,
    errors.ElsewhereError: ELSEWHERE,
    errors.ForgedRequestError: FORGED,
    errors.NotFoundError: MISSING,
    errors.TooOftenError: TOO_OFTEN,
    errors.TooSlowError: AWAY,
    errors.StoreError: AWAY,
    errors.ManagerError: AWAY,
    errors.SealError: AWAY,
    errors.UnwrittenError: AWAY,
    errors.IdBellenError: BROKEN,
}
BY_STATUS = {
    story.status: story
    for story in (BAD, ANONYMOUS, FORGED, MISSING, CLOSED, TOO_LARGE, TOO_OFTEN, BROKEN, AWAY)
}


def story_of(error: Exception) -> Story:
    """The story of the nearest type in the table; of what is not ours, that something broke."""
    return next((STORIES[kind] for kind in type(error).__mro__ if kind in STORIES), BROKEN)
