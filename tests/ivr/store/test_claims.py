"""A code resolves at most once, and tells nothing to those who guess."""

from __future__ import annotations

import asyncio
import secrets
import sys
from asyncio.subprocess import PIPE
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.errors import StoreError
from ivr.session.attributes import Secret
from ivr.session.code import draw
from ivr.session.model import Call, Identification
from ivr.store import client
from ivr.store.budget import Budget
from ivr.store.claims import Claimed, Claims, ExtraNeeded, Shut, Wrong
from ivr.store.client import Store
from ivr.store.keyspace import ALIVE, CALLER_BUDGET, CallId, Keyspace
from ivr.store.sealing import KeySet, Macs, Sealer
from ivr.store.sessions import Sessions
from ivr.store.upgrades import Upgrades
from tests.lab.citizens import Citizens
from tests.lab.contents import snapshot
from tests.lab.guard import end, spawn
from tests.lab.rooms import CALL, NUMBER, OTHER_CALL, SANNE, TOM, Rooms, rooms_on, rotated, shown
from tests.lab.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.lab.citizens import Citizen

TOP = Path(__file__).parents[3]
PAIRS = 1000
RACERS = ("one", "two")
BOUND_SECONDS = 60.0
OTHER_NUMBER = "0201234567"
FEW = Budget(everybody=2, caller=1_000_000)


def unknown_code() -> Secret:
    """A well-formed code that was never issued."""
    return Secret(draw(11, secrets.randbelow))


@pytest.fixture
def strict(store: Store, code_keys: KeySet, macs: Macs) -> Claims:
    """Claims that ask for the extra digits after two wrong codes, from whomever."""
    return Claims(store, macs, FEW)


@pytest.mark.req("P8")
async def test_a_code_of_a_closed_subject_is_left_as_it_is(rooms: Rooms) -> None:
    """Nothing in the store is different after it; open again, the same code works."""
    citizen = await rooms.citizens.verified()
    before = await snapshot(rooms.store.redis)
    answer = await rooms.claims.claim(CALL, citizen.code, None, NUMBER, ["afval", "verhuizing"])
    assert answer == Shut("nl")
    assert await snapshot(rooms.store.redis) == before
    for closed in (["afval"], ["huizing"], []):
        other = await rooms.citizens.verified()
        call = replace(CALL, uniqueid=f"{len(closed)}.{closed}")
        assert isinstance(await rooms.claims.claim(call, other.code, None, NUMBER, closed), Claimed)
    await rooms.claim(citizen)


@pytest.mark.req("P5", "P8")
async def test_a_wrong_code_sounds_the_same_when_all_is_closed(rooms: Rooms, strict: Claims) -> None:
    """It is counted, and asked for the extra digits after too many."""
    closed = ["afval", "verhuizing"]
    citizen = await rooms.citizens.verified()
    for _ in range(FEW.everybody):
        assert await strict.claim(CALL, unknown_code(), None, NUMBER, closed) == Wrong()
    assert await strict.claim(CALL, citizen.code, None, NUMBER, closed) == ExtraNeeded()
    assert await strict.claim(CALL, citizen.code, citizen.extra, NUMBER, closed) == Shut("nl")


@pytest.mark.req("P1")
async def test_a_right_code_is_answered_with_its_session(rooms: Rooms) -> None:
    """Session, purpose and language; from then on the session is bound to this call."""
    citizen = await rooms.citizens.verified()
    answer = await rooms.claims.claim(CALL, citizen.code, None, NUMBER)
    assert answer == Claimed(citizen.session, "verhuizing", "nl")
    session = (await rooms.sessions.find(citizen.ticket)).session
    assert (session.call, session.identification) == (Call.CLAIMED, Identification.VERIFIED)


@pytest.mark.req("P5")
async def test_a_code_works_once(rooms: Rooms) -> None:
    """Neither the same call nor another gets it a second time."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen)
    for call in (CALL, OTHER_CALL):
        assert await rooms.claims.claim(call, citizen.code, None, "") == Wrong()


@pytest.mark.req("P5", "O6")
async def test_a_thousand_codes_claimed_by_two_processes_resolve_once_each(
    valkey: Valkey, store: Store, citizens: Citizens, code_keys: KeySet, tmp_path: Path
) -> None:
    """Two processes race for each of 1,000 codes: exactly one of them gets each session."""
    key_file = tmp_path / "code.keys"
    key_file.write_text(code_keys.to_text())
    made = [await citizens.pending() for _ in range(PAIRS)]
    racers = [
        await spawn(
            *(sys.executable, "-m", "tests.lab.claimer", valkey.url, str(key_file), name),
            stdin=PIPE,
            stdout=PIPE,
            cwd=TOP,
        )
        for name in RACERS
    ]
    codes = "".join(f"{citizen.code.reveal()}\n" for citizen in made)
    try:
        async with asyncio.timeout(BOUND_SECONDS):
            for racer in racers:
                racer.stdin.write(f"{codes}\n".encode())
                assert await racer.stdout.readline() == b"ready\n"
            for number in range(PAIRS):  # each of them hears it first half the time
                for name in RACERS if number % 2 else RACERS[::-1]:
                    await store.redis.publish(name, number)
            told = await asyncio.gather(*(racer.communicate() for racer in racers))
    finally:
        for racer in racers:
            await end(racer, at_once=True)
    one, two = (text.decode().removesuffix("\n").split("\n") for text, _ in told)
    got = [tuple(filter(None, pair)) for pair in zip(one, two, strict=True)]
    assert got == [(citizen.session,) for citizen in made]


@pytest.mark.req("P5")
async def test_wrong_used_and_expired_codes_are_the_same(rooms: Rooms) -> None:
    """In the answer, and in what the store does for it: the very same commands, equally often."""
    used, expired, cancelled = [await rooms.citizens.verified() for _ in range(3)]
    await rooms.claim(used)
    await rooms.store.redis.delete(rooms.store.keys.code(await code_mac(rooms, expired)))  # as its time does
    await rooms.sessions.cancel(cancelled.session)
    codes = [unknown_code(), used.code, expired.code, cancelled.code]
    work = [await work_for(rooms, code) for code in codes]
    assert work == [work[0]] * len(codes)
    assert work[0]["zadd"] == 1


async def code_mac(rooms: Rooms, citizen: Citizen) -> str:
    """Under which name the citizen's code is kept."""
    mac = await rooms.store.redis.hget(rooms.store.keys.session(citizen.session), "code")
    return mac.decode()


async def work_for(rooms: Rooms, code: Secret) -> dict[str, int]:
    """Which commands the store runs for one claim that is answered with Wrong, and how often."""
    await rooms.store.redis.config_resetstat()
    assert await rooms.claims.claim(OTHER_CALL, code, None, "") == Wrong()
    stats = await rooms.store.redis.info("commandstats")
    return {
        name.removeprefix("cmdstat_"): stat["calls"]
        for name, stat in stats.items()
        if name not in {"cmdstat_info", "cmdstat_config|resetstat"}
    }


@pytest.mark.req("S3")
async def test_a_spent_budget_asks_the_extra_of_every_code_alike(rooms: Rooms, strict: Claims) -> None:
    """Known or not, right or used: the question says nothing of the code, and changes nothing."""
    citizen = await rooms.citizens.verified()
    for _ in range(FEW.everybody):
        assert await strict.claim(CALL, unknown_code(), None, "") == Wrong()
    before = await snapshot(rooms.store.redis)
    for code in (unknown_code(), citizen.code):
        assert await strict.claim(CALL, code, None, "") == ExtraNeeded()
    assert await snapshot(rooms.store.redis) == before


@pytest.mark.req("S3")
async def test_the_right_extra_digits_open_what_wrong_ones_do_not(rooms: Rooms, strict: Claims) -> None:
    """A wrong extra is a wrong code, but consumes nothing: step up, not lock out."""
    citizen = await rooms.citizens.verified()
    for _ in range(FEW.everybody):
        await strict.claim(CALL, unknown_code(), None, "")
    wrong = Secret(f"{(int(citizen.extra.reveal()) + 1) % 10_000:04d}")
    for extra in (wrong, Secret(""), Secret("-"), Secret("123"), Secret("12345")):
        assert await strict.claim(CALL, citizen.code, extra, "") == Wrong()
    assert isinstance(await strict.claim(CALL, citizen.code, citizen.extra, ""), Claimed)


@pytest.mark.req("S3")
async def test_extra_digits_of_another_session_are_wrong(rooms: Rooms, strict: Claims) -> None:
    """They belong to one code."""
    citizen, other = await rooms.citizens.verified(), await rooms.citizens.verified()
    for _ in range(FEW.everybody):
        await strict.claim(CALL, unknown_code(), None, "")
    if citizen.extra != other.extra:
        assert await strict.claim(CALL, citizen.code, other.extra, "") == Wrong()
    assert isinstance(await strict.claim(CALL, other.code, other.extra, ""), Claimed)


async def test_extra_digits_that_were_not_asked_do_no_harm(rooms: Rooms) -> None:
    """The window may have slid on between the question and the answer."""
    citizen = await rooms.citizens.verified()
    assert isinstance(await rooms.claims.claim(CALL, citizen.code, Secret("0000"), ""), Claimed)


@pytest.mark.req("S3")
async def test_a_number_that_guesses_is_asked_more_and_others_are_not(rooms: Rooms) -> None:
    """Three wrong codes from one number ask the extra digits of that number alone."""
    citizen, other = await rooms.citizens.verified(), await rooms.citizens.verified()
    for _ in range(CALLER_BUDGET):
        assert await rooms.claims.claim(CALL, unknown_code(), None, NUMBER) == Wrong()
    assert await rooms.claims.claim(CALL, citizen.code, None, NUMBER) == ExtraNeeded()
    assert isinstance(await rooms.claims.claim(OTHER_CALL, other.code, None, OTHER_NUMBER), Claimed)
    assert isinstance(await rooms.claims.claim(CALL, citizen.code, citizen.extra, NUMBER), Claimed)


async def test_a_right_code_clears_its_number(rooms: Rooms) -> None:
    """Who mistook a code and then keyed the right one starts again with three."""
    citizen = await rooms.citizens.verified()
    for _ in range(CALLER_BUDGET - 1):
        await rooms.claims.claim(CALL, unknown_code(), None, NUMBER)
    await rooms.claim(citizen)
    for _ in range(CALLER_BUDGET):
        assert await rooms.claims.claim(OTHER_CALL, unknown_code(), None, NUMBER) == Wrong()


@pytest.mark.req("S3")
async def test_a_withheld_number_counts_for_all_only(rooms: Rooms) -> None:
    """Withholders are not one caller: they do not make each other key more."""
    for _ in range(CALLER_BUDGET + 1):
        assert await rooms.claims.claim(CALL, unknown_code(), None, "") == Wrong()
    assert await rooms.store.redis.zcard("idb:budget:all") == CALLER_BUDGET + 1
    assert not await rooms.store.redis.keys("idb:budget:caller:*")


async def test_old_guesses_are_forgotten(rooms: Rooms, strict: Claims) -> None:
    """The window slides: what is older than an hour does not count."""
    for _ in range(FEW.everybody):
        await strict.claim(CALL, unknown_code(), None, "")
    assert await strict.claim(CALL, unknown_code(), None, "") == ExtraNeeded()
    for guess in await rooms.store.redis.zrange("idb:budget:all", 0, -1):
        await rooms.store.redis.zincrby("idb:budget:all", -FEW.everybody_window, guess)
    assert await strict.claim(CALL, unknown_code(), None, "") == Wrong()


@pytest.mark.req("S7")
async def test_counting_takes_no_more_room_than_it_needs(rooms: Rooms, strict: Claims) -> None:
    """A flood of wrong codes does not fill the store."""
    for _ in range(20):
        await strict.claim(CALL, unknown_code(), Secret("0000"), NUMBER)
    assert await rooms.store.redis.zcard("idb:budget:all") == FEW.everybody


async def test_one_call_holds_one_session(rooms: Rooms) -> None:
    """A second right code in the same call is refused, and stays good for its own call."""
    first, second = await rooms.citizens.verified(), await rooms.citizens.verified()
    await rooms.claim(first)
    assert await rooms.claims.claim(CALL, second.code, None, "") == Wrong()
    await rooms.claim(second, OTHER_CALL)


async def test_a_caller_who_queued_before_may_still_claim(rooms: Rooms) -> None:
    """A call that came back from the queue without a session gets one, and its record goes on."""
    await rooms.calls.queued(CALL.uniqueid, "q")
    version = int(await rooms.store.redis.hget(rooms.store.keys.call(CALL), "version"))
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen)
    assert int(await rooms.store.redis.hget(rooms.store.keys.call(CALL), "version")) == version + 1
    assert (await rooms.answer()).session == citizen.session


@pytest.mark.req("S2")
async def test_after_a_claim_all_lives_as_long_as_its_call_only(rooms: Rooms) -> None:
    """The seal's time is the call's from then on, and the code is gone."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen)
    redis, keys = rooms.store.redis, rooms.store.keys
    for key in (keys.sealed(citizen.session), keys.call(CALL)):
        assert 0 < await redis.pttl(key) <= ALIVE * 1000
    assert not await redis.keys("idb:code:*")
    assert not await redis.hexists(keys.session(citizen.session), "code_sealed")


async def test_codes_outlive_a_rotation_of_keys(rooms: Rooms, code_keys: KeySet, tmp_path: Path) -> None:
    """A code of before the rotation is claimed after it, with its extra digits too."""
    keys = rotated(code_keys, tmp_path)
    claims = Claims(rooms.store, Macs(keys, "code"), replace(FEW, everybody=1))
    citizen = await rooms.citizens.verified()
    assert await claims.claim(CALL, unknown_code(), None, "") == Wrong()
    assert await claims.claim(CALL, citizen.code, citizen.extra, NUMBER) == Claimed(
        citizen.session, "verhuizing", "nl"
    )


@pytest.mark.req("P3")
async def test_a_code_that_two_keys_gave_out_is_nobodys(
    rooms: Rooms, code_keys: KeySet, seal_keys: KeySet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawn twice while processes rotated: it cannot be told whose it is, so neither is shown."""
    both = rotated(code_keys, tmp_path)
    new_file = tmp_path / "new.keys"
    new_file.write_text(both.to_text().splitlines()[0])
    new = KeySet.read(new_file)
    monkeypatch.setattr(secrets, "randbelow", lambda _: 5)
    older = await rooms.citizens.pending()
    newer = await Citizens(
        Sessions(rooms.store, Sealer(seal_keys), Sealer(new), Macs(new, "code"), length=11, life=60)
    ).pending()
    assert older.code == newer.code
    claims = Claims(rooms.store, Macs(both, "code"))
    assert await claims.claim(CALL, older.code, None, "") == Wrong()


async def test_nonsense_from_the_store_is_a_store_error(
    rooms: Rooms, code_keys: KeySet, macs: Macs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that our script never gives is not taken for one."""

    async def nonsense(*_: object) -> tuple[object, bool]:
        return [b"claimed", b"only"], True

    monkeypatch.setattr(rooms.store, "run_durably", nonsense)
    with pytest.raises(StoreError, match="nonsense"):
        await rooms.claims.claim(CALL, unknown_code(), None, "")


@pytest.fixture
async def pair(tmp_path: Path, unused_tcp_port: int) -> AsyncIterator[tuple[Store, Valkey]]:
    """A store that must be confirmed by its one replica, which is in step, and that replica."""
    primary, copy = tmp_path / "primary", tmp_path / "copy"
    primary.mkdir()
    copy.mkdir()
    port = str(unused_tcp_port)
    with (
        Valkey(primary, "--bind", "127.0.0.1", "--port", port, "--repl-diskless-sync-delay", "0") as first,
        Valkey(copy, "--replicaof", "127.0.0.1", port) as replica,
    ):
        store = Store(first.url, Keyspace(), replicas=1)
        await store.redis.set("in step", "?", px=60_000)
        async with asyncio.timeout(BOUND_SECONDS):
            while not await store.redis.wait(1, 500):
                pass  # each turn waits in the store
        yield store, replica
        await store.close()


@pytest.mark.req("P5", "O3")
async def test_a_claim_counts_only_when_the_replica_has_it(
    pair: tuple[Store, Valkey], seal_keys: KeySet, code_keys: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the replica in step it does; with it frozen nobody is identified, on the phone nor on a screen."""
    store, replica = pair
    rooms = await rooms_on(store, seal_keys, code_keys)
    first, second = await rooms.citizens.verified(), await rooms.citizens.verified()
    with monkeypatch.context() as patient:  # a busy machine may take longer than a caller should wait
        patient.setattr(client, "REPLICA_MILLISECONDS", 900)
        await rooms.claim(first)
    assert shown(await rooms.answer())
    replica.pause()
    with pytest.raises(StoreError, match="replicas"):
        await rooms.claims.claim(OTHER_CALL, second.code, None, NUMBER)
    with pytest.raises(StoreError, match="replicas"):
        await rooms.claims.claim(OTHER_CALL, unknown_code(), None, NUMBER)
    on_line = await rooms.answer(TOM, OTHER_CALL)
    assert (on_line.session, on_line.view.identification, on_line.view.attributes) == ("", None, ())
    assert (await rooms.sessions.find(second.ticket)).session.call is Call.ENDED
    assert not await store.redis.exists(store.keys.sealed(second.session))
    replica.resume()


@pytest.fixture
async def alone(valkey: Valkey, macs: Macs) -> AsyncIterator[Claims]:
    """Claims on the store of the rooms, each of which is taken back: there is no replica to confirm it."""
    store = Store(valkey.url, Keyspace(), replicas=1)
    yield Claims(store, macs)
    await store.close()


@pytest.mark.req("P5", "P11")
async def test_a_call_whose_claim_is_taken_back_may_be_identified_after_all(
    rooms: Rooms, alone: Claims
) -> None:
    """It is an ordinary one again: its agent can ask anew, and another code works in it."""
    await rooms.answer()
    first, second = await rooms.citizens.verified(), await rooms.citizens.verified()
    with pytest.raises(StoreError, match="replicas"):
        await alone.join(CALL, first.code, None, "")
    on_line = await rooms.desk.look(SANNE)
    assert on_line is not None
    assert (on_line.session, on_line.view.attributes) == ("", ())
    await Upgrades(rooms.store).ask(SANNE, CALL, "verhuizing")
    await rooms.claims.join(CALL, second.code, None, "")
    assert (await rooms.answer(TOM)).session == second.session


async def test_a_caller_whose_claim_is_taken_back_may_key_another(rooms: Rooms, alone: Claims) -> None:
    """Before the queue, in the same call."""
    first, second = await rooms.citizens.verified(), await rooms.citizens.verified()
    with pytest.raises(StoreError, match="replicas"):
        await alone.claim(CALL, first.code, None, "")
    await rooms.claim(second)
    assert (await rooms.answer()).session == second.session


def test_calls_are_named_by_their_asterisk_too() -> None:
    """Uniqueids of two Asterisks may be the same."""
    assert str(CallId("a", "1.1")) != str(CallId("b", "1.1"))
