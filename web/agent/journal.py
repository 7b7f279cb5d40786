"""Where the processing log goes: to the end of a file, a pipe or standard output; a whole line or nothing.

Knows files and threads, not what a line says. The file is opened for each line, so that it may be rotated or
moved away at any moment without telling us. A line is written when the kernel has it: a process that is
killed loses none; a machine that loses its power may lose those of the last seconds.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from ivr.errors import SettingsError, UnwrittenError
from ivr.trouble import Trouble

MODE: Final = 0o600
STANDARD_OUTPUT: Final = Path("-")
WRITE_SECONDS: Final = 2.0
"""The longest that a disk may take for a line: what is not written by then is not shown either."""
_FLAGS: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
"""Not to wait for the other end of a pipe: nobody there is nobody who writes it down."""


class Journal:
    """Writes lines, one after another; any number of processes may write to one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, "journal")  # one: behind a disk that hangs, the others only wait
        self._trouble = Trouble("processing.unwritten", "processing.written")

    def check(self) -> None:
        """Raise SettingsError when nothing can be written there. Blocks."""
        try:
            os.close(self._open())
        except OSError as error:
            raise SettingsError(
                f"processing.file: {self._path} cannot be written ({error.strerror}). "
                "For example: a file in a folder of the user that runs this"
            ) from None

    async def write(self, line: bytes) -> None:
        """Write a line; raise UnwrittenError when it is not sure that it stands there."""
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                await asyncio.get_running_loop().run_in_executor(self._thread, self._append, line)
        except (OSError, TimeoutError) as error:
            lost = UnwrittenError(f"the processing log: {getattr(error, 'strerror', None) or 'too slow'}")
            self._trouble.tell(lost)
            raise lost from None
        self._trouble.over()

    def close(self) -> None:
        """Write no more; wait for nothing."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _open(self) -> int:
        if self._path == STANDARD_OUTPUT:
            return os.dup(sys.stdout.fileno())
        return os.open(self._path, _FLAGS, MODE)

    def _append(self, line: bytes) -> None:
        handle = self._open()
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)  # goes with the handle
            size = os.fstat(handle).st_size
            written = os.write(handle, line)
            if written != len(line):
                os.ftruncate(handle, size)  # half a line would spoil the next one
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(handle)
