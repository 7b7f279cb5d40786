"""web.agent.second: a code is right for its time, its account, and once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from ivr.errors import NotFoundError
from ivr.session.attributes import Secret
from ivr.store.notes import Notes
from ivr.store.once import Once
from ivr.store.sealing import KeySet, Sealer
from tests.lab.agents import JOOST, SANNE
from tests.lab.rooms import rotated
from web.agent import second
from web.agent.second import HALF_SECONDS, KIND, STEP_SECONDS, Seal, SecondFactor, code_at, seal, seal_of

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.client import Store
    from ivr.store.sealing import Macs
    from web.agent.account_record import Record
    from web.agent.accounts import Accounts

pytestmark = pytest.mark.req("A1", "S3", "S4")

NOW = 1_700_000_010.0
"""Ten seconds into a step."""
SECRET = Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")


class Desk:
    """A second factor at a moment of a test's choosing."""

    def __init__(self, store: Store, macs: Macs, keys: KeySet, *, required: bool = False) -> None:
        self.now = NOW
        sealer = Sealer(keys)
        notes = Notes(store, sealer, macs, kind=KIND, seconds=HALF_SECONDS)
        spend = Once(store).spend
        self.factor = SecondFactor(sealer, notes, spend, required=required, now=lambda: self.now)

    async def takes(self, record: Record, code: str) -> bool:
        """Whether a code is right now."""
        return await self.factor.is_right(record, code)


@pytest.fixture
def desk(store: Store, macs: Macs, seal_keys: KeySet) -> Desk:
    """As it is now."""
    return Desk(store, macs, seal_keys)


@pytest.fixture
def sanne(accounts: Accounts, seal_keys: KeySet) -> Record:
    """Sanne, with a second factor."""
    accounts.change(SANNE, totp=seal(Sealer(seal_keys), SANNE, SECRET))
    record = accounts.record(SANNE)
    assert record is not None
    return record


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, shortened to six digits: what every app shows."""
    vectors = {59: "287082", 1111111109: "081804", 1111111111: "050471", 20000000000: "353130"}
    secret = Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    assert {moment: code_at(secret, moment) for moment in vectors} == vectors


@pytest.mark.parametrize(("off", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_code_is_right_for_its_time(desk: Desk, sanne: Record, off: int, right: bool) -> None:
    """The step that is, and one on either side."""
    assert await desk.takes(sanne, code_at(SECRET, NOW + off * STEP_SECONDS)) is right


async def test_a_code_is_right_once(desk: Desk, sanne: Record) -> None:
    """As long as it would do, however many bring it at once; the next one is another."""
    code = code_at(SECRET, NOW)
    taken = await asyncio.gather(*(desk.takes(sanne, code) for _ in range(5)))
    assert sorted(taken) == [False] * 4 + [True]
    for later in (0, STEP_SECONDS, 2 * STEP_SECONDS):
        desk.now = NOW + later
        assert not await desk.takes(sanne, code)
    assert await desk.takes(sanne, code_at(SECRET, desk.now))


async def test_a_code_that_was_used_is_remembered_for_as_long_as_it_would_do(
    desk: Desk, sanne: Record, store: Store
) -> None:
    """And not for ever: a step comes no second time."""
    await desk.takes(sanne, code_at(SECRET, NOW + STEP_SECONDS))
    (key,) = await store.redis.keys("idb:once:totp.*")
    assert 2 * STEP_SECONDS < await store.redis.ttl(key) <= second.USED_SECONDS


async def test_a_code_may_be_typed_as_it_is_shown(desk: Desk, sanne: Record) -> None:
    """In two groups."""
    code = code_at(SECRET, NOW)
    assert await desk.takes(sanne, f" {code[:3]} {code[3:]} ")


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 34", "-12345", "1" * 99, "\x00"]
)
async def test_what_is_no_code_is_not_right(desk: Desk, sanne: Record, code: str) -> None:
    """Whatever was typed."""
    assert not await desk.takes(sanne, code)


async def test_who_has_no_second_factor_has_no_code(desk: Desk, accounts: Accounts) -> None:
    """None is right."""
    record = accounts.record(SANNE)
    assert record is not None
    assert not await desk.takes(record, code_at(SECRET, NOW))


@pytest.mark.req("S1")
async def test_a_secret_that_is_moved_to_another_account_does_not_open(
    desk: Desk, sanne: Record, accounts: Accounts, seal_keys: KeySet
) -> None:
    """Nor one under keys of another; the file holds none in the clear."""
    moved = accounts.record(JOOST)
    assert moved is not None
    assert not await desk.takes(moved.model_copy(update={"totp": sanne.totp}), code_at(SECRET, NOW))
    strange = seal(Sealer(KeySet.draw()), SANNE, SECRET)
    assert not await desk.takes(sanne.model_copy(update={"totp": strange}), code_at(SECRET, NOW))
    assert SECRET.reveal() not in sanne.model_dump_json()
    assert seal_of(Sealer(seal_keys), moved) is Seal.NONE


async def test_a_new_key_seals_anew(
    store: Store, macs: Macs, sanne: Record, seal_keys: KeySet, tmp_path: Path
) -> None:
    """What is under an older key is right as well, until that key is gone."""
    newer = rotated(seal_keys, tmp_path)
    desk = Desk(store, macs, newer)
    assert seal_of(Sealer(newer), sanne) is Seal.OLD
    assert await desk.takes(sanne, code_at(SECRET, NOW))
    renewed = desk.factor.renewed(sanne)
    assert renewed is not None
    after = sanne.model_copy(update={"totp": renewed})
    assert seal_of(Sealer(newer), after) is Seal.NEWEST
    assert desk.factor.renewed(after) is None
    assert seal_of(Sealer(KeySet.draw()), after) is Seal.LOST
    desk.now += STEP_SECONDS
    assert await desk.takes(after, code_at(SECRET, desk.now))


async def test_it_is_asked_of_who_has_it_or_of_all(
    store: Store, macs: Macs, seal_keys: KeySet, accounts: Accounts, sanne: Record
) -> None:
    """Of all: also of a name that there is none of."""
    optional, required = (
        Desk(store, macs, seal_keys, required=demanded).factor for demanded in (False, True)
    )
    asked = [sanne, accounts.record(JOOST), None]
    assert [optional.is_asked_of(record) for record in asked] == [True, False, False]
    assert all(required.is_asked_of(record) for record in asked)


@pytest.mark.req("S1")
async def test_half_a_login_is_taken_once_and_cannot_be_read(
    desk: Desk, accounts: Accounts, store: Store
) -> None:
    """What is in the store says neither whose it is nor whether the password was right."""
    kept = []
    for person in (accounts.find(SANNE), None):
        token = await desk.factor.begin(SANNE, person)
        (key,) = await store.redis.keys("idb:note:*")
        kept.append(await store.redis.get(key))
        assert 0 < await store.redis.ttl(key) <= HALF_SECONDS
        half = await desk.factor.take(token)
        assert (half.name, half.account) == (SANNE, person.account if person else "")
        with pytest.raises(NotFoundError):
            await desk.factor.take(token)
    assert not [text for text in kept if b"sanne" in text]


def test_an_app_reads_what_it_needs() -> None:
    """The secret, the name, and whose it is; nothing shows it by accident."""
    made = second.draw()
    told = second.address(made, "anna", "Gemeente Voorbeeld & co")
    assert repr(made) == repr(told) == "…"
    assert len(made.reveal()) == 32
    assert made != second.draw()
    assert told.reveal().startswith("otpauth://totp/Gemeente%20Voorbeeld%20%26%20co:anna?")
    for part in (f"secret={made.reveal()}", "digits=6", "period=30", "algorithm=SHA1"):
        assert part in told.reveal()


def test_the_library_makes_the_codes() -> None:
    """Ours are its: nothing of crypto is our own."""
    totp = TOTP(b"12345678901234567890", 6, SHA1(), 30)  # noqa: S303 - as the standard has it
    assert totp.generate(59) == b"287082"
