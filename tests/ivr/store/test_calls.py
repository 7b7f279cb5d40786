"""Calls move as the table says, take their session with them, and leave nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.errors import IllegalMoveError, SeveralCallsError, StoreError
from ivr.session.model import Call
from ivr.store.calls import BATCH, Calls, Outcome
from ivr.store.desk import Desk
from ivr.store.keyspace import ALIVE, CALLS, SWEEP, TOMBSTONE, CallId
from ivr.store.lease import Lease
from ivr.store.sealing import KeySet, Sealer
from tests.lab.citizens import PERSON, PURPOSES, Citizen, identity
from tests.lab.contents import holding, immortal, snapshot
from tests.lab.rooms import CALL, NUMBER, OTHER_CALL, SANNE, TOM, Rooms, shown
from tests.lab.world import MEMBERS, World

if TYPE_CHECKING:
    from ivr.store.client import Store

PROVEN = {name: PERSON[name] for name in PURPOSES.get("verhuizing").attribute_names}


async def talking(rooms: Rooms) -> Citizen:
    """A citizen who is proven, in conversation with Sanne."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen)
    await rooms.calls.queued(CALL.uniqueid, "verhuizen", NUMBER)
    await rooms.answer()
    return citizen


# --- one call -----------------------------------------------------------------------------------------------


@pytest.mark.req("P3", "P12")
async def test_the_call_takes_its_session_along(rooms: Rooms) -> None:
    """Queued, answered, back in the queue, answered by another: the session is where the call is."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen)
    where = []
    for member in (SANNE, TOM):
        assert await rooms.calls.queued(CALL.uniqueid, "q") is Outcome.DONE
        where.append((await rooms.sessions.find(citizen.ticket)).session.call)
        assert shown(await rooms.answer(member)) == PROVEN
        where.append((await rooms.sessions.find(citizen.ticket)).session.call)
    assert where == [Call.QUEUED, Call.CONNECTED] * 2
    assert await rooms.desk.look(SANNE) is None


@pytest.mark.req("P12")
async def test_a_pickup_by_another_leaves_the_first_screen(rooms: Rooms) -> None:
    """Without a stop in the queue between, too."""
    await talking(rooms)
    assert shown(await rooms.answer(TOM)) == PROVEN
    assert await rooms.desk.look(SANNE) is None


async def test_a_conversation_began_when_that_member_answered(rooms: Rooms) -> None:
    """Hearing of the same pickup twice does not begin it again; another member's does."""
    await talking(rooms)
    key, old = rooms.store.keys.call(CALL), b"1.000"
    await rooms.store.redis.hset(key, "connected_at", old)
    await rooms.answer()
    assert await rooms.store.redis.hget(key, "connected_at") == old
    await rooms.answer(TOM)
    assert await rooms.store.redis.hget(key, "connected_at") != old


async def test_an_ordinary_caller_is_followed_too(rooms: Rooms) -> None:
    """Without a session: number and queue, and nothing else."""
    assert await rooms.calls.queued(CALL.uniqueid, "afval", NUMBER) is Outcome.DONE
    view = (await rooms.answer()).view
    assert (view.identification, view.attributes, view.queue) == (None, (), "q")
    assert view.caller_number is not None
    assert view.caller_number.reveal() == NUMBER


@pytest.mark.req("S2", "A5")
async def test_hangup_wipes_all_of_it(rooms: Rooms) -> None:
    """Nothing personal is in any key, sealed or not; the page can still say that it ended."""
    citizen = await talking(rooms)
    keys = rooms.store.keys
    sealed = await rooms.store.redis.get(keys.sealed(citizen.session))
    number = await rooms.store.redis.hget(keys.call(CALL), "number")
    assert await rooms.calls.ended(CALL.uniqueid) is Outcome.DONE
    secret = [sealed, number, *PERSON.values(), citizen.code.reveal(), NUMBER]
    assert not await holding(rooms.store.redis, secret)
    assert await rooms.desk.look(SANNE) is None
    assert not await rooms.store.redis.exists(keys.member(SANNE))
    assert not await rooms.calls.known()
    session = (await rooms.sessions.find(citizen.ticket)).session
    assert (session.call, session.member) == (Call.ENDED, "")
    assert session.ended_at > 0


async def test_the_end_of_a_call_that_is_none_of_ours_is_no_error(rooms: Rooms) -> None:
    """Most channels never were in a queue."""
    assert await rooms.calls.ended("1.404") is Outcome.UNKNOWN
    assert rooms.calls.illegal == 0


async def test_an_illegal_move_changes_nothing_and_is_counted(rooms: Rooms) -> None:
    """The table has no way to the same move from a state that the store should not have."""
    await talking(rooms)
    await rooms.store.redis.hset(rooms.store.keys.call(CALL), "state", "ended")
    before = await snapshot(rooms.store.redis)
    assert await rooms.calls.queued(CALL.uniqueid, "q") is Outcome.ILLEGAL
    assert await snapshot(rooms.store.redis) == before
    assert rooms.calls.illegal == 1


@pytest.mark.req("P3")
async def test_a_channel_that_names_another_session_lets_go_of_both(rooms: Rooms) -> None:
    """When channel and store disagree nobody is shown anything: the session is over and wiped."""
    citizen = await rooms.citizens.verified()
    other = await rooms.citizens.verified()
    await rooms.claim(citizen)
    on_line = await rooms.answer(reference=other.session)
    assert (on_line.session, on_line.view.attributes) == ("", ())
    assert not await rooms.store.redis.exists(rooms.store.keys.sealed(citizen.session))
    assert (await rooms.sessions.find(citizen.ticket)).session.call is Call.ENDED
    assert (await rooms.sessions.find(other.ticket)).session.call is Call.AWAITED
    with pytest.raises(IllegalMoveError):
        await rooms.sessions.verify(citizen.session, PURPOSES.get("verhuizing"), identity())


async def test_a_channel_that_names_its_own_session_is_believed(rooms: Rooms) -> None:
    """The reference on the channel is the session's id."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen)
    assert shown(await rooms.answer(reference=citizen.session)) == PROVEN


@pytest.mark.req("P3")
async def test_a_reference_alone_shows_nobody(rooms: Rooms) -> None:
    """A channel that names a session which never was claimed for it is an ordinary caller."""
    citizen = await rooms.citizens.verified()
    on_line = await rooms.answer(reference=citizen.session)
    assert (on_line.session, on_line.view.identification) == ("", None)
    assert (await rooms.sessions.find(citizen.ticket)).session.call is Call.AWAITED


@pytest.mark.req("S2")
async def test_a_session_that_is_over_is_not_brought_back(rooms: Rooms) -> None:
    """Moves of the call go on without it."""
    citizen = await talking(rooms)
    await rooms.store.redis.hset(rooms.store.keys.session(citizen.session), "call", "ended")
    await rooms.calls.queued(CALL.uniqueid, "q")
    assert (await rooms.sessions.find(citizen.ticket)).session.call is Call.ENDED
    assert (await rooms.answer()).session == ""


@pytest.mark.req("P3")
async def test_a_session_of_another_call_is_not_moved(rooms: Rooms) -> None:
    """Even if this call's record names it."""
    citizen = await talking(rooms)
    await rooms.calls.queued(OTHER_CALL.uniqueid, "q")
    await rooms.store.redis.hset(rooms.store.keys.call(OTHER_CALL), "session", citizen.session)
    await rooms.calls.ended(OTHER_CALL.uniqueid)
    assert (await rooms.sessions.find(citizen.ticket)).session.call is Call.CONNECTED
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    assert shown(on_line) == PROVEN


@pytest.mark.req("P3", "P12")
@pytest.mark.parametrize("goes", [CALL, OTHER_CALL])
async def test_who_has_two_callers_sees_neither_until_one_goes(rooms: Rooms, goes: CallId) -> None:
    """One is on hold: nobody can know which. When one goes, the other comes back."""
    sessions = {CALL: (await talking(rooms)).session}
    other = await rooms.citizens.verified({"fullname": "Andere Beller", "bsn": "111222333"})
    sessions[OTHER_CALL] = other.session
    await rooms.claim(other, OTHER_CALL)
    await rooms.calls.connected(OTHER_CALL.uniqueid, "q", SANNE.interface)
    with pytest.raises(SeveralCallsError):
        await Desk.look(rooms.desk, SANNE, "the test's")
    await rooms.calls.queued(goes.uniqueid, "q")
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    assert on_line.session == sessions[OTHER_CALL if goes == CALL else CALL]


@pytest.mark.req("P3", "O6")
async def test_a_call_whose_end_nobody_saw_does_not_hide_the_next(rooms: Rooms) -> None:
    """Its record is gone by itself; the next picture of Asterisk takes it from the member."""
    await talking(rooms)
    await rooms.calls.connected(OTHER_CALL.uniqueid, "q", SANNE.interface)
    keys, redis = rooms.store.keys, rooms.store.redis
    await redis.delete(keys.call(CALL))
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    assert on_line.call == OTHER_CALL
    await rooms.calls.alive([OTHER_CALL.uniqueid])
    assert await redis.smembers(keys.member(SANNE)) == {OTHER_CALL.uniqueid.encode()}


# --- the lease ----------------------------------------------------------------------------------------------


@pytest.mark.req("O6")
@pytest.mark.parametrize("lost", ["taken", "lapsed"])
async def test_who_lost_the_lease_changes_nothing(rooms: Rooms, lost: str) -> None:
    """A watcher that was frozen and comes back writes nothing, whether or not another took over."""
    await talking(rooms)
    redis = rooms.store.redis
    await redis.delete("idb:lease:pbx")
    if lost == "taken":
        assert await Lease(rooms.store, "pbx").hold()
    before = await snapshot(redis)
    calls = rooms.calls
    assert await calls.queued(CALL.uniqueid, "q") is Outcome.FENCED
    assert await calls.connected(CALL.uniqueid, "q", TOM.interface) is Outcome.FENCED
    assert await calls.connected("1.3", "q", TOM.interface) is Outcome.FENCED
    assert await calls.ended(CALL.uniqueid) is Outcome.FENCED
    assert not await calls.alive([CALL.uniqueid])
    assert not await calls.alive([])
    assert await snapshot(redis) == before


# --- staying alive ------------------------------------------------------------------------------------------


@pytest.mark.req("S2", "O6")
async def test_nothing_outlives_the_last_proof_of_its_call(rooms: Rooms) -> None:
    """Seal, record and screen are gone a few seconds after nobody renewed them, whatever crashed."""
    citizen = await talking(rooms)
    keys, redis = rooms.store.keys, rooms.store.redis
    personal = [keys.sealed(citizen.session), keys.call(CALL), keys.member(SANNE)]
    for key in personal:
        assert 0 < await redis.pttl(key) <= ALIVE * 1000 < 5000
        await redis.delete(key)  # as their time does
    assert await rooms.desk.look(SANNE) is None
    assert not await holding(redis, [*PERSON.values(), NUMBER, citizen.code.reveal()])
    assert (await rooms.sessions.find(citizen.ticket)).session.call is Call.ENDED


async def test_a_proof_renews_all_that_belongs_to_a_call(rooms: Rooms) -> None:
    """Seal, record, screen, session and ticket; also the list of calls, for one call may be long."""
    citizen = await talking(rooms)
    keys, redis = rooms.store.keys, rooms.store.redis
    (ticket,) = await redis.keys("idb:ticket:*")
    lives = {
        keys.sealed(citizen.session): ALIVE,
        keys.call(CALL): ALIVE,
        keys.member(SANNE): ALIVE,
        keys.session(citizen.session): TOMBSTONE,
        ticket.decode(): TOMBSTONE,
        keys.calls("pbx"): CALLS,
    }
    for key in lives:
        await redis.pexpire(key, 1000)
    assert await rooms.calls.alive([CALL.uniqueid])
    for key, seconds in lives.items():
        assert await redis.pttl(key) > seconds * 1000 - 500, key


@pytest.mark.req("P3")
async def test_a_proof_renews_nothing_of_another_call(rooms: Rooms) -> None:
    """Nor the pointer of a member who is talking to someone else by now."""
    await talking(rooms)
    await rooms.calls.connected(OTHER_CALL.uniqueid, "q", TOM.interface)
    keys, redis = rooms.store.keys, rooms.store.redis
    for key in (keys.member(TOM), keys.call(OTHER_CALL)):
        await redis.pexpire(key, 1000)
    assert await rooms.calls.alive([CALL.uniqueid, "1.404"])
    for key in (keys.member(TOM), keys.call(OTHER_CALL)):
        assert await redis.pttl(key) <= 1000


async def test_many_calls_are_renewed_in_batches(rooms: Rooms) -> None:
    """More than one script takes; every one of them is renewed."""
    uniqueids = [f"1.{number}" for number in range(BATCH + 1)]
    for uniqueid in (uniqueids[0], uniqueids[-1]):
        await rooms.calls.queued(uniqueid, "q")
        await rooms.store.redis.pexpire(f"idb:call:pbx:{uniqueid}", 1000)
    assert await rooms.calls.alive(uniqueids)
    for uniqueid in (uniqueids[0], uniqueids[-1]):
        assert await rooms.store.redis.pttl(f"idb:call:pbx:{uniqueid}") > 1000


async def test_known_calls_are_those_of_this_asterisk(rooms: Rooms, store: Store, code_keys: KeySet) -> None:
    """Also calls whose record lapsed, until their end is told: then the list is rid of them."""
    other = Lease(store, "other")
    await other.hold()
    await Calls(store, other, Sealer(code_keys)).queued("9.9", "q")
    await rooms.calls.queued(CALL.uniqueid, "q")
    assert await rooms.calls.known() == {CALL.uniqueid}
    await store.redis.delete(store.keys.call(CALL))
    assert await rooms.calls.known() == {CALL.uniqueid}
    assert await rooms.calls.ended(CALL.uniqueid) is Outcome.UNKNOWN
    assert await rooms.calls.known() == set()


def test_two_sweeps_may_be_missed() -> None:
    """The times fit each other, and the promise of five seconds."""
    assert 2 * SWEEP < ALIVE < 5


async def test_nonsense_from_the_store_is_a_store_error(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that our script never gives is not taken for one."""
    for answer in (None, b"maybe", 7):

        async def nonsense(*_: object, answer: object = answer) -> object:
            return answer

        monkeypatch.setattr(rooms.store, "run", nonsense)
        with pytest.raises(StoreError, match="nonsense"):
            await rooms.calls.ended(CALL.uniqueid)


# --- any sequence of whatever may happen --------------------------------------------------------------------

CITIZEN = st.integers(0, 1)
ACALL = st.sampled_from([CALL, OTHER_CALL])
STEP = st.one_of(
    st.tuples(st.just("claim"), CITIZEN, ACALL),
    st.tuples(st.just("queue"), ACALL),
    st.tuples(st.just("connect"), ACALL, st.sampled_from(MEMBERS)),
    st.tuples(st.just("end"), ACALL),
    st.tuples(st.sampled_from(["verify", "fail", "cancel"]), CITIZEN),
)


@pytest.mark.req("P3", "S2", "A3", "P12")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=25))
async def test_whatever_happens_in_whatever_order_the_store_is_as_the_tables_say(
    rooms: Rooms, steps: list[tuple[str, ...]]
) -> None:
    """Each screen shows its own call, each refusal changes nothing, and every key dies by itself."""
    await rooms.store.redis.flushall()
    await rooms.store.redis.set("idb:lease:pbx", rooms.calls._lease.token, ex=60)
    world = World(rooms, [await rooms.citizens.pending() for _ in range(2)])
    for name, *args in steps:
        before = await snapshot(rooms.store.redis)
        if not await getattr(world, name)(*args):
            assert await snapshot(rooms.store.redis) == before
        await world.agrees()
        assert not await immortal(rooms.store.redis)
