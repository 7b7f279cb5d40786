"""web.agent.passwords: hashes in threads, a few at a time, at the same cost for nobody as for somebody."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher, extract_parameters

from ivr.errors import InputError, TooOftenError
from web.agent.passwords import AT_ONCE, MAX_PASSWORD, MAX_WAITING, MIN_PASSWORD, Passwords

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD = "correct horse battery"


class Counter(PasswordHasher):
    """A cheap hasher that counts, and holds every check until it is let go."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.checked: list[str] = []
        self.go = threading.Event()
        self.inside = threading.Semaphore(0)

    def verify(self, kept: str, password: str) -> bool:
        """Check a password, once it may."""
        self.checked.append(kept)
        self.inside.release()
        assert self.go.wait(10)
        return super().verify(kept, password)


@pytest.fixture
def counter() -> Iterator[Counter]:
    """Let go at the end, whatever happens."""
    counter = Counter()
    yield counter
    counter.go.set()


async def test_the_right_password_is_right(passwords: Passwords) -> None:
    """And only that one."""
    kept = passwords.hash(GOOD)
    assert await passwords.check(kept, GOOD)
    for wrong in ("", "x", GOOD + "x", GOOD.upper(), GOOD * 100):
        assert not await passwords.check(kept, wrong)


async def test_nobody_has_no_password(passwords: Passwords) -> None:
    """Not even the one that is used to spend the same time."""
    assert not await passwords.check(None, GOOD)
    assert not await passwords.check(None, "nobody's")


async def test_a_name_that_is_unknown_costs_the_same_work(counter: Counter) -> None:
    """One check, against a hash of the same parameters."""
    counter.go.set()
    passwords = Passwords(counter)
    known = passwords.hash(GOOD)
    await passwords.check(known, "wrong")
    await passwords.check(None, "wrong")
    one, other = (extract_parameters(kept) for kept in counter.checked)
    assert one == other


async def test_letters_are_the_same_from_every_keyboard(passwords: Passwords) -> None:
    """An é is an é, composed or not."""
    assert await passwords.check(passwords.hash("caf\u00e9 en thee!"), "cafe\u0301 en thee!")


@pytest.mark.parametrize("length", [0, MIN_PASSWORD - 1, MAX_PASSWORD + 1])
def test_a_password_has_a_length(passwords: Passwords, length: int) -> None:
    """Too short and too long are refused, and the error does not quote it."""
    with pytest.raises(InputError, match=f"{MIN_PASSWORD} to {MAX_PASSWORD}") as error:
        passwords.hash("q" * length)
    assert "qq" not in str(error.value)


async def test_a_hash_that_is_none_opens_nothing(passwords: Passwords) -> None:
    """A damaged file is not a way in."""
    assert not await passwords.check("$argon2id$nonsense", GOOD)


@pytest.mark.req("S3")
async def test_few_hash_at_a_time_and_few_wait(counter: Counter) -> None:
    """Memory and cores are bounded, however many log in at once."""
    passwords = Passwords(counter)
    kept = passwords.hash(GOOD)
    async with asyncio.TaskGroup() as group:
        checks = [group.create_task(passwords.check(kept, GOOD)) for _ in range(MAX_WAITING)]
        for _ in range(AT_ONCE):
            assert await asyncio.to_thread(counter.inside.acquire, timeout=10)
        with pytest.raises(TooOftenError) as error:
            await passwords.check(kept, GOOD)
        assert len(counter.checked) == AT_ONCE
        counter.go.set()
    assert all(check.result() for check in checks)
    assert error.value.seconds > 0


async def test_an_old_hash_is_renewed(passwords: Passwords) -> None:
    """With today's parameters; one of today stays."""
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(GOOD)
    renewed = await passwords.renewed(old, GOOD)
    assert renewed is not None
    assert await passwords.check(renewed, GOOD)
    assert await passwords.renewed(renewed, GOOD) is None


def test_the_usual_parameters_are_those_of_the_rfc() -> None:
    """RFC 9106 §4, second recommended: 64 MiB, three passes."""
    parameters = extract_parameters(Passwords().hash(GOOD))
    assert (parameters.memory_cost, parameters.time_cost, parameters.type.name) == (65536, 3, "ID")
