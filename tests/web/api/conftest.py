"""The API, served with a real store, beside the pages and a site to which browsers go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.programs import programs
from tests.lab.switchboard import ASTERISK, Switchboard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.session.purpose import Purposes
    from ivr.store.calls import Calls
    from ivr.store.claims import Claims
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.sessions import Sessions
    from tests.lab.programs import Program, Programs
    from tests.lab.visitors import Visitor

PHONE = "PJSIP/sanne"
AGENT = "Sanne de Wit"


@pytest.fixture
async def both(store: Store, sessions: Sessions, feed: Feed, purposes: Purposes) -> AsyncIterator[Programs]:
    """Everything. The agent at `PHONE` may be known by name."""
    names = {f"{ASTERISK}:{PHONE}": AGENT}
    async with programs(store, sessions, feed, purposes, names=names) as running:
        yield running


@pytest.fixture
def program(both: Programs) -> Program:
    """The other front end's back end."""
    return both.program


@pytest.fixture
async def visitor(both: Programs) -> AsyncIterator[Visitor]:
    """A citizen with a browser."""
    async with both.visitors.visitor() as somebody:
        yield somebody


@pytest.fixture
async def switchboard(calls: Calls, claims: Claims) -> AsyncIterator[Switchboard]:
    """Telephony."""
    async with Switchboard(calls, claims).running() as running:
        yield running
