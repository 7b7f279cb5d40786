"""Log-ins, with a real store behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.front import options
from tests.lab.visitors import Visitors, pages
from web.identity.logins import Logins

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.session.purpose import Purposes
    from ivr.store.feed import Feed
    from ivr.store.sessions import Sessions


@pytest.fixture
def logins(sessions: Sessions, purposes: Purposes) -> Logins:
    """Log-ins, judged."""
    return Logins(options(), sessions, purposes)


@pytest.fixture
async def visitors(sessions: Sessions, feed: Feed, purposes: Purposes) -> AsyncIterator[Visitors]:
    """Everybody who visits the citizens' pages."""
    async with pages(sessions, feed, purposes, demo=True) as running:
        yield running
