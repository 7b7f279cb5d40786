"""ivr.store.staff: an agent is at work from the first sign of a desktop to the log-out, or long silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ivr.errors import LeaseLostError
from ivr.store.keyspace import STAFF
from ivr.store.lease import Lease
from ivr.store.logins import Logins
from ivr.store.staff import Staff, staff_topic
from tests.lab.floors import all_heard
from tests.lab.rooms import SANNE, TOM

if TYPE_CHECKING:
    from ivr.session.attributes import Secret
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.keyspace import Member
    from ivr.store.sealing import Macs

pytestmark = pytest.mark.req("A6", "A1")

WAKE_SECONDS = 5.0
IDLE = 60.0


@dataclass
class Desks:
    """Agents who log in and out, at desktops."""

    staff: Staff
    logins: Logins
    macs: Macs

    async def comes(self, member: Member, *queues: str) -> Secret:
        """Log in, and be at a desktop; the token of the log-in."""
        token = await self.logins.enter("somebody", "account", member)
        await self.sign(member, token, *queues)
        return token

    async def sign(self, member: Member, token: Secret, *queues: str) -> None:
        """The desktop of this log-in gives a sign of life."""
        await self.staff.attend(member, queues, self.macs.first(token.reveal()))


@pytest.fixture
def desks(store: Store, macs: Macs) -> Desks:
    """Nobody is there yet."""
    return Desks(Staff(store), Logins(store, macs, idle=IDLE), macs)


async def test_who_is_at_a_desktop_is_there_with_their_queues(store: Store, desks: Desks) -> None:
    """Perhaps with none: who stands in queues.conf needs none of ours."""
    await desks.comes(SANNE, "kcc", "afval")
    await desks.comes(TOM)
    assert await desks.staff.present("pbx") == {
        SANNE.interface: frozenset({"kcc", "afval"}),
        TOM.interface: frozenset(),
    }
    assert await desks.staff.present("pbx2") == {}
    assert 0 < await store.redis.pttl(store.keys.staff("pbx")) <= STAFF * 1000


async def test_who_was_not_heard_of_for_too_long_is_gone(store: Store, desks: Desks, macs: Macs) -> None:
    """When the log-in is over: what crashed takes nobody's calls away before that."""
    token = await desks.comes(SANNE, "kcc")
    await desks.comes(TOM, "kcc")
    staff, login = store.keys.staff("pbx"), store.keys.login(macs.first(token.reveal()))
    await store.redis.pexpire(login, 60_000)
    await desks.sign(SANNE, token, "kcc")
    till, _ = (await store.redis.hget(staff, SANNE.interface)).split()
    assert abs(int(till) - await store.redis.pexpiretime(login)) <= 1
    await store.redis.hset(staff, SANNE.interface, "1 kcc")
    assert set(await desks.staff.present("pbx")) == {TOM.interface}
    assert await store.redis.hkeys(store.keys.staff("pbx")) == [TOM.interface.encode()]


async def test_only_news_wakes_the_watcher(store: Store, desks: Desks, feed: Feed) -> None:
    """Coming, working elsewhere, coming back: not the sign of life of each minute."""
    with feed.watch(staff_topic("pbx")) as watch:
        token = await desks.comes(SANNE, "kcc")
        assert await watch.changed(WAKE_SECONDS)
        await desks.sign(SANNE, token, "kcc")
        await all_heard(store, feed)
        assert not await watch.changed(0)
        await desks.sign(SANNE, token, "afval")
        assert await watch.changed(WAKE_SECONDS)
        await store.redis.hset(store.keys.staff("pbx"), SANNE.interface, "1 afval")
        await desks.sign(SANNE, token, "afval")
        assert await watch.changed(WAKE_SECONDS)


async def test_who_logs_out_is_gone_at_once(desks: Desks, feed: Feed) -> None:
    """In the same step; whoever watches is woken, and what the other window says is not heard any more."""
    token = await desks.comes(SANNE, "kcc")
    await desks.comes(TOM, "kcc")
    with feed.watch(staff_topic("pbx")) as watch:
        await desks.logins.leave(token)
        assert await watch.changed(WAKE_SECONDS)
    await desks.sign(SANNE, token, "kcc")
    assert set(await desks.staff.present("pbx")) == {TOM.interface}


async def test_who_logs_out_everywhere_is_gone_from_every_window(desks: Desks, feed: Feed) -> None:
    """In the same step; a window that has not noticed yet does not bring them back."""
    one, two = await desks.comes(SANNE, "kcc"), await desks.comes(SANNE, "kcc")
    with feed.watch(staff_topic("pbx")) as watch:
        await desks.logins.end("account", str(SANNE))
        assert await watch.changed(WAKE_SECONDS)
    for token in (one, two):
        await desks.sign(SANNE, token, "kcc")
    assert await desks.staff.present("pbx") == {}


async def test_who_has_no_phone_can_log_out(desks: Desks) -> None:
    """And nobody is sent home by it."""
    await desks.comes(TOM, "kcc")
    await desks.logins.leave(await desks.logins.enter("leader", "account", None))
    assert set(await desks.staff.present("pbx")) == {TOM.interface}


async def test_whom_we_added_is_remembered(store: Store, lease: Lease) -> None:
    """Until we removed them; by who watches alone."""
    staff = Staff(store)
    await staff.keep(lease, SANNE.interface, {"kcc", "afval"})
    await staff.keep(lease, TOM.interface, {"kcc"})
    await staff.keep(lease, TOM.interface, ())
    assert await staff.added("pbx") == {SANNE.interface: frozenset({"kcc", "afval"})}
    assert 0 < await store.redis.pttl(store.keys.added("pbx")) <= STAFF * 1000
    with pytest.raises(LeaseLostError):
        await staff.keep(Lease(store, "pbx"), SANNE.interface, ())
    assert await staff.added("pbx2") == {}
