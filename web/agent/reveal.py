"""Seeing a masked value: an agent asks for one, of the call that is on the line now, and it is written down.

Knows what may be asked and who may have it. The question names the call of which it was asked; when that is
not this agent's call any more there is no answer. So one that comes late tells nothing of the next caller. A
window that is not the active one is told nothing.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from aiohttp import web

from ivr.errors import NotFoundError
from web.agent.access import ENTRY
from web.agent.opened import opened
from web.agent.processing import SPAN_DIGITS
from web.pages import words_of

if TYPE_CHECKING:
    from ivr.store.desk import Desk
    from web.agent.picture import Painter, Picture
    from web.agent.views import Views

MAX_FIELD: Final = 256
"""Characters of what a question names; longer names there are none of."""


class Reveals:
    """Answers who asks for a masked value."""

    def __init__(self, desk: Desk, painter: Painter, views: Views) -> None:
        self._desk = desk
        self._painter = painter
        self._views = views

    async def look(self, request: web.Request) -> tuple[str, Picture]:
        """Return which attribute is asked for, and the picture of the call with that one shown.

        Raises:
            ElsewhereError: asked by a window that is not the active one.
            InputError: the question names no window.
            NotFoundError: not the call that this agent has now, or nothing that is masked on its picture.
            StoreError: it cannot be known.
            UnwrittenError: it cannot be written down, so it is not shown.

        """
        form = await request.post()
        call, attribute = (str(form.get(name, ""))[:MAX_FIELD] for name in ("call", "attribute"))
        entry, words = request[ENTRY], words_of(request)
        agent = entry.agent
        online = await self._desk.look(agent.member, opened(entry, form).name)
        if online is None or str(online.call) != call:
            raise NotFoundError("this call is not on the agent's line")
        if attribute not in self._painter.masked(online):
            raise NotFoundError("nothing of this name is masked on the agent's screen")
        await self._views.asked(agent, online, attribute, secrets.token_hex(SPAN_DIGITS // 2))
        return attribute, self._painter.paint(online, words, attribute)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The value for the script, with the links that there are now; raise as `look`."""
        attribute, picture = await self.look(request)
        (value,) = (line.value.reveal() for line in picture.proven if line.name == attribute)
        links = [link.to_json() for link in picture.links]
        return web.json_response({"call": picture.call, "value": value, "links": links})
