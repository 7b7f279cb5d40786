"""Two agents, their pages, and the calls that come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher

from ivr.session.attributes import Secret
from ivr.store.clock import Clock
from ivr.store.figures import Days
from ivr.store.keyspace import Member
from ivr.store.lines import Lines
from ivr.store.logins import Logins
from ivr.store.notes import Notes
from ivr.store.once import Once
from ivr.store.orders import Orders
from ivr.store.phones import Phones
from ivr.store.sealing import Macs, Sealer
from ivr.store.staff import Staff
from ivr.store.standings import Standings
from ivr.store.upgrades import Upgrades
from tests.lab.agents import JOOST, PASSWORD, SANNE, Agents
from tests.lab.floors import IN_TIME, ZONE
from tests.lab.front import front
from tests.lab.switchboard import ASTERISK, QUEUE, Switchboard
from web.agent import second
from web.agent.accounts import Accounts
from web.agent.floor_room import FloorParts
from web.agent.journal import Journal
from web.agent.links import Template
from web.agent.lookup import Lookup
from web.agent.own import Pause
from web.agent.passwords import Passwords
from web.agent.phone import PhoneOptions, Telephone
from web.agent.phone_room import phone_room
from web.agent.room import agent_room
from web.agent.second import SecondFactor
from web.agent.views import Register, Views

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from ivr.session.purpose import Purposes
    from ivr.store.calls import Calls
    from ivr.store.claims import Claims
    from ivr.store.client import Store
    from ivr.store.desk import Desk
    from ivr.store.feed import Feed
    from ivr.store.sealing import KeySet
    from web.route import Room

IDLE_SECONDS = 3600.0
REGISTER = Register("https://example.nl/verwerkingen/{purpose}", "bsn", "1.2.3")
LINKS = (
    Template({"nl": "Zaken", "en": "Cases"}, "https://zaken.example.nl/?naam={fullname}"),
    Template({"nl": "Personen", "en": "Persons"}, "https://brp.example.nl/{bsn}"),
)
PAUSES = {
    "lunch": Pause("lunch", {"nl": "Lunch", "en": "Lunch"}),
    "meeting": Pause("meeting", {"nl": "Overleg", "en": "Meeting"}),
}
NOW = 1_700_000_500.25
PHONE = PhoneOptions(
    url="ws://127.0.0.1:9/ws",
    realm="voorbeeld",
    secret=Secret("a secret of the lab, long enough"),
    echo="echo",
    back="back",
    colleague_prefix="agent_",
    queue_prefix="queue_",
    places={"Balie Centrum": "601"},
)


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
def processing_log(tmp_path: Path) -> Path:
    """The file of the processing log."""
    return tmp_path / "processing.log"


@pytest.fixture
def views(processing_log: Path, seal_keys: KeySet) -> Iterator[Views]:
    """What writes it, at one moment."""
    views = Views(Journal(processing_log), Macs(seal_keys, "processing"), REGISTER, lambda: NOW)
    yield views
    views.close()


@pytest.fixture
def second_factor(store: Store, macs: Macs, seal_keys: KeySet) -> SecondFactor:
    """Codes are asked of who has them set up."""
    return second_factor_on(store, macs, seal_keys)


def second_factor_on(store: Store, macs: Macs, seal_keys: KeySet, **more: Any) -> SecondFactor:
    """As the product has it, but for what a test says."""
    sealer = Sealer(seal_keys)
    notes = Notes(store, sealer, macs, kind=second.KIND, seconds=second.HALF_SECONDS)
    return SecondFactor(sealer, notes, Once(store).spend, **({"required": False} | more))


@pytest.fixture
def floor(store: Store) -> FloorParts:
    """What is known of the work floor, and two reasons to pause."""
    return FloorParts(
        standings=Standings(store),
        lines=Lines(store),
        staff=Staff(store),
        clock=Clock(store),
        days=Days(store, ZONE),
        pauses=PAUSES,
        queues=(QUEUE,),
        promised=IN_TIME,
        zone=ZONE,
    )


@pytest.fixture
def make_room(
    accounts: Accounts,
    second_factor: SecondFactor,
    logins: Logins,
    desk: Desk,
    store: Store,
    claims: Claims,
    views: Views,
    purposes: Purposes,
    floor: FloorParts,
) -> Callable[..., Room]:
    """Makes the agents' pages, as each process that serves them has its own: ``make_room(feed)``."""

    def make(feed: Feed, **more: Any) -> Room:
        return agent_room(
            accounts=accounts,
            second=second_factor,
            logins=logins,
            desk=desk,
            feed=feed,
            views=views,
            links=LINKS,
            upgrades=Upgrades(store),
            orders=Orders(store),
            claims=claims,
            purposes=purposes,
            method_title=lambda tag, language: f"{tag} ({language})",
            floor=floor,
            **more,
        )

    return make


@pytest.fixture
def room(make_room: Callable[..., Room], feed: Feed) -> Room:
    """The agents' pages."""
    return make_room(feed)


@pytest.fixture
async def agents(room: Room) -> AsyncIterator[Agents]:
    """The pages, served."""
    async with front(room) as running:
        yield Agents(running)


@pytest.fixture
def phones(store: Store, code_keys: KeySet) -> Phones:
    """The proofs of telephones in pages."""
    return Phones(store, Sealer(code_keys))


@pytest.fixture
async def phone_agents(
    make_room: Callable[..., Room],
    feed: Feed,
    phones: Phones,
    desk: Desk,
    accounts: Accounts,
    purposes: Purposes,
) -> AsyncIterator[Agents]:
    """The pages, served, with a telephone in Sanne's and none in Joost's."""
    accounts.remove(SANNE)
    accounts.add(SANNE, PASSWORD, "Sanne de Wit", Member(ASTERISK, f"PJSIP/{SANNE}"), softphone=True)
    telephone = Telephone(PHONE, phones, desk=desk, accounts=accounts, purposes=purposes)
    room = phone_room(telephone, Lookup(PHONE, phones, accounts))
    async with front(make_room(feed, telephone=telephone), room) as running:
        yield Agents(running)


@pytest.fixture
async def switchboard(calls: Calls, claims: Claims) -> AsyncIterator[Switchboard]:
    """Telephony."""
    async with Switchboard(calls, claims).running() as switchboard:
        yield switchboard
