"""The citizens' pages, served with a real store, and the telephone's part of the story."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.switchboard import ASTERISK, Switchboard
from tests.lab.visitors import Visitors, pages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.session.purpose import Purposes
    from ivr.store.calls import Calls
    from ivr.store.claims import Claims
    from ivr.store.feed import Feed
    from ivr.store.sessions import Sessions

PHONE = "PJSIP/sanne"
AGENT = "Sanne de Wit"


@pytest.fixture
async def visitors(sessions: Sessions, feed: Feed, purposes: Purposes) -> AsyncIterator[Visitors]:
    """Everybody who visits the pages. The agent at `PHONE` may be known by name."""
    async with pages(
        sessions, feed, purposes, names={f"{ASTERISK}:{PHONE}": AGENT}, demo=True, privacy_url="/privacy"
    ) as running:
        yield running


@pytest.fixture
async def switchboard(calls: Calls, claims: Claims) -> AsyncIterator[Switchboard]:
    """Telephony."""
    async with Switchboard(calls, claims).running() as running:
        yield running
