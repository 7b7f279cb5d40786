"""Every key is in the table at the top of the module, expires, and holds nothing in the clear."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Self

import pytest
from redis.crc import key_slot

from ivr.session.attributes import Secret
from ivr.session.floor import Caller, Phone, Proof, QueueLine, Standing, State
from ivr.session.notice import Kind, Notice
from ivr.session.queue import QueueFacts
from ivr.store import keyspace
from ivr.store.client import Store
from ivr.store.errands import Errands
from ivr.store.figures import Counts, Fared
from ivr.store.keyspace import Keyspace
from ivr.store.lines import Lines
from ivr.store.logins import Logins
from ivr.store.notes import Notes
from ivr.store.notices import Notices
from ivr.store.once import Once
from ivr.store.orders import Became, Change, Orders, What
from ivr.store.phones import Phones
from ivr.store.queues import Queues
from ivr.store.sealing import KeySet, Sealer
from ivr.store.staff import Staff
from ivr.store.standings import Standings
from ivr.store.upgrades import Upgrades
from tests.lab.citizens import PERSON
from tests.lab.contents import holding, immortal
from tests.lab.floors import ZONE, at_work
from tests.lab.rooms import CALL, NUMBER, OTHER_CALL, SANNE, TOM, Rooms, rooms_on

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ivr.store.sealing import Macs
    from tests.lab.citizens import Citizen
    from tests.lab.valkey import Valkey

ROW = re.compile(r"^``(?P<key>[^`]+)`` +(?P<type>hash|list|string|set|zset) ", re.MULTILINE)
BOUND_SECONDS = 10.0
WIRE_BYTES = 1 << 20
"""Room for all that the story says to the store."""
LINE = QueueLine(1, 17, (Caller(17, "verhuizing", Proof.VERIFIED),), {State.READY: 1})
STANDS = Standing(("verhuizen",), Phone.FREE, paused=False, reason="", since=17)
FACTS = QueueFacts(logged_in=3, serving=2.0, available=1, waiting=4, hold_seconds=60, talk_seconds=120)


def documented() -> dict[re.Pattern[str], str]:
    """The rows of the table: what a key looks like, and its type."""
    rows = ROW.finditer(keyspace.__doc__ or "")
    return {re.compile("idb:" + re.sub(r"<\w+>", r"[^\\s]+", row["key"])): row["type"] for row in rows}


def story(rooms: Rooms, macs: Macs, citizen: Citizen) -> list[Callable[[], Awaitable[object]]]:
    """A life of the store: guessing, a call with transfer, an ordinary call, an agent's day."""
    claims, calls = rooms.claims, rooms.calls
    logins = Logins(rooms.store, macs, idle=60.0)
    counts = Counts(rooms.store, calls._lease, ZONE, in_time=60)
    return [
        lambda: claims.claim(CALL, Secret("00000000000"), None, NUMBER),
        lambda: claims.claim(CALL, Secret("00000000000"), Secret("1234"), ""),
        lambda: claims.claim(CALL, citizen.code, citizen.extra, NUMBER),
        lambda: calls.queued(CALL.uniqueid, "verhuizen", NUMBER, citizen.session),
        lambda: calls.connected(CALL.uniqueid, "verhuizen", SANNE.interface, NUMBER, citizen.session),
        lambda: calls.alive([CALL.uniqueid]),
        lambda: calls.connected(CALL.uniqueid, "verhuizen", TOM.interface),
        lambda: calls.queued(OTHER_CALL.uniqueid, "afval", NUMBER),
        lambda: calls.connected(OTHER_CALL.uniqueid, "afval", SANNE.interface),
        lambda: Upgrades(rooms.store).ask(SANNE, OTHER_CALL, "afval"),
        lambda: Orders(rooms.store).keypad(SANNE, OTHER_CALL),
        lambda: rooms.desk.take(SANNE, "a window"),
        lambda: rooms.citizens.verified(purpose="afval", bound=OTHER_CALL),
        lambda: _phone(rooms, logins),
        lambda: logins.end("another", ""),
        lambda: Once(rooms.store).spend("ticket", 60),
        lambda: Notices(rooms.store).put(Notice(Kind.NOTICE, {"nl": "x"}), hours=1),
        lambda: Queues(rooms.store).put(calls._lease, {"verhuizen": FACTS}),
        lambda: Lines(rooms.store).put(calls._lease, {"verhuizen": LINE}),
        lambda: Standings(rooms.store).put(calls._lease, {SANNE.interface: STANDS}, set(), may=True),
        lambda: at_work(rooms.store, SANNE, "verhuizen"),
        lambda: Staff(rooms.store).keep(calls._lease, SANNE.interface, ["verhuizen"]),
        lambda: counts.count(Fared.OFFERED, CALL.uniqueid, "verhuizen"),
        lambda: counts.count(Fared.SERVED, CALL.uniqueid, "verhuizen"),
        lambda: Orders(rooms.store).change(SANNE, Change("order", What.READY, SANNE.interface, "")),
        lambda: Orders(rooms.store).answer("order", Became.DONE),
        lambda: Errands(rooms.store, Sealer(KeySet.draw()), method="irma", seconds=60).begin("id", "errand"),
        lambda: Notes(rooms.store, Sealer(KeySet.draw()), macs, kind="grant", seconds=60).leave("note"),
        lambda: calls.ended(CALL.uniqueid),
        lambda: calls.ended(OTHER_CALL.uniqueid),
    ]


async def _phone(rooms: Rooms, logins: Logins) -> None:
    """An agent logs in, with a telephone in the page."""
    login = await logins.seen(await logins.enter("sanne", "account", SANNE))
    assert login
    await Phones(rooms.store, Sealer(KeySet.draw())).issue(SANNE, login.id, Secret("proof"))


@pytest.mark.req("S2")
async def test_every_key_is_documented_and_expires_at_every_moment(rooms: Rooms, macs: Macs) -> None:
    """After each step of a whole day; and no row of the table is about a key that is never there."""
    citizen, table, met = await rooms.citizens.verified(), documented(), set()
    redis = rooms.store.redis
    for step in story(rooms, macs, citizen):
        await step()
        assert not await immortal(redis)
        for key in await redis.keys("*"):
            rows = [row for row in table if row.fullmatch(key.decode())]
            assert {table[row] for row in rows} == {(await redis.type(key)).decode()}, key
            met.update(rows)
    assert {row.pattern for row in table} == {row.pattern for row in met}


@pytest.mark.req("S1")
async def test_nothing_personal_is_in_any_key_nor_on_the_wire(
    rooms: Rooms, macs: Macs, valkey: Valkey
) -> None:
    """No attribute, code, ticket or number in any key, nor in any command or message that the store sees."""
    async with Wiretap(valkey.url.removeprefix("unix://")) as tap:
        citizen = await rooms.citizens.verified()
        secret = [*PERSON.values(), NUMBER, NUMBER[1:], citizen.code.reveal(), citizen.ticket.reveal()]
        for step in story(rooms, macs, citizen):
            await step()
            assert not await holding(rooms.store.redis, secret)
        await rooms.sessions.find(citizen.ticket)
        heard = await tap.until(rooms, "everything was said")
    assert b"verhuizen" in heard
    for text in secret:
        assert text.encode() not in heard
        assert text.encode().hex().encode() not in heard


class Wiretap:
    """Hears every command that the store carries out, as MONITOR tells it; those inside scripts too."""

    def __init__(self, socket: str) -> None:
        self._socket = socket

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_unix_connection(self._socket, limit=WIRE_BYTES)
        self._writer.write(b"MONITOR\r\n")
        assert await self._reader.readline() == b"+OK\r\n"
        return self

    async def until(self, rooms: Rooms, word: str) -> bytes:
        """Everything that was heard up to a word that we say ourselves."""
        await rooms.store.redis.echo(word)
        async with asyncio.timeout(BOUND_SECONDS):
            return await self._reader.readuntil(word.encode())

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()


@pytest.mark.req("O3")
async def test_with_a_hash_tag_all_keys_share_a_slot(
    valkey: Valkey, store: Store, seal_keys: KeySet, code_keys: KeySet, macs: Macs
) -> None:
    """So that every script may run on a cluster: the keys it is told of, and those it makes itself."""
    tagged = Tagged(valkey.url, Keyspace("{idb}:"))
    rooms = await rooms_on(tagged, seal_keys, code_keys)
    for step in story(rooms, macs, await rooms.citizens.verified()):
        await step()
        tagged.slots |= {key_slot(key) for key in await tagged.redis.keys("*")}
    assert tagged.slots == {key_slot(b"{idb}:")}
    await tagged.close()


class Tagged(Store):
    """A store that notes the slots of all keys it is asked for."""

    slots: set[int]

    async def run(self, name: str, keys: list[str], args: list[str | bytes | int | float]) -> object:
        """Note, and do."""
        self.slots = getattr(self, "slots", set()) | {key_slot(key.encode()) for key in keys}
        return await super().run(name, keys, args)


async def test_two_prefixes_are_two_stores(
    valkey: Valkey, rooms: Rooms, seal_keys: KeySet, code_keys: KeySet
) -> None:
    """Acceptance and production may share a server."""
    await rooms.citizens.verified()
    other = Store(valkey.url, Keyspace("other:"))
    await (await rooms_on(other, seal_keys, code_keys)).citizens.verified()
    assert {key.partition(b":")[0] for key in await other.redis.keys("*")} == {b"idb", b"other"}
    assert len(await other.redis.keys("idb:session:*")) == len(await other.redis.keys("other:session:*")) == 1
    await other.close()
