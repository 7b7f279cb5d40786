"""Two agents, their pages, and the calls that come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from ivr.store.keyspace import Member
from ivr.store.logins import Logins
from ivr.store.once import Once
from ivr.store.orders import Orders
from ivr.store.upgrades import Upgrades
from tests.lab.agents import JOOST, PASSWORD, SANNE, Agents
from tests.lab.citizens import PURPOSES
from tests.lab.front import front
from tests.lab.switchboard import ASTERISK, Switchboard
from web.agent.accounts import Accounts
from web.agent.passwords import Passwords
from web.agent.room import agent_room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from ivr.store.calls import Calls
    from ivr.store.claims import Claims
    from ivr.store.client import Store
    from ivr.store.desk import Desk
    from ivr.store.feed import Feed
    from ivr.store.sealing import Macs
    from web.route import Room

IDLE_SECONDS = 3600.0


@pytest.fixture
def passwords() -> Passwords:
    """Hashing that costs next to nothing."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def accounts(tmp_path: Path, passwords: Passwords) -> Accounts:
    """Sanne and Joost, each with a phone of their own."""
    accounts = Accounts(tmp_path / "agents.json", passwords)
    for name, display_name in ((SANNE, "Sanne de Wit"), (JOOST, "Joost Bakker")):
        accounts.add(name, PASSWORD, display_name, Member(ASTERISK, f"PJSIP/{name}"))
    return accounts


@pytest.fixture
def logins(store: Store, macs: Macs) -> Logins:
    """Agents' log-ins."""
    return Logins(store, macs, idle=IDLE_SECONDS)


@pytest.fixture
def room(accounts: Accounts, logins: Logins, desk: Desk, feed: Feed, store: Store, claims: Claims) -> Room:
    """The agents' pages."""
    return agent_room(
        accounts=accounts,
        logins=logins,
        desk=desk,
        feed=feed,
        once=Once(store),
        upgrades=Upgrades(store),
        orders=Orders(store),
        claims=claims,
        purposes=PURPOSES,
        method_title=lambda tag, language: f"{tag} ({language})",
    )


@pytest.fixture
async def agents(room: Room) -> AsyncIterator[Agents]:
    """The pages, served."""
    async with front(room) as running:
        yield Agents(running)


@pytest.fixture
async def switchboard(calls: Calls, claims: Claims) -> AsyncIterator[Switchboard]:
    """Telephony."""
    async with Switchboard(calls, claims).running() as switchboard:
        yield switchboard
