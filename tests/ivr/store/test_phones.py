"""ivr.store.phones: a proof that lives and dies with its log-in, and that the store itself cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import AnonymousError, StoreError
from ivr.session.attributes import Secret
from ivr.store.keyspace import Member
from ivr.store.logins import LONGEST_HOURS, Logins
from ivr.store.phones import Phones
from ivr.store.sealing import KeySet, Sealer

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.sealing import Macs

pytestmark = pytest.mark.req("A7", "S4")

SANNE = Member("pbx", "PJSIP/sanne")
PROOF, OTHER = Secret("0123456789abcdef"), Secret("fedcba9876543210")


@pytest.fixture
def logins(store: Store, macs: Macs) -> Logins:
    """Log-ins that end after half an hour without use."""
    return Logins(store, macs, idle=1800)


@pytest.fixture
def phones(store: Store, code_keys: KeySet) -> Phones:
    """The telephones."""
    return Phones(store, Sealer(code_keys))


async def enter(logins: Logins, member: Member = SANNE) -> tuple[Secret, str]:
    """Log in; return token and id."""
    token = await logins.enter("sanne", "a1", member)
    login = await logins.seen(token)
    assert login is not None
    return token, login.id


async def test_a_proof_is_found_until_the_next_one(logins: Logins, phones: Phones) -> None:
    """With whose it is; of another member there is none."""
    _, login = await enter(logins)
    for proof in (PROOF, OTHER):
        await phones.issue(SANNE, login, proof)
        held = await phones.find(SANNE)
        assert held is not None
        assert (held.proof, held.agent, held.account) == (proof, "sanne", "a1")
    for stranger in (
        Member("pbx", "PJSIP/tom"),
        Member("other", "PJSIP/sanne"),
        Member("pbx", "PJSIP/Sanne"),
    ):
        assert await phones.find(stranger) is None


async def test_it_is_gone_with_its_login(logins: Logins, phones: Phones, store: Store) -> None:
    """The proof itself at once, whoever ended the log-in; no new one for a log-in that is over."""
    token, login = await enter(logins)
    await phones.issue(SANNE, login, PROOF)
    await logins.leave(token)
    assert await phones.find(SANNE) is None
    assert not await store.redis.exists(store.keys.login(login))
    with pytest.raises(AnonymousError):
        await phones.issue(SANNE, login, PROOF)
    assert not await store.redis.exists(store.keys.login(login))


async def test_it_is_gone_when_all_logins_are_ended(logins: Logins, phones: Phones) -> None:
    """At once, though nobody uses that log-in any more; and no new one can be had."""
    _, login = await enter(logins)
    await phones.issue(SANNE, login, PROOF)
    await logins.end("a1", str(SANNE))
    assert await phones.find(SANNE) is None
    with pytest.raises(AnonymousError):
        await phones.issue(SANNE, login, PROOF)


async def test_a_login_as_another_member_is_no_login_here(logins: Logins, phones: Phones) -> None:
    """Somebody who was given another phone since."""
    _, login = await enter(logins, Member("pbx", "PJSIP/tom"))
    await phones.issue(SANNE, login, PROOF)
    assert await phones.find(SANNE) is None


async def test_it_is_sealed_and_ends_by_itself(logins: Logins, phones: Phones, store: Store) -> None:
    """In nobody's sight, under no other key, and after a working day at the latest."""
    _, login = await enter(logins)
    await phones.issue(SANNE, login, PROOF)
    kept = await store.redis.hgetall(store.keys.login(login))
    assert PROOF.reveal().encode() not in b"".join(kept.values())
    assert await Phones(store, Sealer(KeySet.draw())).find(SANNE) is None
    assert 0 < await store.redis.pttl(store.keys.phone(SANNE)) <= LONGEST_HOURS * 3_600_000


async def test_nonsense_in_the_store_is_told(logins: Logins, phones: Phones, store: Store) -> None:
    """Not taken for a telephone."""
    _, login = await enter(logins)
    await phones.issue(SANNE, login, PROOF)
    await store.redis.set(store.keys.phone(SANNE), "no log-in")
    assert await phones.find(SANNE) is None
    await store.redis.delete(store.keys.phone(SANNE))
    await store.redis.hset(store.keys.phone(SANNE), "a", "b")
    with pytest.raises(StoreError):
        await phones.find(SANNE)
