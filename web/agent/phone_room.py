"""The room of telephones in agents' pages: what pages ask, and what Asterisk asks. Knows no page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.agent.lookup import PATH, area
from web.route import Audience, Room, get, post

if TYPE_CHECKING:
    from web.agent.lookup import Lookup
    from web.agent.phone import Telephone


def phone_room(telephone: Telephone, lookup: Lookup) -> Room:
    """Return the routes of telephones in pages. Without one of these there is nothing for Asterisk to ask."""
    return Room(
        name="phone",
        guards={Audience.ASTERISK: lookup.guard},
        areas=(area(),),
        routes=(
            post("/agent/phone", telephone.issue, Audience.AGENT, "agent-phone"),
            get("/agent/phone/places", telephone.places, Audience.AGENT, "agent-phone-places"),
            post(PATH, lookup.answer, Audience.ASTERISK, "asterisk", localized=False, csrf=False),
        ),
    )
