"""web.agent.places: everybody lands where their work is, and sees the pages that are theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from web import keys
from web.agent.person import Person, Role
from web.agent.places import ACCOUNT, PLACES, landing, places_of

if TYPE_CHECKING:
    from tests.lab.agents import Agents


def _somebody(*roles: Role) -> Person:
    return Person(name="x", display_name="X", account="1", roles=frozenset(roles))


@pytest.mark.parametrize("role", Role)
def test_a_place_is_for_who_may_act_as_its_role(role: Role) -> None:
    """In the order of the bar."""
    somebody = _somebody(role)
    assert places_of(somebody) == tuple(place for place in PLACES if somebody.may_act_as(place.role))


def test_somebody_lands_at_the_first_of_their_places() -> None:
    """Who has none, at their own account."""
    assert landing(_somebody(*Role)) == PLACES[0].route
    assert landing(_somebody()) == ACCOUNT


async def test_every_place_is_there(agents: Agents) -> None:
    """Under the name by which it is linked to, for whoever the table says."""
    audiences = {entry.name: entry.audience.value for entry in agents.front.app[keys.ROUTES].values()}
    assert {place.route: place.role.value for place in PLACES}.items() <= audiences.items()
    assert audiences[ACCOUNT] == "staff"
