"""web.agent.journal: whole lines at the end of a file, or an error; never half a line."""

from __future__ import annotations

import asyncio
import os
import resource
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from ivr.errors import SettingsError, UnwrittenError
from web.agent import journal as module
from web.agent.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = b'{"name":"show-caller"}\n'
FULL = Path("/dev/full")
PIPE_BYTES = 1 << 20


@contextmanager
def _no_file_beyond(size: int) -> Iterator[None]:
    """As on a disk that is full there: what goes beyond is not written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _in(file: Path) -> bytes:
    return file.read_bytes()


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def _move(file: Path, to: Path) -> None:
    file.rename(to)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where it goes."""
    return tmp_path / "processing.log"


@pytest.fixture
def journal(file: Path) -> Iterator[Journal]:
    """What writes there."""
    journal = Journal(file)
    yield journal
    journal.close()


@pytest.mark.req("S6")
async def test_lines_come_one_after_another(journal: Journal, file: Path) -> None:
    """In a file that only its owner can read."""
    for _ in range(3):
        await journal.write(LINE)
    assert _in(file) == LINE * 3
    assert _mode(file) == 0o600


@pytest.mark.req("S6")
async def test_many_writers_do_not_mix(file: Path) -> None:
    """Several processes may write to one file."""
    journals = [Journal(file) for _ in range(4)]
    lines = [b"%d" % number * 500 + b"\n" for number in range(4)]
    await asyncio.gather(*(j.write(line) for j, line in zip(journals, lines, strict=True) for _ in range(25)))
    assert sorted(_in(file).splitlines(keepends=True)) == sorted(lines * 25)
    for one in journals:
        one.close()


async def test_a_file_that_is_moved_away_is_made_anew(journal: Journal, file: Path) -> None:
    """A rotation need not tell us."""
    await journal.write(LINE)
    moved = file.with_suffix(".1")
    _move(file, moved)
    await journal.write(LINE)
    assert _in(file) == _in(moved) == LINE


@pytest.mark.req("S6", "O6")
async def test_a_full_disk_is_an_error_told_once(journal: Journal) -> None:
    """With its reason, and once more when it is over; nothing of the line is in it."""
    full = Journal(FULL)
    with capture_logs() as lines:
        for _ in range(2):
            with pytest.raises(UnwrittenError, match="No space left"):
                await full.write(LINE)
        full._path = journal._path
        await full.write(LINE)
    full.close()
    assert [line["event"] for line in lines] == ["processing.unwritten", "processing.written"]
    assert "show-caller" not in repr(lines)


@pytest.mark.req("S6", "O6")
async def test_half_a_line_is_taken_back(journal: Journal, file: Path) -> None:
    """The disk was full in the middle of it: the next one stands on a line of its own."""
    await journal.write(LINE)
    with capture_logs(), _no_file_beyond(len(LINE) + 5), pytest.raises(UnwrittenError, match="No space left"):
        await journal.write(LINE)
    assert _in(file) == LINE
    await journal.write(LINE)
    assert _in(file) == LINE * 2


@pytest.mark.req("S6", "O6")
async def test_a_disk_that_hangs_is_an_error_for_all(
    journal: Journal, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop goes on, and so does writing when the disk is back."""
    monkeypatch.setattr(module, "WRITE_SECONDS", 0.05)
    back = threading.Event()
    opened = Journal._open

    def hanging(one: Journal) -> int:
        back.wait()
        return opened(one)

    monkeypatch.setattr(Journal, "_open", hanging)
    tried = await asyncio.gather(*(journal.write(LINE) for _ in range(3)), return_exceptions=True)
    assert [str(error) for error in tried] == ["the processing log: too slow"] * 3
    back.set()
    monkeypatch.setattr(module, "WRITE_SECONDS", 10.0)
    await journal.write(LINE)
    assert _in(file).count(LINE) in {1, 2}  # the one that hung may have come through after all


async def test_a_pipe_that_nobody_reads_is_an_error(tmp_path: Path) -> None:
    """Nobody there writes it down. A collector that is there gets whole lines."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    journal = Journal(pipe)
    with pytest.raises(UnwrittenError):
        await journal.write(LINE)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    await journal.write(LINE)
    assert os.read(reader, PIPE_BYTES) == LINE
    os.close(reader)
    journal.close()


async def test_a_dash_is_standard_output(tmp_path: Path) -> None:
    """Where a container's collector listens; our other lines are on standard error."""
    program = (
        "import asyncio, pathlib; from web.agent.journal import Journal; "
        f"journal = Journal(pathlib.Path('-')); journal.check(); asyncio.run(journal.write({LINE!r}))"
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program], capture_output=True, check=True
    )
    assert (done.stdout, done.stderr) == (LINE, b"")


@pytest.mark.req("O5", "S6")
@pytest.mark.parametrize("path", ["missing/processing.log", "."])
def test_a_place_that_cannot_be_is_told_at_start(path: str, tmp_path: Path) -> None:
    """With the setting's name."""
    with pytest.raises(SettingsError, match=r"processing\.file: .* cannot be written"):
        Journal(tmp_path / path).check()
