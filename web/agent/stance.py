"""The agent's buttons to get calls or none: an order for telephony, and what became of it. No scripts needed.

Knows requests and answers. An order is always about the agent's own member, whatever is in the request.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

import structlog
from aiohttp import web
from yarl import URL

from ivr.errors import StoreError
from ivr.store.orders import Became, Change, What, order_topic
from web.agent.access import ENTRY
from web.agent.opened import FIELD, opened
from web.i18n import mark
from web.pages import link, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.store.feed import Feed
    from ivr.store.orders import Orders
    from web.agent.own import Pause
    from web.i18n import Words

READY: Final = "ready"
"""The value of the button to get calls again; those to pause have the reason's name after `PAUSE`."""
PAUSE: Final = "pause:"
SAID: Final = "stance"
"""In the query: why a button did nothing. Anybody can write it; it only picks words."""
SCRIPT: Final = "application/json"
"""What our script accepts; a browser without it is led back to the page."""
WAIT_SECONDS: Final = 4.0
"""For the answer: by then the order is forgotten as well, so what did not happen will not."""
ID_BYTES: Final = 12
WORDS: Final = {
    Became.REFUSED: mark("The telephone system did not accept that. It is as it was."),
    Became.FORBIDDEN: mark("You cannot pause on this page. Your phone may be able to."),
    Became.FAILED: mark("That did not work just now. Try it again in a moment."),
}

log = structlog.get_logger()


class Stances:
    """Takes these buttons."""

    def __init__(self, orders: Orders, feed: Feed, pauses: Mapping[str, Pause]) -> None:
        self._orders = orders
        self._feed = feed
        self._pauses = pauses

    async def change(self, request: web.Request) -> web.StreamResponse:
        """Do what the button says, and tell whether it worked: a script in words, a browser by its page."""
        became = await self._order(request)
        log.info("agent.stance", agent=request[ENTRY].agent.name, result=became.value)
        text = WORDS.get(became)
        if request.headers.get("Accept") == SCRIPT:
            return web.json_response({"said": words_of(request).gettext(text) if text else ""})
        raise web.HTTPSeeOther(_back(request, await request.post(), became if text else None))

    async def _order(self, request: web.Request) -> Became:
        wanted = str((await request.post()).get("do", ""))
        reason = wanted.removeprefix(PAUSE)
        if wanted != READY and (wanted == reason or reason not in self._pauses):
            return Became.REFUSED
        member = request[ENTRY].agent.member
        what, reason = (What.READY, "") if wanted == READY else (What.PAUSE, reason)
        change = Change(secrets.token_hex(ID_BYTES), what, member.interface, reason)
        try:
            with self._feed.watch(order_topic(change.id)) as watch:
                await self._orders.change(member, change)
                await watch.changed(WAIT_SECONDS)
                return await self._orders.became(change.id) or Became.FAILED
        except StoreError:
            return Became.FAILED


def _back(request: web.Request, form: Mapping[str, Any], became: Became | None) -> URL:
    """Return where a browser without scripts goes on: in the window that it was."""
    path = link(request, "agent-plain")
    url = URL(opened(request[ENTRY], form).on(path) if form.get(FIELD) else path)
    return url.update_query({SAID: became.value}) if became else url


def said_in(query: str, words: Words) -> str:
    """Return the words for what a query says; of anything else, none."""
    text = {became.value: text for became, text in WORDS.items()}.get(query)
    return words.gettext(text) if text else ""
