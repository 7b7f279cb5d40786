"""What citizens may call about, and what a front end needs to tell them before they log in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from web.api.shown import moment
from web.citizen.words import in_language
from web.language import language_of

if TYPE_CHECKING:
    from ivr.session.purpose import Purpose, Purposes
    from web.citizen.reception import Reception, Standing
    from web.identity.providers import Providers


class PurposeResources:
    """``/v1/purposes`` and each of them, in the language that is asked for."""

    def __init__(self, purposes: Purposes, providers: Providers, reception: Reception) -> None:
        self._purposes = purposes
        self._providers = providers
        self._reception = reception

    async def all(self, request: web.Request) -> web.Response:
        """Return every purpose, in the operator's order."""
        language, (_, each) = language_of(request), await self._reception.of_all()
        shown = [self._shown(one, each[one.name], language) for one in self._purposes]
        return _answer(language, {"purposes": shown})

    async def one(self, request: web.Request) -> web.Response:
        """Return one purpose; raise NotFoundError if there is none of this name."""
        language, purpose = language_of(request), self._purposes.get(request.match_info["purpose"])
        return _answer(language, self._shown(purpose, await self._reception.of(purpose), language))

    def _shown(self, purpose: Purpose, standing: Standing, language: str) -> dict[str, Any]:
        return {
            "name": purpose.name,
            "title": in_language(purpose.title, language),
            "why": in_language(purpose.why, language),
            "level": purpose.minimum.name.lower(),
            "attributes": [
                {"name": spec.name, "label": in_language(spec.label, language)} for spec in purpose.attributes
            ],
            "methods": [
                {
                    "tag": way.tag,
                    "title": way.title(language),
                    "level": way.level.name.lower(),
                    "demo": way.demo,
                }
                for way in self._providers.allowed(purpose)
            ],
            "availability": _availability(standing, language),
        }


def _availability(standing: Standing, language: str) -> dict[str, Any]:
    return {
        "canStart": not standing.stops,
        "reason": standing.bar.value or None,
        "open": standing.status.open,
        "until": moment(standing.status.until),
        "notice": in_language(standing.notice.text, language) if standing.notice else None,
    }


def _answer(language: str, shown: dict[str, Any]) -> web.Response:
    return web.json_response(shown, headers={"Content-Language": language})
