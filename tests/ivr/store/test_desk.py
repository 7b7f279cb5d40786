"""A desk shows its own call, or nothing: whatever does not agree is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import ElsewhereError, StoreError
from ivr.session.attributes import Level
from ivr.session.model import Identification
from ivr.store.feed import member_topic
from ivr.store.keyspace import Member
from ivr.store.sealing import KeySet, Sealer
from tests.lab.citizens import LOGGED_IN_AT, PERSON, PURPOSES
from tests.lab.rooms import CALL, NUMBER, OTHER_CALL, SANNE, TOM, OpenDesk, Rooms, rotated, shown

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.feed import Feed
    from tests.lab.citizens import Citizen

PROVEN = {name: PERSON[name] for name in PURPOSES.get("verhuizing").attribute_names}


@pytest.fixture
async def citizen(rooms: Rooms) -> Citizen:
    """Someone who is proven and talks to Sanne."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen)
    await rooms.answer()
    return citizen


@pytest.fixture
async def other(rooms: Rooms, citizen: Citizen) -> Citizen:
    """Someone else, who talks to Tom at the same time."""
    other = await rooms.citizens.verified({"fullname": "Andere Beller", "bsn": "111222333"})
    await rooms.claim(other, OTHER_CALL)
    await rooms.answer(TOM, OTHER_CALL)
    return other


async def seen(rooms: Rooms, member: Member = SANNE) -> dict[str, str]:
    """The attributes on a member's screen."""
    on_line = await rooms.desk.look(member)
    return shown(on_line) if on_line else {}


@pytest.mark.req("A2", "P3")
async def test_who_answers_sees_all_that_was_proven(rooms: Rooms, citizen: Citizen) -> None:
    """Purpose, attributes in the purpose's order, level, method, time of log-in, number."""
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    view = on_line.view
    assert (on_line.call, on_line.session) == (CALL, citizen.session)
    assert (view.identification, view.purpose, view.queue) == (Identification.VERIFIED, "verhuizing", "q")
    assert (view.method, view.level, view.verified_at) == ("demo", Level.SUBSTANTIAL, LOGGED_IN_AT)
    assert list(shown(on_line).items()) == list(PROVEN.items())
    assert view.caller_number is not None
    assert view.caller_number.reveal() == NUMBER


@pytest.mark.req("P3")
async def test_each_member_sees_their_own_call_only(rooms: Rooms, citizen: Citizen, other: Citizen) -> None:
    """Two at once, and a third who has no call."""
    assert await seen(rooms, SANNE) == PROVEN
    assert await seen(rooms, TOM) == {"fullname": "Andere Beller", "bsn": "111222333"}
    for nobody in (Member("pbx", "PJSIP/sann"), Member("other", SANNE.interface), Member("pbx", "")):
        assert await rooms.desk.look(nobody) is None


@pytest.mark.req("P3", "A5")
async def test_the_window_that_was_opened_last_is_the_one(rooms: Rooms, citizen: Citizen) -> None:
    """The others get nothing, and may do nothing, however often they ask. Another member's go on."""
    for window in ("first", "second"):
        await rooms.desk.take(SANNE, window)
        await rooms.desk.look(SANNE, window)
    for _ in range(2):
        with pytest.raises(ElsewhereError):
            await rooms.desk.look(SANNE, "first")
        with pytest.raises(ElsewhereError):
            await rooms.desk.require(SANNE, "first")
    await rooms.desk.require(SANNE, "second")
    assert await rooms.desk.look(SANNE, "second") is not None
    assert await rooms.desk.look(TOM, "first") is None


@pytest.mark.req("P3", "A5")
async def test_with_no_window_the_first_that_looks_is_the_one(rooms: Rooms, citizen: Citizen) -> None:
    """Also while there is no call."""
    await rooms.store.redis.delete(rooms.store.keys.screen(SANNE))
    for member in (SANNE, TOM):
        await rooms.desk.require(member, "second")
        await rooms.desk.look(member, "first")
        with pytest.raises(ElsewhereError):
            await rooms.desk.look(member, "second")


async def test_a_window_that_is_opened_wakes_those_before_it(rooms: Rooms, feed: Feed) -> None:
    """So that they look, and find that they are not the one."""
    with feed.watch(member_topic(SANNE)) as watch:
        await rooms.desk.take(SANNE, "new")
        assert await watch.changed(at_most=10)


@pytest.mark.req("P3")
async def test_before_pickup_nobody_sees_anything(rooms: Rooms) -> None:
    """A caller who waits is on no screen."""
    await rooms.claim(await rooms.citizens.verified())
    await rooms.calls.queued(CALL.uniqueid, "q")
    assert await rooms.desk.look(SANNE) is None


@pytest.mark.req("P3")
async def test_a_pointer_to_another_members_call_shows_nothing(
    rooms: Rooms, citizen: Citizen, other: Citizen
) -> None:
    """The call must say the same member as the member says call."""
    await rooms.store.redis.delete(rooms.store.keys.member(SANNE))
    await rooms.store.redis.sadd(rooms.store.keys.member(SANNE), OTHER_CALL.uniqueid)
    assert await rooms.desk.look(SANNE) is None
    assert await seen(rooms, TOM) == {"fullname": "Andere Beller", "bsn": "111222333"}


@pytest.mark.req("P3")
@pytest.mark.parametrize(
    ("field", "value"), [("state", "queued"), ("state", "claimed"), ("member", TOM.interface), ("member", "")]
)
async def test_a_call_that_says_otherwise_shows_nothing(
    rooms: Rooms, citizen: Citizen, field: str, value: str
) -> None:
    """Not connected, or with another member: no call at all."""
    await rooms.store.redis.hset(rooms.store.keys.call(CALL), field, value)
    assert await rooms.desk.look(SANNE) is None


@pytest.mark.req("P3")
@pytest.mark.parametrize(
    ("field", "value"), [("call_id", str(OTHER_CALL)), ("call_id", ""), ("call", "ended"), ("call", "queued")]
)
async def test_a_session_that_says_otherwise_shows_an_ordinary_caller(
    rooms: Rooms, citizen: Citizen, field: str, value: str
) -> None:
    """Bound to another call, or not in conversation: the call is there, without anybody's data."""
    await rooms.store.redis.hset(rooms.store.keys.session(citizen.session), field, value)
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    assert (on_line.session, on_line.view.identification, on_line.view.attributes) == ("", None, ())


@pytest.mark.req("P3", "S1")
async def test_a_call_that_names_anothers_session_shows_nobody(
    rooms: Rooms, citizen: Citizen, other: Citizen
) -> None:
    """The session must say the same call as the call says session."""
    await rooms.store.redis.hset(rooms.store.keys.call(CALL), "session", other.session)
    assert await seen(rooms) == {}


@pytest.mark.req("P3", "S1")
async def test_a_seal_moved_to_another_session_does_not_open(
    rooms: Rooms, citizen: Citizen, other: Citizen
) -> None:
    """Whoever can write to the store still cannot show one citizen's data in another's call."""
    keys, redis = rooms.store.keys, rooms.store.redis
    await redis.set(keys.sealed(citizen.session), await redis.get(keys.sealed(other.session)), px=4000)
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    assert on_line.view.identification is Identification.FAILED
    assert (on_line.view.attributes, on_line.view.level) == ((), Level.NONE)


@pytest.mark.req("S1", "S8")
async def test_a_seal_opens_for_its_purpose_only(rooms: Rooms, citizen: Citizen) -> None:
    """What was proven for one purpose, at its level, does not count for another."""
    await rooms.store.redis.hset(rooms.store.keys.session(citizen.session), "purpose", "afval")
    assert await seen(rooms) == {}


@pytest.mark.req("S2")
async def test_without_its_seal_a_call_is_not_identified(rooms: Rooms, citizen: Citizen) -> None:
    """As when nobody renewed it: shown as failed, not as an error."""
    await rooms.store.redis.delete(rooms.store.keys.sealed(citizen.session))
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    assert on_line.view.identification is Identification.FAILED


@pytest.mark.req("S1")
async def test_only_the_webs_keys_open_it(rooms: Rooms, citizen: Citizen, code_keys: KeySet) -> None:
    """Telephony, which has the code keys alone, can read nobody's attributes."""
    telephony = OpenDesk(rooms.store, Sealer(code_keys), Sealer(code_keys))
    on_line = await telephony.look(SANNE)
    assert on_line is not None
    assert on_line.view.attributes == ()


async def test_seals_outlive_a_rotation_of_keys(
    rooms: Rooms, citizen: Citizen, seal_keys: KeySet, code_keys: KeySet, tmp_path: Path
) -> None:
    """A web process that started after it shows calls of before it."""
    newer = OpenDesk(rooms.store, Sealer(rotated(seal_keys, tmp_path)), Sealer(rotated(code_keys, tmp_path)))
    on_line = await newer.look(SANNE)
    assert on_line is not None
    assert shown(on_line) == PROVEN
    assert on_line.view.caller_number is not None


async def test_a_number_that_does_not_open_counts_as_withheld(rooms: Rooms, citizen: Citizen) -> None:
    """It costs the number, not the call."""
    for number in (b"k.damaged", b""):
        await rooms.store.redis.hset(rooms.store.keys.call(CALL), "number", number)
        on_line = await rooms.desk.look(SANNE)
        assert on_line is not None
        assert on_line.view.caller_number is None
        assert shown(on_line) == PROVEN


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    ("field", "value"), [("version", b"x"), ("connected_at", b"now"), ("queue", b"\xff"), ("number", None)]
)
async def test_nonsense_in_the_store_is_a_store_error(
    rooms: Rooms, citizen: Citizen, field: str, value: bytes | None
) -> None:
    """What no process of ours wrote is told as such, without what it was."""
    key = rooms.store.keys.call(CALL)
    if value is None:
        await rooms.store.redis.hdel(key, field)
    else:
        await rooms.store.redis.hset(key, field, value)
    with pytest.raises(StoreError, match="not one of ours"):
        await rooms.desk.look(SANNE)


@pytest.mark.req("S1")
async def test_what_is_on_line_does_not_show_itself(rooms: Rooms, citizen: Citizen) -> None:
    """No value is in the text of any of it."""
    on_line = await rooms.desk.look(SANNE)
    for text in (repr(on_line), f"{on_line}"):
        assert not [value for value in (*PERSON.values(), NUMBER) if value in text]
