"""Hashing of passwords: argon2id (RFC 9106), in threads, a few at a time.

Knows no names. A check that has no hash to compare with costs the same time, so that an unknown name does not
answer sooner than a known one.
"""

from __future__ import annotations

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ivr.errors import InputError, TooOftenError

AT_ONCE: Final = 2
"""Hashes at one time in this process: each takes 64 MiB and a good part of a core."""
MAX_WAITING: Final = 32
WAIT_SECONDS: Final = 5
"""Told to whoever comes when so many are waiting."""
MIN_PASSWORD: Final = 12
MAX_PASSWORD: Final = 256


class Passwords:
    """Makes and checks hashes. Without arguments: RFC 9106's second recommended parameters (64 MiB)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._waiting = 0

    def hash(self, password: str) -> str:
        """Return the hash of a new password; raise InputError when it is too short or too long. Blocks."""
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise InputError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
        return self._hasher.hash(_normal(password))

    async def check(self, kept: str | None, password: str) -> bool:
        """Tell whether the password belongs to the hash; raise TooOftenError when too many are waiting."""
        if self._waiting >= MAX_WAITING:
            raise TooOftenError("too many passwords are being checked", seconds=WAIT_SECONDS)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, self._check, kept, password[: MAX_PASSWORD + 1]
            )
        finally:
            self._waiting -= 1

    async def renewed(self, kept: str, password: str) -> str | None:
        """Return a new hash of a password that was right, if the old one's parameters are not today's."""
        if not self._hasher.check_needs_rehash(kept):
            return None
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._hasher.hash, _normal(password)
        )

    def close(self) -> None:
        """End the threads once they are idle."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    @cached_property
    def _nobody(self) -> str:
        """The hash that is checked when there is none."""
        return self._hasher.hash("nobody's")

    def _check(self, kept: str | None, password: str) -> bool:
        nobody = self._nobody  # whoever comes first pays for it, known or not
        try:
            self._hasher.verify(kept or nobody, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


def _normal(password: str) -> str:
    """The same letters as the same bytes, whatever keyboard they came from (RFC 8265 §4.2)."""
    return unicodedata.normalize("NFC", password)
