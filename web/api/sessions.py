"""A citizen's session, for the front end to which the citizen came back: how it stands, and its buttons."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from aiohttp import web

from ivr.session.attributes import Secret
from ivr.session.model import LIVE, OVER, citizen_view
from ivr.store.feed import session_topic
from web import keys
from web.api import bodies
from web.api.bearer import ID
from web.api.shown import entity_tag, shown
from web.api.waiting import LONGEST_SECONDS, patience_of
from web.citizen.call import NEW_CODES
from web.citizen.holder import FOUND
from web.route import HANDLER_SECONDS

if TYPE_CHECKING:
    from ivr.session.model import CitizenView
    from ivr.store.feed import Feed
    from ivr.store.sessions import Found, Sessions
    from web.api.bearer import Bearer
    from web.api.waiting import Waiting
    from web.api.way_back import WayBack
    from web.citizen.status import Board

PATH: Final = f"/v1/sessions/{{{ID}}}"
SHOW_SECONDS: Final = LONGEST_SECONDS + HANDLER_SECONDS


class SessionResources:
    """``/v1/sessions`` and all below."""

    def __init__(
        self,
        sessions: Sessions,
        bearer: Bearer,
        *,
        board: Board,
        feed: Feed,
        waiting: Waiting,
        way_back: WayBack,
    ) -> None:
        self._sessions = sessions
        self._bearer = bearer
        self._board = board
        self._feed = feed
        self._waiting = waiting
        self._way_back = way_back

    async def create(self, request: web.Request) -> web.Response:
        """``POST /v1/sessions``: the session of a citizen who came back, and the token that opens it."""
        body = await bodies.read(request, bodies.SessionBody)
        token = await self._way_back.redeem(Secret(body.grant), body.code_verifier)
        found = await self._sessions.find(token)
        view = await self._view(token, found)
        answer = {"token": token.reveal(), "session": shown(found.session.id, view, self._board)}
        return web.json_response(
            answer, status=201, headers={"Location": PATH.replace(f"{{{ID}}}", found.session.id)}
        )

    async def show(self, request: web.Request) -> web.Response:
        """Return the session as it is; with ``Prefer: wait`` when it differs from what the caller has."""
        session, known = request[FOUND].session.id, request.headers.get("If-None-Match", "")
        until = asyncio.get_running_loop().time() + (patience_of(request) if known else 0)
        with self._feed.watch(session_topic(session)) as watch, self._waiting.seat(session, watch) as seated:
            while True:
                view = await self._view(self._bearer.ticket(request), await self._bearer.look(request))
                representation = shown(session, view, self._board)
                tag = entity_tag(representation)
                left = until - asyncio.get_running_loop().time()
                if tag not in known:
                    return web.json_response(representation, headers={"ETag": tag})
                if not seated or left <= 0 or view.call in OVER or self._waiting.closing:
                    return web.Response(status=304, headers={"ETag": tag})
                with self._feed.vigil.over(session) if view.call in LIVE else nullcontext():
                    await watch.changed(min(left, view.seconds_left + 1) if view.code else left)

    async def stop(self, request: web.Request) -> web.Response:
        """``DELETE``: stop, at the citizen's wish, before the call; all is wiped at once."""
        if request[FOUND].session.call not in OVER:
            await self._sessions.cancel(request[FOUND].session.id)
        return web.Response(status=204)

    async def new_code(self, request: web.Request) -> web.Response:
        """``POST …/codes``: a code in place of the one that the citizen has."""
        session = request[FOUND].session.id
        await request.app[keys.LIMITS].spend(request, NEW_CODES, whose=session)
        await self._sessions.issue(session)
        return await self._changed(request)

    async def more_time(self, request: web.Request) -> web.Response:
        """``POST …/extensions``: more time for the code that the citizen has."""
        await self._sessions.extend(request[FOUND].session.id)
        return await self._changed(request)

    async def _changed(self, request: web.Request) -> web.Response:
        session = request[FOUND].session.id
        view = await self._view(self._bearer.ticket(request), await self._bearer.look(request))
        representation = shown(session, view, self._board)
        headers = {"ETag": entity_tag(representation), "Location": PATH.replace(f"{{{ID}}}", session)}
        return web.json_response(representation, status=201, headers=headers)

    async def _view(self, token: Secret, found: Found) -> CitizenView:
        found = await self._bearer.with_code(token, found)
        return citizen_view(found.session, found.now, found.code, found.extra)
