"""The file that agents' accounts are in: read when it changed, checked, written whole under a lock.

Knows JSON, modes and locks; what stands in an account is `account_record`'s. One file, mode 0600::

    {"version": 2, "agents": [
      {"id": "9f…", "name": "sanne", "display_name": "Sanne de Wit", "roles": ["agent"],
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
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from ivr.errors import SettingsError, TooSlowError
from web.agent.account_record import Contents, explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.agent.account_record import Record

MAX_BYTES: Final = 8 << 20
LOCK_SECONDS: Final = 5.0
LOCK_RETRY_SECONDS: Final = 0.05
MODE: Final = 0o600
TOO_OPEN: Final = stat.S_IRWXO | stat.S_IWGRP
"""Others must not see hashes, nor a group write them; a group that reads is how secrets are mounted."""


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

        The lock is on the folder, so that no lock file lies about with an owner of its own; one that is not
        there is made, or else that is a SettingsError. Blocks: not for the event loop.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise SettingsError(
                f"agents.file: folder {self.path.parent} cannot be made: {error.strerror}"
            ) from None
        try:
            self._lock(folder)
            yield
        finally:
            os.close(folder)  # which unlocks

    def write(self, agents: tuple[Record, ...]) -> None:
        """Replace all accounts in one step, under the lock. Raise SettingsError if they clash."""
        contents = Contents.model_construct(agents=agents)
        text = contents.model_dump_json(indent=1, exclude_none=True).encode() + b"\n"
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
