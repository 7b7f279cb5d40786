"""ivr.store.logins: tokens that open a log-in until the agent leaves, goes idle, or the day is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import StoreError
from ivr.session.attributes import Secret
from ivr.store.feed import account_topic, member_topic
from ivr.store.keyspace import Member
from ivr.store.logins import LONGEST_HOURS, Logins
from ivr.store.sealing import KeySet, Macs

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.feed import Feed

SANNE, TOM = Member("pbx", "PJSIP/sanne"), Member("pbx", "PJSIP/tom")
IDLE = 1800.0
BOUND_SECONDS = 5.0


@pytest.fixture
def logins(store: Store, macs: Macs) -> Logins:
    """Log-ins that end after half an hour without use."""
    return Logins(store, macs, idle=IDLE)


async def _key(store: Store) -> str:
    (key,) = await store.redis.keys("idb:login:*")
    return key.decode()


async def test_a_token_finds_its_login(logins: Logins) -> None:
    """Name, account and member come back as they were given."""
    token = await logins.enter("sanne", "a1", SANNE)
    login = await logins.seen(token)
    assert login is not None
    assert (login.agent, login.account, login.member) == ("sanne", "a1", "pbx:PJSIP/sanne")


async def test_every_login_has_a_token_of_its_own(logins: Logins) -> None:
    """Two log-ins of one agent are two, with names of their own."""
    first, second = [await logins.enter("sanne", "a1", SANNE) for _ in range(2)]
    seen = [await logins.seen(token) for token in (first, second)]
    assert first != second
    assert len({login.id for login in seen if login}) == 2


@pytest.mark.parametrize("token", ["", "x", "a" * 4000, "sanne"])
async def test_any_other_token_finds_nothing(logins: Logins, token: str) -> None:
    """A token that was not handed out opens nothing."""
    await logins.enter("sanne", "a1", SANNE)
    assert await logins.seen(Secret(token)) is None


@pytest.mark.req("S1")
async def test_the_store_does_not_hold_the_token(store: Store, logins: Logins) -> None:
    """Whoever reads the store cannot log in with what stands there."""
    token = (await logins.enter("sanne", "a1", SANNE)).reveal()
    key = await _key(store)
    assert token not in key
    assert token.encode() not in b"".join((await store.redis.hgetall(key)).values())


async def test_a_login_goes_idle(store: Store, logins: Logins) -> None:
    """It lives for the idle time, and use starts that time again."""
    token = await logins.enter("sanne", "a1", SANNE)
    key = await _key(store)
    assert await store.redis.pttl(key) <= IDLE * 1000
    await store.redis.pexpire(key, 5000)
    await logins.seen(token)
    assert await store.redis.pttl(key) > 5000


async def test_a_login_ends_with_the_day(store: Store, macs: Macs) -> None:
    """Use cannot stretch it over its end."""
    logins = Logins(store, macs, idle=1e6)
    token = await logins.enter("sanne", "a1", SANNE)
    key = await _key(store)
    assert await store.redis.pttl(key) <= LONGEST_HOURS * 3_600_000
    ends = int(await store.redis.hget(key, "ends"))
    await store.redis.hset(key, "ends", ends - LONGEST_HOURS * 3_600_000)
    await logins.seen(token)
    assert await logins.seen(token) is None


async def test_leaving_ends_it_and_wakes_the_members_screens(logins: Logins, feed: Feed) -> None:
    """The log-in is gone, and whoever shows that member's call looks again."""
    token = await logins.enter("sanne", "a1", SANNE)
    with feed.watch(member_topic(SANNE)) as watch:
        await logins.leave(token)
        assert await watch.changed(at_most=BOUND_SECONDS)
    assert await logins.seen(token) is None


async def test_leaving_twice_is_not_an_error(logins: Logins) -> None:
    """Nor is leaving what never was."""
    token = await logins.enter("sanne", "a1", SANNE)
    await logins.leave(token)
    await logins.leave(token)
    await logins.leave(Secret("never"))


async def test_others_stay_when_one_leaves(logins: Logins) -> None:
    """Leaving ends one log-in."""
    first, second = [await logins.enter("sanne", "a1", SANNE) for _ in range(2)]
    await logins.leave(first)
    assert await logins.seen(second) is not None


@pytest.mark.req("S7")
async def test_a_damaged_login_opens_nothing(store: Store, logins: Logins) -> None:
    """It is an error, not somebody."""
    token = await logins.enter("sanne", "a1", SANNE)
    await store.redis.hdel(await _key(store), "account")
    with pytest.raises(StoreError):
        await logins.seen(token)


async def test_a_login_survives_a_new_key(store: Store, code_keys: KeySet) -> None:
    """After a rotation the token from before still opens, and can be left."""
    old = Logins(store, Macs(code_keys, "code"), idle=IDLE)
    token = await old.enter("sanne", "a1", SANNE)
    fresh = KeySet.draw()
    both = KeySet({name: keys._keys[name] for keys in (fresh, code_keys) for name in keys})
    new = Logins(store, Macs(both, "code"), idle=IDLE)
    assert await new.seen(token) is not None
    await new.leave(token)
    assert await new.seen(token) is None


@pytest.mark.req("A5", "S4")
async def test_all_logins_of_an_account_end_at_once(logins: Logins, store: Store, feed: Feed) -> None:
    """Those of any browser; whatever is open for them looks again. Nobody else's, and none of later."""
    mine = [await logins.enter("sanne", "a1", SANNE) for _ in range(2)]
    other = await logins.enter("tom", "a2", TOM)
    with feed.watch(member_topic(SANNE)) as screen, feed.watch(account_topic("a1")) as page:
        await logins.end("a1", str(SANNE))
        for watch in (screen, page):
            assert await watch.changed(at_most=BOUND_SECONDS)
    assert [await logins.seen(token) for token in mine] == [None, None]
    assert await logins.seen(other) is not None
    assert len(await store.redis.keys("idb:login:*")) == 1
    assert await logins.seen(await logins.enter("sanne", "a1", SANNE)) is not None


async def test_a_login_that_was_ended_is_gone_at_once(logins: Logins, store: Store) -> None:
    """Also of who uses it no more: whatever asks the store whether it is there hears so."""
    for _ in range(3):
        await logins.enter("sanne", "a1", SANNE)
    await logins.end("a1", str(SANNE))
    assert await store.redis.keys("idb:login*") == []
    await logins.end("a1", str(SANNE))


async def test_an_account_knows_its_logins_for_as_long_as_they_could_last(
    logins: Logins, store: Store
) -> None:
    """Counted from the last one."""
    await logins.enter("sanne", "a1", None)
    assert await store.redis.pttl(store.keys.logins("a1")) > (LONGEST_HOURS * 3600 - 60) * 1000


async def test_an_account_forgets_logins_that_are_over(logins: Logins, store: Store) -> None:
    """However it was that they ended; those that are not stay known."""
    left, idle, used = [await logins.enter("sanne", "a1", SANNE) for _ in range(3)]
    await logins.leave(left)
    seen = await logins.seen(idle)
    assert seen
    await store.redis.delete(store.keys.login(seen.id))
    await logins.enter("sanne", "a1", SANNE)
    assert await store.redis.scard(store.keys.logins("a1")) == 2
    await logins.end("a1", str(SANNE))
    assert await logins.seen(used) is None


async def test_after_a_new_key_all_are_ended_as_well(store: Store, code_keys: KeySet) -> None:
    """Those from before it, too."""
    old = Logins(store, Macs(code_keys, "code"), idle=IDLE)
    token = await old.enter("sanne", "a1", SANNE)
    new = Logins(store, Macs(KeySet.draw(), "code"), idle=IDLE)
    await new.end("a1", str(SANNE))
    assert await old.seen(token) is None


async def test_what_was_said_of_somebody_is_kept_with_the_login(logins: Logins) -> None:
    """How they came in, as what, and what they are called."""
    token = await logins.enter(
        "00u1", "x", None, way="organisation", roles=("operator", "leader"), display_name="Lena Bos"
    )
    login = await logins.seen(token)
    assert login is not None
    assert (login.member, login.way, login.roles, login.display_name) == (
        "",
        "organisation",
        ("leader", "operator"),
        "Lena Bos",
    )
