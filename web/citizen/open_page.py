"""One open page between two things to do: no task, no timer. Ten thousand of them rest in a process.

Knows when there is something to do, and has it done, one thing at a time. Does not know what a page is told.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from ivr.session.attributes import Secret


class OpenPage:
    """Rests until it is woken.

    ``rise`` is called when there is something to do. Whoever does it lets the page `rest` again.
    """

    __slots__ = (
        *("_news", "_resting", "_rise"),
        *("due", "followed", "gone", "heard", "request", "session", "shown", "socket", "told"),
    )

    def __init__(
        self,
        request: web.Request,
        socket: web.WebSocketResponse,
        session: str,
        rise: Callable[[OpenPage], None],
    ) -> None:
        self.request = request
        self.socket = socket
        self.session = session
        self.told = 0
        """The hash of what it shows; of what was sent nothing is kept."""
        self.shown: Secret | None = None
        """The code of which it has the picture."""
        self.due = math.inf
        """When, on the loop's clock, time alone changes what is said."""
        self.heard = 0.0
        """When it last heard anything of us."""
        self.followed = False
        """The `Vigil` watches over its call."""
        self.gone = False
        """It was closed: nothing is to be done for it any more."""
        self._rise = rise
        self._news = False
        self._resting = True

    def wake(self) -> None:
        """Have it looked at. Many wakes before the look count as one."""
        self._news = True
        if self._resting:
            self._resting = False
            self._rise(self)

    def look(self) -> None:
        """It is looked at now: what becomes known from here on is news."""
        self._news = False

    def rest(self) -> None:
        """What was to be done is done."""
        self._resting = not self.gone
        if self._resting and self._news:
            self.wake()

    def is_silent(self, since: float) -> bool:
        """Tell whether it rests, and has heard nothing for so long, but could."""
        return self._resting and self.heard <= since and not self.request.protocol.writing_paused
