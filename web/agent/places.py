"""Where the work of each role begins: the pages in the bar, and the first one after the log-in.

Knows route names and roles; nothing of what is on these pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from web.agent.person import Role
from web.i18n import mark

if TYPE_CHECKING:
    from web.agent.person import Person


@dataclass(frozen=True, slots=True)
class Place:
    """A page to work at."""

    route: str
    role: Role
    """Whose work it is; others may come there if they may act as this role."""
    title: str


DESKTOP: Final = Place("agent", Role.AGENT, mark("Your call"))
ACCOUNT: Final = "agent-account"
"""The page that everybody has."""
TEAM: Final = Place("agent-team", Role.LEADER, mark("The team"))
PLACES: Final = (DESKTOP, TEAM)
"""In the order of the bar; the first that is theirs is where somebody lands."""


def places_of(person: Person) -> tuple[Place, ...]:
    """Return the pages at which somebody works."""
    return tuple(place for place in PLACES if person.may_act_as(place.role))


def landing(person: Person) -> str:
    """Return the name of the route to which a log-in leads."""
    return next((place.route for place in places_of(person)), ACCOUNT)
