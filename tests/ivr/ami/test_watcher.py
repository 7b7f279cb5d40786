"""Facts about the watcher: it leads alone, finds its way back after every cut, and renews only what it saw.

Against a manager that speaks AMI and a real store. The paces are those of production but for the waits.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from ivr.ami import surveyor as surveyors
from ivr.ami import watcher as watchers
from ivr.ami.limits import AmiLimits
from ivr.ami.link import ManagerLink
from ivr.ami.watcher import Watcher
from ivr.store import calls as store_calls
from ivr.store import lease as store_lease
from ivr.store.calls import Calls
from ivr.store.claims import Claims
from ivr.store.client import Store
from ivr.store.feed import Feed
from ivr.store.keyspace import CallId, Keyspace
from ivr.store.lease import Lease
from ivr.store.queues import Queues
from ivr.store.sealing import KeySet, Macs, Sealer
from ivr.store.sessions import Sessions
from tests.lab.ami_lists import REFUSED, SILENCE, show, text
from tests.lab.ami_server import SECRET, USER, AmiServer
from tests.lab.channels import caller, comes, connected, entry, goes, hung_up, joined, member, phone
from tests.lab.citizens import PERSON, Citizens
from tests.lab.desks import Desks
from tests.lab.floors import allow, parts_of
from tests.lab.logged import Logged, logged
from tests.lab.rooms import NUMBER, OpenDesk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.lab.valkey import Valkey

pytestmark = pytest.mark.req("P3", "O6")

ASTERISK = "pbx"
ONE, TWO = "1.1", "1.2"
SANNE, TOM = "PJSIP/sanne", "PJSIP/tom"
MEMBERS = (member(SANNE), member(TOM))
PROVEN = {name: PERSON[name] for name in ("fullname", "bsn")}
LIMITS = AmiLimits(
    ping_seconds=0.05,
    ping_answer_seconds=5.0,
    login_seconds=2.0,
    answer_seconds=1.0,
    retry_first_seconds=0.01,
    retry_most_seconds=0.05,
)
IMPATIENT = replace(LIMITS, ping_answer_seconds=0.5, login_seconds=0.5)
"""Where the manager is frozen: this is noticed well before the data run out."""
WAIT_SECONDS = 10.0
TALKING = (caller(ONE, "b"), phone(SANNE, "b"))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures and renewals follow each other quickly; what they are for is as it is."""
    monkeypatch.setattr(watchers, "LEASE_RENEWAL", 0.02)
    monkeypatch.setattr(watchers, "SWEEP", 0.05)
    monkeypatch.setattr(surveyors, "PACE", 0.05)


@pytest.fixture
async def pbx() -> AsyncIterator[AmiServer]:
    """An Asterisk in which nothing happens yet."""
    async with AmiServer() as server:
        show(server, members=MEMBERS)
        allow(server)
        yield server


@pytest.fixture
def log() -> Iterator[Logged]:
    """What is logged."""
    with logged() as log:
        yield log


@dataclass
class Scene:
    """A store, an Asterisk, and what agents see."""

    store: Store
    pbx: AmiServer
    desks: Desks
    feed: Feed
    claims: Claims
    code_keys: KeySet
    limits: AmiLimits = LIMITS

    async def claimed(self, uniqueid: str = ONE) -> None:
        """A citizen has keyed the code on this call."""
        citizen = await self.desks.citizen()
        await self.claims.claim(CallId(ASTERISK, uniqueid), citizen.code, None, NUMBER)

    async def on_desk(self, agent: str = "sanne") -> None:
        """Wait until the proven caller is on this desk."""
        assert await self.desks.proven(agent) == PROVEN

    def watcher(self, pbx: AmiServer | None = None) -> Watcher:
        """A watcher that does nothing yet."""
        lease = Lease(self.store, ASTERISK)
        link = ManagerLink("127.0.0.1", (pbx or self.pbx).port, USER, SECRET, limits=self.limits)
        calls = Calls(self.store, lease, Sealer(self.code_keys))
        parts = parts_of(self.store, lease, link, self.feed)
        return Watcher(lease, calls, link, parts.surveyor, parts.floor)

    @asynccontextmanager
    async def watching(self, pbx: AmiServer | None = None) -> AsyncIterator[asyncio.Task[None]]:
        """A watcher; it is stopped in the end, as `idbellen ivr` stops it."""
        task = asyncio.create_task(self.watcher(pbx).run())
        try:
            yield task
        finally:
            await stop(task)


@asynccontextmanager
async def staged(url: str, pbx: AmiServer, seal_keys: KeySet, code_keys: KeySet) -> AsyncIterator[Scene]:
    """A scene on this store."""
    store = Store(url, Keyspace())
    sealer, codes, macs = Sealer(seal_keys), Sealer(code_keys), Macs(code_keys, "code")
    sessions = Sessions(store, sealer, codes, macs, length=11, life=1200)
    feed = Feed(store)
    desks = Desks(Citizens(sessions), OpenDesk(store, sealer, codes), feed, store, ASTERISK)
    try:
        async with feed.running():
            yield Scene(store, pbx, desks, feed, Claims(store, macs), code_keys)
    finally:
        await store.close()


@pytest.fixture
async def scene(
    store: Store, valkey: Valkey, pbx: AmiServer, seal_keys: KeySet, code_keys: KeySet
) -> AsyncIterator[Scene]:
    """A scene on an empty store."""
    async with staged(valkey.url, pbx, seal_keys, code_keys) as scene:
        yield scene


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel it; what it raised else is the test's."""
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()


async def pictures(pbx: AmiServer, more: int = 2) -> None:
    """Wait for so many pictures, from the first action to the next one's."""
    until = pbx.asked("CoreShowChannels") + more
    await pbx.until(lambda: pbx.asked("CoreShowChannels") >= until)


async def test_events_move_calls(scene: Scene, pbx: AmiServer) -> None:
    """From the queue to a screen and off it."""
    await scene.claimed()
    show(pbx, [caller(ONE)], [entry(ONE)], MEMBERS)
    async with scene.watching():
        connection = await pbx.logged_in()
        await pictures(pbx)
        connection.tell(text(joined(ONE)), text(connected(ONE, SANNE)))
        show(pbx, TALKING, (), MEMBERS)
        await scene.on_desk()
        show(pbx, members=MEMBERS)
        connection.tell(text(hung_up(ONE)))
        await scene.desks.empty("sanne")
        assert await scene.desks.sealed() == []


async def test_the_first_picture_shows_who_talks_already(scene: Scene, pbx: AmiServer, log: Logged) -> None:
    """The calls of the process before us."""
    await scene.claimed()
    show(pbx, TALKING, (), MEMBERS)
    async with scene.watching():
        await scene.on_desk()
        await log.has("watcher.following")
    assert log.names() == ["watcher.leading", "watcher.following"]
    assert log.lines[1]["calls"] == 1


async def test_an_answer_while_the_manager_was_away_is_found(
    scene: Scene, pbx: AmiServer, log: Logged
) -> None:
    """The connection is cut, a member picks up, the connection is back."""
    await scene.claimed()
    show(pbx, [caller(ONE)], [entry(ONE)], MEMBERS)
    async with scene.watching():
        connection = await pbx.logged_in()
        await log.has("watcher.following")
        show(pbx, TALKING, (), MEMBERS)
        connection.cut()
        await scene.on_desk()
        await log.has("watcher.following", 2)
    assert log.names().count("watcher.disconnected") == 1


@pytest.mark.req("S2")
async def test_a_hangup_while_the_manager_was_away_wipes(scene: Scene, pbx: AmiServer) -> None:
    """At the first picture of the new connection."""
    await scene.claimed()
    show(pbx, TALKING, (), MEMBERS)
    async with scene.watching():
        await scene.on_desk()
        show(pbx, members=MEMBERS)
        (await pbx.logged_in()).cut()
        await scene.desks.empty("sanne")
        assert await scene.desks.sealed() == []


@pytest.mark.req("P12")
async def test_a_transfer_while_the_manager_was_away_is_found(scene: Scene, pbx: AmiServer) -> None:
    """To another member: from the one screen to the other."""
    await scene.claimed()
    show(pbx, TALKING, (), MEMBERS)
    async with scene.watching():
        await scene.on_desk()
        show(pbx, [caller(ONE, "b"), phone(TOM, "b")], (), MEMBERS)
        (await pbx.logged_in()).cut()
        await scene.on_desk("tom")
        await scene.desks.empty("sanne")


@pytest.mark.req("P12")
async def test_who_comes_to_a_conversation_is_looked_at_at_once(
    scene: Scene, pbx: AmiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a transfer that no queue tells of; the next picture in its time is far away."""
    monkeypatch.setattr(watchers, "SWEEP", 3600.0)
    await scene.claimed()
    show(pbx, TALKING, (), MEMBERS)
    async with scene.watching():
        await scene.on_desk()
        colleague = phone(TOM, "b", number=2)
        show(pbx, [caller(ONE, "b"), colleague], (), MEMBERS)
        (await pbx.logged_in()).tell(text(goes(TALKING[1], "b")), text(comes(colleague, "b")))
        await scene.on_desk("tom")
        await scene.desks.empty("sanne")
    assert pbx.asked("CoreShowChannels") <= 3


async def test_what_is_asked_while_asterisk_is_away_is_not_asked_again_and_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would keep the process busy until Asterisk is back."""
    monkeypatch.setattr(watchers, "SWEEP", 3600.0)
    watcher = scene.watcher()
    watcher._asked.set()
    sweeping = asyncio.create_task(watcher._sweep())
    async with asyncio.timeout(WAIT_SECONDS):
        while watcher._asked.is_set():  # noqa: ASYNC110 - nothing tells that a question is dropped
            await asyncio.sleep(0)
    await stop(sweeping)


@pytest.mark.parametrize(
    ("began", "ended", "due", "next_due", "rest"),
    [
        (0.0, 0.1, 1.5, 1.5, 0.9),
        (1.0, 1.1, 1.5, 1.5, 0.4),
        (1.5, 1.6, 1.5, 3.1, 0.9),
        (1.4, 1.6, 1.5, 3.1, 1.5),
        (9.0, 9.0, 1.5, 10.5, 0.0),
    ],
)
def test_after_a_picture_there_is_a_rest_however_often_one_is_asked_for(
    began: float, ended: float, due: float, next_due: float, rest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine times as long as it took, but no longer than until the next is due."""
    monkeypatch.setattr(watchers, "SWEEP", 1.5)
    assert watchers.paced(began, ended, due) == pytest.approx((next_due, rest))


async def test_a_local_member_who_joined_later_keeps_the_screen(scene: Scene, pbx: AmiServer) -> None:
    """Known from the answer alone, since queues are listed once; its channel is named without options."""
    local = "Local/1@agents/n"
    await scene.claimed()
    show(pbx, [caller(ONE)], [entry(ONE)], MEMBERS)
    async with scene.watching():
        connection = await pbx.logged_in()
        await pictures(pbx)
        connection.tell(text(connected(ONE, local)))
        show(pbx, [caller(ONE, "b"), phone("Local/1@agents", "b")], (), MEMBERS)
        await pictures(pbx, 5)
        call = scene.store.keys.call(CallId(ASTERISK, ONE))
        assert await scene.store.redis.hget(call, "member") == local.encode()


@pytest.mark.req("S2")
@pytest.mark.parametrize("script", [SILENCE, REFUSED], ids=["silent", "refused"])
async def test_without_a_picture_nothing_is_renewed(
    scene: Scene,
    pbx: AmiServer,
    log: Logged,
    monkeypatch: pytest.MonkeyPatch,
    script: tuple[str, ...],
) -> None:
    """A list that fails proves no call: its data run out, and the log says so once."""
    for module in (store_calls, watchers):
        monkeypatch.setattr(module, "ALIVE", 3.0)
    await scene.claimed()
    show(pbx, TALKING, (), MEMBERS)
    async with scene.watching():
        await scene.on_desk()
        pbx.script["CoreShowChannels"] = script
        await scene.desks.empty("sanne")
        assert await scene.desks.sealed() == []
        await pictures(pbx, 2)
        show(pbx, TALKING, (), MEMBERS)
        await scene.desks.ordinary("sanne")
        await log.has("watcher.following", 2)
    assert log.names() == [
        *("watcher.leading", "watcher.following"),
        *("watcher.no_picture", "watcher.picture_back", "watcher.following"),
    ]


@pytest.mark.req("S2")
async def test_a_frozen_manager_renews_nothing(
    scene: Scene,
    pbx: AmiServer,
    log: Logged,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its sockets stand, it takes new ones, and says nothing: noticed, run out, and found again."""
    for module in (store_calls, watchers):
        monkeypatch.setattr(module, "ALIVE", 3.0)
    scene.limits = IMPATIENT
    await scene.claimed()
    show(pbx, TALKING, (), MEMBERS)
    async with scene.watching():
        await scene.on_desk()
        pbx.greeting = b""
        pbx.connections[-1].freeze()
        await scene.desks.empty("sanne")
        assert await scene.desks.sealed() == []
        pbx.greeting = AmiServer().greeting
        await scene.desks.ordinary("sanne")
        await log.has("watcher.following", 2)


async def test_one_leads_and_the_other_takes_over(scene: Scene, pbx: AmiServer) -> None:
    """The second connects to nothing until the first gives the lease back; then nobody missed anything."""
    await scene.claimed()
    show(pbx, TALKING, (), MEMBERS)
    async with scene.watching() as first:
        await scene.on_desk()
        async with scene.watching():
            await pictures(pbx, 5)
            assert len(pbx.connections) == 1
            await stop(first)
            assert (await pbx.logged_in(2)) is pbx.connections[1]
            await pictures(pbx)
            await scene.on_desk()
            pbx.connections[1].tell(text(hung_up(ONE)))
            await scene.desks.empty("sanne")


async def test_a_leader_that_dies_without_a_word_is_followed_too(
    scene: Scene, pbx: AmiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease runs out by itself."""
    with monkeypatch.context() as short:
        short.setattr(store_lease, "LEASE", 0.5)
        assert await Lease(scene.store, ASTERISK).hold()
    async with scene.watching():
        await pbx.logged_in()


async def test_who_lost_the_lease_stops_and_waits_for_it(scene: Scene, pbx: AmiServer, log: Logged) -> None:
    """Its connection ends, and with it all that it could write; when the lease is free it leads again."""
    await scene.claimed()
    show(pbx, TALKING, (), MEMBERS)
    other = Lease(scene.store, ASTERISK)
    async with scene.watching():
        connection = await pbx.logged_in()
        await scene.on_desk()
        await scene.store.redis.delete(scene.store.keys.lease(ASTERISK))
        await _taken(other)
        await scene.store.redis.expire(scene.store.keys.lease(ASTERISK), 60)
        await pbx.until(lambda: connection.over)
        await log.has("watcher.lease_lost")
        assert len(pbx.connections) == 1
        await other.release()
        await pbx.logged_in(2)
        await scene.on_desk()


async def _taken(lease: Lease) -> None:
    """Take a lease from under its holder, who is quick."""
    while not await lease.hold():
        await lease._store.redis.delete(lease._store.keys.lease(lease.asterisk))


@pytest.mark.req("P8")
async def test_who_leads_tells_what_the_queues_look_like(scene: Scene, pbx: AmiServer) -> None:
    """Once connected, and whether or not anybody calls."""
    queues = Queues(scene.store)
    async with scene.watching():
        await pbx.until(lambda: pbx.asked("QueueStatus") > 2)  # the first picture's, and two looks
        facts = await queues.facts(MEMBERS[0].queue)
    assert facts is not None
    assert facts.logged_in == len(MEMBERS)


async def test_stopping_gives_the_lease_back(scene: Scene, pbx: AmiServer) -> None:
    """Another process can lead at once."""
    async with scene.watching():
        await pbx.logged_in()
    assert await scene.store.redis.keys(scene.store.keys.lease("*")) == []


async def test_a_store_that_went_and_came_back(
    own_valkey: Valkey, pbx: AmiServer, seal_keys: KeySet, code_keys: KeySet, log: Logged
) -> None:
    """Empty: it leads on or anew, and the call is on the line, not proven; the log has one line for each."""
    show(pbx, TALKING, (), MEMBERS)
    async with staged(own_valkey.url, pbx, seal_keys, code_keys) as scene, scene.watching():
        await scene.desks.ordinary("sanne")
        own_valkey.kill()
        connection = await pbx.logged_in()
        await log.has("watcher.no_picture")
        connection.tell(*[text(joined(TWO))] * 10)
        await log.has("watcher.store_lost")
        own_valkey.start()
        await scene.desks.ordinary("sanne")
        await log.has("watcher.picture_back")
        await log.has("watcher.store_back")
    for name in ("store_lost", "no_picture", "store_back", "picture_back"):
        assert log.names().count(f"watcher.{name}") == 1


async def test_a_store_that_is_away_at_the_start(
    own_valkey: Valkey, pbx: AmiServer, seal_keys: KeySet, code_keys: KeySet, log: Logged
) -> None:
    """It is told once, and leading begins when it is there."""
    own_valkey.kill()
    async with staged(own_valkey.url, pbx, seal_keys, code_keys) as scene, scene.watching():
        await log.has("watcher.store_lost")
        own_valkey.start()
        await log.has("watcher.following")
    ours = [name for name in log.names() if name.startswith("watcher.")]
    assert ours == ["watcher.store_lost", "watcher.store_back", "watcher.leading", "watcher.following"]


async def test_an_asterisk_that_is_away_is_told_once(scene: Scene, log: Logged) -> None:
    """However often we knock; and when it is there, it is followed."""
    async with AmiServer() as gone:
        port = gone.port
    async with scene.watching(gone):
        await log.has("watcher.disconnected")
        async with AmiServer(port=port) as back:
            show(back, members=MEMBERS)
            allow(back)
            await log.has("watcher.following")
        await log.has("watcher.disconnected", 2)
    assert log.names()[:3] == ["watcher.leading", "watcher.disconnected", "watcher.following"]
