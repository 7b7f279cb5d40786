"""The file that agents' accounts are in: read when it changed, checked, written whole under a lock.

Knows JSON, modes and locks. Does not know what a password is: it keeps hashes. One file, mode 0600::

    {"version": 1, "agents": [
      {"id": "9f…", "name": "sanne", "display_name": "Sanne de Wit",
       "member": {"asterisk": "pbx", "interface": "PJSIP/sanne"}, "password": "$argon2id$…"}]}
"""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from ivr.errors import SettingsError, TooSlowError
from ivr.settings.schema import AsteriskName

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES: Final = 8 << 20
MAX_AGENTS: Final = 10_000
LOCK_SECONDS: Final = 5.0
LOCK_RETRY_SECONDS: Final = 0.05
MODE: Final = 0o600
TOO_OPEN: Final = stat.S_IRWXO | stat.S_IWGRP
"""Others must not see hashes, nor a group write them; a group that reads is how secrets are mounted."""

AccountName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]
"""Small letters, digits, dot, dash, underscore."""
DisplayName = Annotated[str, StringConstraints(pattern=r"^\S(?:.{0,78}\S)?$")]
Interface = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+/[A-Za-z0-9][A-Za-z0-9/@._+-]{0,77}$")]
"""As in Asterisk's queue, for example ``PJSIP/sanne``."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class MemberRecord(_Strict):
    """A queue member, as it is written."""

    asterisk: AsteriskName
    interface: Interface


class Record(_Strict):
    """One account, as it is written."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    """Drawn with the account: one that is removed and made again is another account."""
    name: AccountName
    display_name: DisplayName
    member: MemberRecord
    password: Annotated[str, StringConstraints(pattern=r"^\$argon2id\$[ -~]{1,400}$")] = Field(repr=False)

    @model_validator(mode="after")
    def _printable(self) -> Self:
        if not self.display_name.isprintable():
            raise ValueError("display_name holds control characters")
        return self


class Contents(_Strict):
    """The whole file."""

    version: Literal[1] = 1
    agents: Annotated[tuple[Record, ...], Field(max_length=MAX_AGENTS)] = ()

    @model_validator(mode="after")
    def _apart(self) -> Self:
        names, phones = set(), set()
        for record in self.agents:
            # Asterisk compares queue members without regard to case (app_queue.c, member_cmp_fn).
            phone = (record.member.asterisk, record.member.interface.casefold())
            if record.name in names:
                raise ValueError(f"account {record.name} is there twice")
            if phone in phones:
                raise ValueError(
                    f"queue member {record.member.interface} of {record.member.asterisk} is another "
                    f"account's than {record.name}'s already: two people would see one call"
                )
            names.add(record.name)
            phones.add(phone)
        return self


class AccountFile:
    """The file. `read` is cheap when nothing changed; `write` replaces it in one step."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: object = None
        self._contents = Contents()

    def read(self) -> Contents:
        """Return what the file holds now; no file is no accounts. Raise SettingsError if it is not right."""
        try:
            with self.path.open("rb") as file:
                found = os.fstat(file.fileno())
                stamp = (found.st_mtime_ns, found.st_ino, found.st_size, found.st_mode)
                if stamp != self._stamp:
                    self._check(found)
                    self._contents, self._stamp = self._parse(file.read(MAX_BYTES)), stamp
        except FileNotFoundError:
            self._contents, self._stamp = Contents(), None
        except OSError as error:
            raise SettingsError(f"agents file {self.path} cannot be read: {error.strerror}") from None
        return self._contents

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody else write meanwhile; raise TooSlowError after `LOCK_SECONDS`.

        The lock is on the folder, so that no lock file lies about with an owner of its own. Blocks: not for
        the event loop.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._lock(folder)
            yield
        finally:
            os.close(folder)  # which unlocks

    def write(self, agents: tuple[Record, ...]) -> None:
        """Replace all accounts in one step, under the lock. Raise SettingsError if they clash."""
        text = Contents.model_construct(agents=agents).model_dump_json(indent=1).encode() + b"\n"
        self._parse(text)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                self._give_away(handle)
                file.write(text)
                file.flush()
                os.fsync(handle)
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _give_away(self, handle: int) -> None:
        """Written by root, the file goes to the owner of its folder: the web must be able to read it."""
        if os.geteuid() == 0:
            folder = self.path.parent.stat()
            os.fchown(handle, folder.st_uid, folder.st_gid)

    def _lock(self, folder: int) -> None:
        until = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                return fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise TooSlowError(f"agents file {self.path} is being written by another") from None
                time.sleep(LOCK_RETRY_SECONDS)

    def _check(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode) or found.st_size >= MAX_BYTES:
            raise SettingsError(f"agents file {self.path} is not a file of less than {MAX_BYTES} bytes")
        if found.st_mode & TOO_OPEN:
            raise SettingsError(
                f"agents file {self.path} has mode {stat.S_IMODE(found.st_mode):o}, which lets others in; "
                f"mend it with: chmod {MODE:o} {self.path}"
            )

    def _parse(self, text: bytes) -> Contents:
        try:
            return Contents.model_validate_json(text)
        except ValidationError as error:
            raise SettingsError(f"agents file {self.path}: {explain(error)}") from None


def explain(error: ValidationError) -> str:
    """Return the first fault: where it is and what is wrong, without the value itself."""
    fault = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    reason = fault["msg"].removeprefix("Value error, ")
    return f"{place}: {reason}" if place else reason
