"""A citizen's sessions: started, given a code, proven, stopped, over."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from ivr.errors import IdentityError, IllegalMoveError, NotFoundError, StoreError
from ivr.session.attributes import Level, Secret
from ivr.session.code import EXTENSIONS
from ivr.session.model import Call, Identification, Move
from ivr.store.claims import Claimed, Claims, Wrong
from ivr.store.feed import member_topic
from ivr.store.keyspace import ALIVE, TOMBSTONE
from ivr.store.sealing import KeySet, Macs, Sealer
from ivr.store.sessions import DRAWS, Sessions, close
from tests.lab.citizens import PERSON, PURPOSES, Citizens, identity
from tests.lab.contents import holding, snapshot
from tests.lab.rooms import CALL, SANNE, Rooms, rotated, shown

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.client import Store
    from ivr.store.feed import Feed

VERHUIZING = PURPOSES.get("verhuizing")
PROVEN = {name: PERSON[name] for name in VERHUIZING.attribute_names}
LIFE = 1200.0
BOUND_SECONDS = 10.0


async def pass_time(store: Store, session: str, seconds: float) -> None:
    """Let a session be so much older: its code's time, and that of its keys, is nearer."""
    key = store.keys.session(session)
    await store.redis.hincrbyfloat(key, "expires", -seconds)
    mac = await store.redis.hget(key, "code")
    for one in (key, store.keys.sealed(session), store.keys.code(mac.decode()) if mac else key):
        left = await store.redis.pttl(one)
        if left > 0:
            await store.redis.pexpire(one, left - int(seconds * 1000))


async def traces(store: Store, session: str) -> list[bytes]:
    """What a session keeps that must be gone when it is over: both envelopes, and the macs of its code."""
    sealed = await store.redis.get(store.keys.sealed(session))
    kept = await store.redis.hmget(store.keys.session(session), "code_sealed", "code", "extra")
    assert sealed
    assert all(kept)
    return [sealed, *kept]


@pytest.mark.req("C5")
async def test_a_new_session_is_found_by_its_ticket(sessions: Sessions) -> None:
    """Pending and awaited, without a code, in the language and for the purpose that were asked."""
    started = await sessions.create(VERHUIZING, "en")
    found = await sessions.find(started.ticket)
    assert found.session.id == started.id
    assert (found.session.purpose, found.session.language) == ("verhuizing", "en")
    assert (found.session.identification, found.session.call) == (Identification.PENDING, Call.AWAITED)
    assert (found.code, found.extra) == (None, None)
    assert found.session.expires - found.now == pytest.approx(LIFE, abs=5)


@pytest.mark.req("S7")
@pytest.mark.parametrize("ticket", ["", "x", "0" * 43, "a" * 100_000, "\x00\r\n", "\ud800"])
async def test_any_other_ticket_finds_nothing(sessions: Sessions, ticket: str) -> None:
    """And the error does not repeat it."""
    await sessions.create(VERHUIZING, "nl")
    with pytest.raises(NotFoundError) as caught:
        await sessions.find(Secret(ticket))
    assert str(caught.value) == "no session belongs to this ticket"


@pytest.mark.req("C5")
async def test_an_issued_code_is_shown_to_its_citizen(sessions: Sessions, claims: Claims) -> None:
    """The code on the page is the code that works."""
    started = await sessions.create(VERHUIZING, "nl")
    await sessions.issue(started.id)
    code = (await sessions.find(started.ticket)).code
    assert code is not None
    assert len(code.reveal()) == 11
    assert await claims.claim(CALL, code, None, "") == Claimed(started.id, "verhuizing", "nl")


@pytest.mark.req("C7", "P5")
async def test_a_new_code_ends_the_old_one(sessions: Sessions, citizens: Citizens, claims: Claims) -> None:
    """The old one is as wrong as any other; the new one works, for the whole of its time."""
    citizen = await citizens.verified()
    await sessions.issue(citizen.session)
    found = await sessions.find(citizen.ticket)
    assert found.code is not None
    assert found.code != citizen.code
    assert isinstance(await claims.claim(CALL, citizen.code, None, ""), Wrong)
    assert isinstance(await claims.claim(CALL, found.code, None, ""), Claimed)


@pytest.mark.req("C7")
async def test_a_new_code_lengthens_all_that_the_session_has(
    store: Store, sessions: Sessions, citizens: Citizens
) -> None:
    """Session, ticket and sealed identity live as long as the new code, and the page can still tell after."""
    citizen = await citizens.verified()
    await pass_time(store, citizen.session, LIFE - 10)
    (ticket,) = await store.redis.keys("idb:ticket:*")
    await store.redis.pexpire(ticket, 20_000)
    await sessions.issue(citizen.session)
    keys = (store.keys.sealed(citizen.session), store.keys.session(citizen.session), ticket)
    left = [await store.redis.pttl(key) / 1000 for key in keys]
    assert left == pytest.approx([LIFE, LIFE + TOMBSTONE, LIFE + TOMBSTONE], abs=5)


@pytest.mark.req("C7")
async def test_more_time_lets_the_same_code_work_longer(
    store: Store, sessions: Sessions, citizens: Citizens, claims: Claims
) -> None:
    """Code, session, ticket and sealed identity live anew, whatever was left of them."""
    citizen = await citizens.verified()
    await pass_time(store, citizen.session, LIFE - 10)
    (ticket,) = await store.redis.keys("idb:ticket:*")
    (code,) = await store.redis.keys("idb:code:*")
    await store.redis.pexpire(ticket, 20_000)
    await sessions.extend(citizen.session)
    keys = (code, store.keys.sealed(citizen.session), store.keys.session(citizen.session), ticket)
    left = [await store.redis.pttl(key) / 1000 for key in keys]
    assert left == pytest.approx([LIFE, LIFE, LIFE + TOMBSTONE, LIFE + TOMBSTONE], abs=5)
    found = await sessions.find(citizen.ticket)
    assert (found.code, found.session.extended) == (citizen.code, 1)
    assert found.session.expires - found.now == pytest.approx(LIFE, abs=5)
    assert isinstance(await claims.claim(CALL, citizen.code, None, ""), Claimed)


@pytest.mark.req("C7")
async def test_more_time_ends_somewhere(sessions: Sessions, citizens: Citizens) -> None:
    """Ten times; a new code does not begin the count again. What is refused changes nothing."""
    citizen = await citizens.pending()
    for _ in range(EXTENSIONS):
        await sessions.extend(citizen.session)
    await sessions.issue(citizen.session)
    before = await sessions.find(citizen.ticket)
    with pytest.raises(IllegalMoveError):
        await sessions.extend(citizen.session)
    assert (await sessions.find(citizen.ticket)).session == before.session


@pytest.mark.req("C7", "S2")
async def test_there_is_no_more_time_for_what_is_not_awaited(
    store: Store, sessions: Sessions, citizens: Citizens, claims: Claims
) -> None:
    """Without a code, past its time, called or stopped: it stays as it is, and nothing comes back to life."""
    bare = await sessions.create(VERHUIZING, "nl")
    late, called, stopped = [await citizens.verified() for _ in range(3)]
    await pass_time(store, late.session, LIFE + 1)
    await claims.claim(CALL, called.code, None, "")
    await sessions.cancel(stopped.session)
    for session in (bare.id, late.session, called.session, stopped.session):
        with pytest.raises(IllegalMoveError):
            await sessions.extend(session)
    assert await store.redis.pttl(store.keys.sealed(called.session)) <= ALIVE * 1000
    assert not await store.redis.exists(store.keys.sealed(stopped.session))


async def test_a_code_that_is_in_use_is_drawn_again(
    sessions: Sessions, citizens: Citizens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two sessions never share a code; when only used ones are drawn, that is said."""
    draws = iter([5, 0, 1, 5, 0, 2, 5, 0, 2, 6, 0, 2])
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(draws))
    first, second = await citizens.pending(), await citizens.pending()
    assert (first.code.reveal()[:-1], second.code.reveal()[:-1]) == ("1000000005", "1000000006")
    monkeypatch.setattr(secrets, "randbelow", lambda _: 5)
    started = await sessions.create(VERHUIZING, "nl")
    with pytest.raises(StoreError, match=r"raise codes\.live"):
        await sessions.issue(started.id)
    assert DRAWS > 1


async def test_no_code_for_what_is_not_there(sessions: Sessions) -> None:
    """An unknown session is not found, whatever is asked of it."""
    for ask in (sessions.issue, sessions.extend, sessions.fail, sessions.cancel):
        with pytest.raises(NotFoundError):
            await ask("0" * 32)
    with pytest.raises(NotFoundError):
        await sessions.verify("0" * 32, VERHUIZING, identity())


@pytest.mark.req("C7", "S2")
async def test_stopping_wipes_at_once(store: Store, sessions: Sessions, citizens: Citizens) -> None:
    """No code, no seal, nothing of what was proven; the page can still say that it was stopped."""
    citizen = await citizens.verified()
    secret = await traces(store, citizen.session)
    await sessions.cancel(citizen.session)
    assert not await holding(store.redis, secret)
    found = await sessions.find(citizen.ticket)
    assert (found.session.call, found.code, found.extra) == (Call.CANCELLED, None, None)
    assert found.session.ended_at > 0


@pytest.mark.req("S2")
async def test_a_session_whose_time_is_over_is_wiped(
    store: Store, sessions: Sessions, citizens: Citizens, claims: Claims
) -> None:
    """Its code does not work, and whoever looks finds it expired and empty."""
    citizen = await citizens.verified()
    secret = await traces(store, citizen.session)
    await pass_time(store, citizen.session, LIFE)
    assert isinstance(await claims.claim(CALL, citizen.code, None, ""), Wrong)
    assert (await sessions.find(citizen.ticket)).session.call is Call.EXPIRED
    assert not await holding(store.redis, secret)


async def test_two_tabs_that_find_it_expired_both_see_so(
    store: Store, sessions: Sessions, citizens: Citizens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes second is not told off for a move that was already made."""
    citizen, run = await citizens.verified(), store.run
    await pass_time(store, citizen.session, LIFE)

    async def second(name: str, *about: list[str]) -> object:
        if name == "close":
            assert await run(name, *about) == b"done"  # the other tab was first
        return await run(name, *about)

    monkeypatch.setattr(store, "run", second)
    assert (await sessions.find(citizen.ticket)).session.call is Call.EXPIRED


async def test_a_new_code_wins_over_an_expiry_that_comes_late(
    store: Store, sessions: Sessions, citizens: Citizens
) -> None:
    """Who saw the session expired, but comes after a new code, closes nothing."""
    citizen = await citizens.verified()
    before = await snapshot(store.redis)
    with pytest.raises(IllegalMoveError):
        await close(store, citizen.session, Move.EXPIRE)
    assert await snapshot(store.redis) == before


@pytest.mark.parametrize("over", ["claimed", "cancelled", "expired"])
async def test_no_new_code_once_it_is_called_or_over(
    store: Store, sessions: Sessions, citizens: Citizens, claims: Claims, over: str
) -> None:
    """Only a session that awaits its call has one; a refusal changes nothing."""
    citizen = await citizens.verified()
    if over == "claimed":
        await claims.claim(CALL, citizen.code, None, "")
    elif over == "cancelled":
        await sessions.cancel(citizen.session)
    else:
        await pass_time(store, citizen.session, LIFE)
    before = await snapshot(store.redis)
    with pytest.raises(IllegalMoveError):
        await sessions.issue(citizen.session)
    assert await snapshot(store.redis) == before


@pytest.mark.req("S8")
async def test_a_level_that_is_too_low_verifies_nothing(
    store: Store, sessions: Sessions, citizens: Citizens
) -> None:
    """What the log-in gave counts: low is not enough for a purpose that needs substantial."""
    citizen = await citizens.pending()
    before = await snapshot(store.redis)
    with pytest.raises(IdentityError) as caught:
        await sessions.verify(citizen.session, VERHUIZING, identity(level=Level.LOW))
    assert caught.value.reason == "too-low"
    assert await snapshot(store.redis) == before


@pytest.mark.req("C4")
async def test_only_the_purposes_attributes_are_kept(rooms: Rooms) -> None:
    """What the log-in gave too much is sealed for nobody."""
    await rooms.claim(await rooms.citizens.verified(PERSON | {"income": "1"}))
    assert shown(await rooms.answer()) == PROVEN


async def test_a_log_in_counts_once(rooms: Rooms) -> None:
    """Neither proven nor refused twice, in any order; a refusal changes nothing."""
    sessions = rooms.sessions
    for first in (Identification.VERIFIED, Identification.FAILED):
        citizen = await rooms.citizens.pending()
        if first is Identification.VERIFIED:
            await sessions.verify(citizen.session, VERHUIZING, identity())
        else:
            await sessions.fail(citizen.session)
        before = await snapshot(rooms.store.redis)
        with pytest.raises(IllegalMoveError):
            await sessions.verify(citizen.session, VERHUIZING, identity())
        with pytest.raises(IllegalMoveError):
            await sessions.fail(citizen.session)
        assert await snapshot(rooms.store.redis) == before
        assert (await sessions.find(citizen.ticket)).session.identification is first


@pytest.mark.req("A3")
@pytest.mark.parametrize("state", [Call.CLAIMED, Call.QUEUED, Call.CONNECTED])
async def test_a_log_in_may_come_during_the_call(rooms: Rooms, state: Call) -> None:
    """The agent who has the call sees it at once; it lives as the call does."""
    citizen = await rooms.citizens.pending()
    await rooms.claim(citizen)
    if state is not Call.CLAIMED:
        await rooms.calls.queued(CALL.uniqueid, "q")
    if state is Call.CONNECTED:
        assert (await rooms.answer()).view.identification is Identification.PENDING
    version = await rooms.store.redis.hget(rooms.store.keys.call(CALL), "version")
    await rooms.sessions.verify(citizen.session, VERHUIZING, identity())
    assert int(await rooms.store.redis.hget(rooms.store.keys.call(CALL), "version")) > int(version)
    assert 0 < await rooms.store.redis.pttl(rooms.store.keys.sealed(citizen.session)) <= ALIVE * 1000
    on_line = await rooms.desk.look(SANNE) if state is Call.CONNECTED else await rooms.answer()
    assert on_line is not None
    assert on_line.view.identification is Identification.VERIFIED
    assert shown(on_line) == PROVEN


@pytest.mark.req("S2", "O6")
async def test_a_log_in_gives_a_call_that_nobody_proves_no_more_time(rooms: Rooms) -> None:
    """Telephony is away and the caller may be gone: what is proven now dies with the record of the call."""
    citizen, redis, keys = await rooms.citizens.pending(), rooms.store.redis, rooms.store.keys
    await rooms.claim(citizen)
    await redis.pexpire(keys.call(CALL), 3000)
    await rooms.sessions.verify(citizen.session, VERHUIZING, identity())
    whole = await redis.pttl(keys.call(CALL))
    assert 0 < await redis.pttl(keys.sealed(citizen.session)) <= whole <= 3000
    await rooms.calls.alive([CALL.uniqueid])
    assert await redis.pttl(keys.sealed(citizen.session)) > 3000


@pytest.mark.req("S2")
@pytest.mark.parametrize("over", ["ended", "lapsed", "cancelled", "expired"])
async def test_a_log_in_that_comes_too_late_is_not_kept(rooms: Rooms, over: str) -> None:
    """After the call, or when nobody follows it any more, nothing is sealed for nobody."""
    citizen, redis = await rooms.citizens.pending(), rooms.store.redis
    if over in {"ended", "lapsed"}:
        await rooms.claim(citizen)
        await rooms.calls.queued(CALL.uniqueid, "q")
    if over == "ended":
        await rooms.calls.ended(CALL.uniqueid)
    elif over == "lapsed":
        await redis.delete(rooms.store.keys.call(CALL))
    elif over == "cancelled":
        await rooms.sessions.cancel(citizen.session)
    else:
        await pass_time(rooms.store, citizen.session, LIFE)
    before = await snapshot(redis)
    with pytest.raises(IllegalMoveError):
        await rooms.sessions.verify(citizen.session, VERHUIZING, identity())
    assert await snapshot(redis) == before
    assert not await redis.exists(rooms.store.keys.sealed(citizen.session))


@pytest.mark.req("P11")
async def test_a_session_that_ends_lets_go_of_its_call(rooms: Rooms, feed: Feed) -> None:
    """Whoever has the call looks again, and finds a newer picture of an ordinary one."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen)
    before = (await rooms.answer()).view
    with feed.watch(member_topic(SANNE)) as watch:
        await close(rooms.store, citizen.session, Move.END)
        assert await watch.changed(BOUND_SECONDS)
    after = await rooms.desk.look(SANNE)
    assert after is not None
    assert (after.session, after.view.identification) == ("", None)
    assert after.view.version > before.version


@pytest.mark.req("C6")
async def test_a_call_that_nobody_follows_any_more_is_shown_as_ended(rooms: Rooms) -> None:
    """When its record lapsed, and also when the call came back without its session."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen)
    await rooms.answer()
    assert (await rooms.sessions.find(citizen.ticket)).session.call is Call.CONNECTED
    await rooms.store.redis.delete(rooms.store.keys.call(CALL))
    gone = (await rooms.sessions.find(citizen.ticket)).session
    assert (gone.call, gone.member) == (Call.ENDED, "")
    await rooms.answer()
    assert (await rooms.sessions.find(citizen.ticket)).session.call is Call.ENDED


@pytest.mark.req("C6")
async def test_the_citizen_sees_who_has_the_call(rooms: Rooms) -> None:
    """The member while connected, and nobody otherwise."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen)
    await rooms.answer()
    assert (await rooms.sessions.find(citizen.ticket)).session.member == str(SANNE)
    await rooms.calls.queued(CALL.uniqueid, "q")
    assert (await rooms.sessions.find(citizen.ticket)).session.member == ""


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("call", b"flying"),
        ("identification", b""),
        ("version", b"x"),
        ("expires", b"-"),
        ("purpose", b"\xff"),
    ],
)
async def test_nonsense_in_the_store_is_a_store_error(rooms: Rooms, field: str, value: bytes) -> None:
    """What no process of ours wrote is told as such, without what it was."""
    citizen = await rooms.citizens.verified()
    await rooms.store.redis.hset(rooms.store.keys.session(citizen.session), field, value)
    with pytest.raises(StoreError, match="not one of ours"):
        await rooms.sessions.find(citizen.ticket)


async def test_a_code_that_does_not_open_is_not_shown(rooms: Rooms) -> None:
    """A damaged envelope costs the code on the page, not the page."""
    citizen = await rooms.citizens.verified()
    await rooms.store.redis.hset(rooms.store.keys.session(citizen.session), "code_sealed", b"k.broken")
    found = await rooms.sessions.find(citizen.ticket)
    assert (found.code, found.extra) == (None, None)


@pytest.fixture
def rotated_sessions(store: Store, seal_keys: KeySet, code_keys: KeySet, tmp_path: Path) -> Sessions:
    """A process that started after a rotation of both key files."""
    codes = rotated(code_keys, tmp_path)
    sealer = Sealer(rotated(seal_keys, tmp_path))
    return Sessions(store, sealer, Sealer(codes), Macs(codes, "code"), length=11, life=LIFE)


async def test_sessions_outlive_a_rotation_of_keys(rooms: Rooms, rotated_sessions: Sessions) -> None:
    """With a new key in front of the old one, old tickets and codes open; new ones are found too."""
    citizen = await rooms.citizens.verified()
    found = await rotated_sessions.find(citizen.ticket)
    assert (found.code, found.extra) == (citizen.code, citizen.extra)
    newer = await Citizens(rotated_sessions).verified()
    assert (await rotated_sessions.find(newer.ticket)).code == newer.code


async def test_a_code_of_before_a_rotation_is_not_drawn_again(
    rooms: Rooms, rotated_sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code in use under the old key is in use."""
    draws = iter([5, 0, 5, 0, 6, 0])
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(draws))
    older = await rooms.citizens.pending()
    newer = await Citizens(rotated_sessions).pending()
    assert older.code != newer.code
