"""A call under way is identified once, for whoever has it, and by nobody who has it not."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from ivr.errors import IllegalMoveError, NotFoundError
from ivr.session.attributes import Secret
from ivr.session.code import draw, is_well_formed
from ivr.session.model import Call, citizen_view
from ivr.session.upgrade import NUMBER_LENGTH, SPOKEN_LENGTH, SPOKEN_TRIES, Mark, Step, Upgrade
from ivr.store.budget import Budget
from ivr.store.claims import Claimed, Claims, ExtraNeeded, Gone, Spent, Wrong
from ivr.store.keyspace import ALIVE, GUESTS
from ivr.store.upgrades import Asked, Upgrades
from tests.lab.citizens import PERSON, PURPOSES, identity
from tests.lab.rooms import CALL, LENA, NUMBER, OTHER_CALL, SANNE, TOM, shown

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.sealing import Macs
    from tests.lab.citizens import Citizen
    from tests.lab.rooms import Rooms

pytestmark = pytest.mark.req("P11", "A8")

PROVEN = {name: PERSON[name] for name in ("fullname", "bsn")}


@pytest.fixture
async def upgrades(rooms: Rooms) -> Upgrades:
    """Sanne talks with an ordinary caller, Tom with another."""
    await rooms.answer(SANNE, CALL)
    await rooms.answer(TOM, OTHER_CALL)
    return Upgrades(rooms.store)


async def seen(rooms: Rooms) -> Upgrade | None:
    """What Sanne is told."""
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    return on_line.view.upgrade


async def kept(rooms: Rooms) -> set[bytes]:
    """The fields of the call's record that are about this."""
    fields = await rooms.store.redis.hkeys(rooms.store.keys.call(CALL))
    return set(fields) & {b"asked", b"link", b"wanted", b"step", b"step_at", b"wrong"}


async def state(rooms: Rooms, citizen: Citizen) -> Call:
    """Where the citizen's call is."""
    return (await rooms.sessions.find(citizen.ticket)).session.call


# The short address.


async def test_an_agent_asks_and_the_address_leads_to_this_call(rooms: Rooms, upgrades: Upgrades) -> None:
    """By a number that is short, with a check digit against typing errors."""
    number = await upgrades.ask(SANNE, CALL, "verhuizing")
    assert is_well_formed(number, NUMBER_LENGTH)
    assert await upgrades.find(number) == Asked(CALL, "verhuizing")
    assert await seen(rooms) == Upgrade(Step.ASKED, "verhuizing", number)


async def test_asking_anew_takes_the_place_of_before(rooms: Rooms, upgrades: Upgrades) -> None:
    """One address a call, for the purpose that was asked last."""
    first = await upgrades.ask(SANNE, CALL, "verhuizing")
    second = await upgrades.ask(SANNE, CALL, "afval")
    assert (await upgrades.find(second)).purpose == "afval"
    with pytest.raises(NotFoundError):
        await upgrades.find(first)


async def test_two_calls_never_share_an_address(
    rooms: Rooms, upgrades: Upgrades, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number in use is drawn again."""
    draws = iter([5, 5, 6])
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(draws))
    first, second = await upgrades.ask(SANNE, CALL, "afval"), await upgrades.ask(TOM, OTHER_CALL, "afval")
    assert first != second
    assert (await upgrades.find(first)).call == CALL


@pytest.mark.req("P3", "S4")
async def test_only_who_has_the_call_asks(rooms: Rooms, upgrades: Upgrades) -> None:
    """Not a colleague, not for a call of before, not once it is identified."""
    with pytest.raises(NotFoundError):
        await upgrades.ask(TOM, CALL, "afval")
    await rooms.calls.queued(CALL.uniqueid, "q")
    with pytest.raises(NotFoundError):
        await upgrades.ask(SANNE, CALL, "afval")
    await rooms.calls.ended(OTHER_CALL.uniqueid)
    with pytest.raises(NotFoundError):
        await upgrades.ask(TOM, OTHER_CALL, "afval")
    citizen = await rooms.citizens.verified()
    await rooms.claims.claim(OTHER_CALL, citizen.code, None, "")
    await rooms.answer(TOM, OTHER_CALL)
    with pytest.raises(NotFoundError):
        await upgrades.ask(TOM, OTHER_CALL, "afval")


@pytest.mark.req("S2")
async def test_the_address_dies_with_the_call(rooms: Rooms, upgrades: Upgrades) -> None:
    """Hung up, or identified."""
    number, other = await upgrades.ask(SANNE, CALL, "afval"), await upgrades.ask(TOM, OTHER_CALL, "afval")
    await rooms.calls.ended(CALL.uniqueid)
    citizen = await rooms.citizens.verified()
    assert isinstance(await rooms.claims.join(OTHER_CALL, citizen.code, None, ""), Claimed)
    for gone in (number, other, "000000", ""):
        with pytest.raises(NotFoundError):
            await upgrades.find(gone)


# The code.


@pytest.mark.req("P3", "P12")
@pytest.mark.parametrize("bound", [CALL, None], ids=["by the address", "by an ordinary start"])
async def test_a_code_identifies_the_call_for_whoever_has_it(
    rooms: Rooms, upgrades: Upgrades, bound: object
) -> None:
    """On that desk, and on no other; all that was kept of the way is gone."""
    await upgrades.ask(SANNE, CALL, "verhuizing")
    citizen = await rooms.citizens.verified(bound=CALL if bound else None)
    assert await upgrades.mark(CALL, Mark.KEYING)
    answer = await rooms.claims.join(CALL, citizen.code, None, NUMBER)
    assert answer == Claimed(citizen.session, "verhuizing", "nl")
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    assert shown(on_line) == PROVEN
    assert on_line.view.upgrade is None
    assert await kept(rooms) == set()
    other = await rooms.desk.look(TOM)
    assert other is not None
    assert shown(other) == {}
    found = await rooms.sessions.find(citizen.ticket)
    assert (found.session.call, found.session.member) == (Call.CONNECTED, str(SANNE))


@pytest.mark.req("P12")
async def test_whoever_has_the_call_by_then_sees_it(rooms: Rooms, upgrades: Upgrades) -> None:
    """Transferred while the code was keyed: to a queue, and on to Tom."""
    citizen = await rooms.citizens.verified(bound=CALL)
    await rooms.calls.queued(CALL.uniqueid, "q")
    assert isinstance(await rooms.claims.join(CALL, citizen.code, None, ""), Claimed)
    assert await state(rooms, citizen) is Call.CLAIMED
    assert shown(await rooms.answer(LENA, CALL)) == PROVEN
    assert await rooms.desk.look(SANNE) is None


@pytest.mark.req("P12", "S2")
async def test_from_then_on_it_is_as_any_identified_call(rooms: Rooms, upgrades: Upgrades) -> None:
    """It takes its session along, and its end wipes."""
    citizen = await rooms.citizens.verified(bound=CALL)
    await rooms.claims.join(CALL, citizen.code, None, "")
    assert shown(await rooms.answer(LENA, CALL, citizen.session)) == PROVEN
    assert await rooms.desk.look(SANNE) is None
    await rooms.calls.ended(CALL.uniqueid)
    assert await state(rooms, citizen) is Call.ENDED
    assert not await rooms.store.redis.exists(rooms.store.keys.sealed(citizen.session))


@pytest.mark.req("S2")
async def test_what_is_bound_lives_no_longer_than_its_call(rooms: Rooms, upgrades: Upgrades) -> None:
    """Only the watcher prolongs that."""
    redis, keys = rooms.store.redis, rooms.store.keys
    await redis.pexpire(keys.call(CALL), 1500)
    citizen = await rooms.citizens.verified(bound=CALL)
    await rooms.claims.join(CALL, citizen.code, None, "")
    whole = await redis.pttl(keys.call(CALL))
    assert await redis.pttl(keys.sealed(citizen.session)) <= whole <= 1500


async def left(rooms: Rooms, citizen: Citizen) -> int:
    """For how many milliseconds what they proved is kept; -2 when it is not."""
    return await rooms.store.redis.pttl(rooms.store.keys.sealed(citizen.session))


@pytest.mark.req("S2")
async def test_what_was_proven_for_a_call_goes_with_it_though_no_code_was_keyed(
    rooms: Rooms, upgrades: Upgrades
) -> None:
    """Hung up: wiped for everybody who logged in for it; their pages say that the call is over."""
    first, second = [await rooms.citizens.verified(bound=CALL) for _ in range(2)]
    elsewhere, nowhere = await rooms.citizens.verified(bound=OTHER_CALL), await rooms.citizens.verified()
    await rooms.calls.ended(CALL.uniqueid)
    assert [await left(rooms, one) for one in (first, second)] == [-2, -2]
    assert [await state(rooms, one) for one in (first, second)] == [Call.ENDED] * 2
    assert [await left(rooms, one) > 0 for one in (elsewhere, nowhere)] == [True, True]
    assert [await state(rooms, one) for one in (elsewhere, nowhere)] == [Call.AWAITED] * 2
    assert not await rooms.store.redis.exists(rooms.store.keys.guests(CALL))


@pytest.mark.req("S2", "O6")
async def test_it_lives_only_while_the_call_is_proven(rooms: Rooms, upgrades: Upgrades) -> None:
    """Nobody need be alive to wipe it; a new code and more time for it change nothing."""
    citizen = await rooms.citizens.verified(bound=CALL)
    await rooms.sessions.issue(citizen.session)
    await rooms.sessions.extend(citizen.session)
    assert 0 < await left(rooms, citizen) <= ALIVE * 1000
    for key in (rooms.store.keys.sealed(citizen.session), rooms.store.keys.guests(CALL)):
        await rooms.store.redis.pexpire(key, 500)
    await rooms.calls.alive([CALL.uniqueid])
    assert await left(rooms, citizen) > 500
    await rooms.store.redis.delete(rooms.store.keys.call(CALL))
    assert await state(rooms, citizen) is Call.ENDED
    assert await left(rooms, citizen) == -2


@pytest.mark.req("S2")
async def test_a_log_in_that_is_done_after_the_call_is_not_kept(rooms: Rooms, upgrades: Upgrades) -> None:
    """Begun in time, with a caller who did not wait for it."""
    citizen = await rooms.citizens.pending(bound=CALL)
    await rooms.calls.ended(CALL.uniqueid)
    with pytest.raises(IllegalMoveError):
        await rooms.sessions.verify(citizen.session, PURPOSES.get("verhuizing"), identity())
    assert await left(rooms, citizen) == -2
    assert await state(rooms, citizen) is Call.ENDED


async def test_of_many_who_log_in_for_a_call_the_newest_are_kept(rooms: Rooms, upgrades: Upgrades) -> None:
    """Whoever has its short address cannot fill the store."""
    citizens = [await rooms.citizens.verified(bound=CALL) for _ in range(GUESTS + 1)]
    await rooms.store.redis.pexpire(rooms.store.keys.sealed(citizens[0].session), 1000)
    await rooms.calls.alive([CALL.uniqueid])
    assert await left(rooms, citizens[0]) <= 1000
    assert all([await left(rooms, one) > 1000 for one in citizens[1:]])


@pytest.mark.req("S7")
async def test_who_only_begins_a_log_in_pushes_nobody_out(rooms: Rooms, upgrades: Upgrades) -> None:
    """Anybody can who knows the short address, before and after others log in; who did log in stays."""
    before, purpose = await rooms.citizens.pending(bound=CALL), PURPOSES.get("verhuizing")
    for one in range(2 * GUESTS):
        await rooms.sessions.create(purpose, "nl", CALL)
        if one == GUESTS:
            await rooms.sessions.verify(before.session, purpose, identity())
    await rooms.store.redis.pexpire(rooms.store.keys.sealed(before.session), 1000)
    await rooms.calls.alive([CALL.uniqueid])
    assert await left(rooms, before) > 1000
    await rooms.claims.join(CALL, before.code, None, "")
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    assert shown(on_line) == PROVEN
    await rooms.calls.ended(CALL.uniqueid)
    assert await left(rooms, before) == -2


@pytest.mark.req("S2")
async def test_who_proves_nothing_is_no_guest(rooms: Rooms, upgrades: Upgrades) -> None:
    """Begun, or failed: there is nothing to wipe when the call ends."""
    await rooms.citizens.pending(bound=CALL)
    failed = await rooms.citizens.pending(bound=CALL)
    await rooms.sessions.fail(failed.session)
    assert not await rooms.store.redis.exists(rooms.store.keys.guests(CALL))


@pytest.mark.req("P5")
async def test_a_code_for_another_call_is_refused(rooms: Rooms, upgrades: Upgrades) -> None:
    """In a call under way as in a new one; it then still works where it should, once."""
    citizen = await rooms.citizens.verified(bound=CALL)
    assert await rooms.claims.join(OTHER_CALL, citizen.code, None, "") == Wrong()
    await rooms.calls.ended(OTHER_CALL.uniqueid)
    assert await rooms.claims.claim(OTHER_CALL, citizen.code, None, "") == Wrong()
    assert isinstance(await rooms.claims.join(CALL, citizen.code, None, ""), Claimed)
    await rooms.answer(TOM, OTHER_CALL)
    assert await rooms.claims.join(OTHER_CALL, citizen.code, None, "") == Wrong()


async def test_an_identified_or_unknown_call_takes_no_code(rooms: Rooms, upgrades: Upgrades) -> None:
    """And costs nobody an attempt or a code."""
    one, two = await rooms.citizens.verified(), await rooms.citizens.verified()
    await rooms.claims.join(CALL, one.code, None, "")
    assert await rooms.claims.join(CALL, two.code, None, "") == Gone()
    await rooms.calls.ended(CALL.uniqueid)
    assert await rooms.claims.join(CALL, two.code, None, "") == Gone()
    assert not await rooms.store.redis.exists(rooms.store.keys.budget_all())
    assert await state(rooms, two) is Call.AWAITED


@pytest.mark.req("A3")
async def test_a_log_in_after_the_code_fills_the_screen(rooms: Rooms, upgrades: Upgrades) -> None:
    """Keyed first, proven during the conversation."""
    citizen = await rooms.citizens.pending(bound=CALL)
    await rooms.claims.join(CALL, citizen.code, None, "")
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    assert on_line.view.identification == "pending"


# What is read out.


@pytest.mark.req("P5")
async def test_what_is_read_out_works_once_for_its_call_and_its_agent(
    rooms: Rooms, upgrades: Upgrades
) -> None:
    """Not typed by another, not for another call, not keyed, not twice; and the code is used up with it."""
    citizen = await rooms.citizens.verified(bound=CALL)
    assert is_well_formed(citizen.spoken.reveal(), SPOKEN_LENGTH)
    assert await rooms.claims.confirm(CALL, TOM, citizen.spoken) == Gone()
    assert await rooms.claims.confirm(OTHER_CALL, TOM, citizen.spoken) == Wrong()
    assert await rooms.claims.join(CALL, citizen.spoken, None, "") == Wrong()
    assert isinstance(await rooms.claims.confirm(CALL, SANNE, citizen.spoken), Claimed)
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    assert shown(on_line) == PROVEN
    assert await rooms.claims.confirm(CALL, SANNE, citizen.spoken) == Gone()
    await rooms.calls.ended(CALL.uniqueid)
    assert await rooms.claims.claim(CALL, citizen.code, None, "") == Wrong()


async def test_a_keyed_code_uses_up_what_is_read_out(rooms: Rooms, upgrades: Upgrades) -> None:
    """Either, never both."""
    citizen = await rooms.citizens.verified(bound=CALL)
    await rooms.claims.join(CALL, citizen.code, None, "")
    names = await rooms.store.redis.keys("idb:code:*")
    assert names == []


async def test_only_a_citizen_who_came_by_the_address_has_something_to_read_out(
    rooms: Rooms, upgrades: Upgrades
) -> None:
    """Nothing else is bound to one call."""
    ordinary = await rooms.citizens.verified()
    assert await rooms.claims.confirm(CALL, SANNE, ordinary.spoken) == Wrong()
    found = await rooms.sessions.find(ordinary.ticket)
    assert citizen_view(found.session, found.now, found.code, found.extra, found.spoken).spoken is None


@pytest.mark.req("S3")
async def test_three_wrong_ones_and_the_agent_must_ask_anew(rooms: Rooms, upgrades: Upgrades) -> None:
    """Even the right one is not taken then."""
    await upgrades.ask(SANNE, CALL, "verhuizing")
    citizen = await rooms.citizens.verified(bound=CALL)
    for _ in range(SPOKEN_TRIES):
        wrong = Secret(draw(SPOKEN_LENGTH, secrets.randbelow))
        assert await rooms.claims.confirm(CALL, SANNE, wrong) == Wrong()
    assert await rooms.claims.confirm(CALL, SANNE, citizen.spoken) == Spent()
    await upgrades.ask(SANNE, CALL, "verhuizing")
    assert isinstance(await rooms.claims.confirm(CALL, SANNE, citizen.spoken), Claimed)


@pytest.mark.req("S3")
async def test_wrong_ones_are_charged_to_the_common_budget(
    rooms: Rooms, upgrades: Upgrades, store: Store, macs: Macs
) -> None:
    """Once it is spent, only a keyed code with its extra digits will do."""
    few = Claims(store, macs, Budget(everybody=1))
    citizen = await rooms.citizens.verified(bound=CALL)
    assert await few.confirm(CALL, SANNE, Secret(draw(SPOKEN_LENGTH, secrets.randbelow))) == Wrong()
    assert await few.confirm(CALL, SANNE, citizen.spoken) == ExtraNeeded()
    assert await few.join(CALL, citizen.code, None, "") == ExtraNeeded()
    assert isinstance(await few.join(CALL, citizen.code, citizen.extra, ""), Claimed)


async def test_a_new_code_brings_new_digits_to_read_out(rooms: Rooms, upgrades: Upgrades) -> None:
    """The old ones stop working in the same step; and so they do when the citizen stops."""
    citizen = await rooms.citizens.verified(bound=CALL)
    await rooms.sessions.issue(citizen.session)
    assert await rooms.claims.confirm(CALL, SANNE, citizen.spoken) == Wrong()
    fresh = (await rooms.sessions.find(citizen.ticket)).spoken
    assert fresh is not None
    await rooms.sessions.cancel(citizen.session)
    assert await rooms.claims.confirm(CALL, SANNE, fresh) == Wrong()
    assert await rooms.store.redis.keys("idb:code:*") == []


# How far it is.


async def test_the_agent_sees_how_far_it_is(rooms: Rooms, upgrades: Upgrades) -> None:
    """Asked, logged in, keying, failed."""
    number = await upgrades.ask(SANNE, CALL, "verhuizing")
    await rooms.citizens.pending(bound=CALL)
    assert await seen(rooms) == Upgrade(Step.ASKED, "verhuizing", number)
    await rooms.citizens.verified(bound=CALL)
    assert await seen(rooms) == Upgrade(Step.READY, "verhuizing", number)
    for mark, step in ((Mark.KEYING, Step.KEYING), (Mark.FAILED, Step.FAILED)):
        assert await upgrades.mark(CALL, mark)
        assert await seen(rooms) == Upgrade(step, "verhuizing", number)
    await upgrades.ask(SANNE, CALL, "verhuizing")
    assert (await seen(rooms) or number).step is Step.ASKED


async def test_nothing_is_asked_while_the_caller_keys(rooms: Rooms, upgrades: Upgrades) -> None:
    """Its words would come into the code's way."""
    await upgrades.mark(CALL, Mark.KEYING)
    with pytest.raises(IllegalMoveError):
        await upgrades.ask(SANNE, CALL, "afval")


async def test_a_mark_that_is_not_renewed_is_over(rooms: Rooms, upgrades: Upgrades) -> None:
    """The server that made it died."""
    await upgrades.mark(CALL, Mark.KEYING)
    await rooms.store.redis.hincrby(rooms.store.keys.call(CALL), "step_at", -6000)
    assert await seen(rooms) == Upgrade(Step.FAILED, "", "")
    await upgrades.ask(SANNE, CALL, "afval")


async def test_what_is_identified_or_unknown_has_no_steps(rooms: Rooms, upgrades: Upgrades) -> None:
    """A caller who keys *5 once more is told at once."""
    citizen = await rooms.citizens.verified()
    await rooms.claims.join(CALL, citizen.code, None, "")
    assert not await upgrades.mark(CALL, Mark.KEYING)
    await rooms.calls.ended(CALL.uniqueid)
    assert not await upgrades.mark(CALL, Mark.KEYING)
    assert not await rooms.store.redis.exists(rooms.store.keys.call(CALL))
