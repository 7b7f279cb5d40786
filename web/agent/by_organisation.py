"""Coming in by the organisation's own log-in: the page that leads there, and the address to come back to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import structlog
from aiohttp import web
from yarl import URL

from ivr.errors import ProviderError
from web import cookies
from web.agent.doors import SAID
from web.agent.organisation import failed
from web.agent.vouched import WAY, Refusal
from web.pages import link, words_of

if TYPE_CHECKING:
    from web.agent.doors import Doors
    from web.agent.organisation import Organisation

log = structlog.get_logger()


class ByOrganisation:
    """To the organisation's log-in and back."""

    def __init__(self, doors: Doors, organisation: Organisation) -> None:
        self._doors = doors
        self._organisation = organisation

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """Send the browser there."""
        try:
            return await self._organisation.leave(request)
        except ProviderError as error:
            raise _refused(request, failed(error), words_of(request).language) from None

    async def come_back(self, request: web.Request) -> NoReturn:
        """Take who comes from there: to their work, or to the log-in page, which says why not."""
        came = await self._organisation.come_back(request)
        if isinstance(came.who, Refusal):
            raise _refused(request, came.who, came.language)
        entered = await self._doors.let_in(request, came.who, WAY, came.language)
        cookies.drop(entered, cookies.AGENT_LOGIN)
        raise entered


def _refused(request: web.Request, reason: Refusal, language: str) -> web.HTTPSeeOther:
    log.info("agent.refused", reason=reason.value)
    url = URL(link(request, "agent-login", lang=language)).with_query({SAID: reason.value})
    response = web.HTTPSeeOther(url)
    cookies.drop(response, cookies.AGENT_LOGIN)
    return response
