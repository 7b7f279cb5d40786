"""Logging in with the app, with a real IRMA server and a real wallet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.store.errands import Errands
from ivr.store.sealing import Sealer
from tests.lab.citizens import PURPOSES
from tests.lab.visitors import Visitors, pages
from tests.lab.yivi import IrmaServer, Wallet, wallet
from tests.lab.yivi_login import irma
from web.identity.irma.pickup import TAG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.sealing import KeySet
    from ivr.store.sessions import Sessions


@pytest.fixture
def events() -> bool:
    """Whether the IRMA server streams how a session stands, or is only asked."""
    return True


@pytest.fixture
async def server(tmp_path: Path, *, events: bool) -> AsyncIterator[IrmaServer]:
    """An IRMA server that asks nobody who they are."""
    async with IrmaServer(tmp_path, events=events) as running:
        yield running


@pytest.fixture
async def phone(tmp_path: Path, server: IrmaServer) -> AsyncIterator[Wallet]:
    """A phone with cards, at level 25."""
    async with wallet(tmp_path / "wallet") as app:
        await app.holds(server)
        yield app


@pytest.fixture
def errands(store: Store, seal_keys: KeySet) -> Errands:
    """What is under way."""
    return Errands(store, Sealer(seal_keys), method=TAG, seconds=900)


@pytest.fixture
async def visitors(
    server: IrmaServer, sessions: Sessions, feed: Feed, errands: Errands
) -> AsyncIterator[Visitors]:
    """Everybody who visits the citizens' pages, where the app is the way to log in; without pairing."""
    async with pages(
        sessions, feed, PURPOSES, ways=lambda returns: [irma(server.url, returns, errands, pairing=False)]
    ) as running:
        yield running
