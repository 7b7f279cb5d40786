"""Facts about the supervisor, with real processes that die, fall silent, will not end, or are orphaned."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from idbellen.embedded import SOCKET_LIMIT
from idbellen.up import parts
from ivr.errors import SettingsError
from tests.lab.supervised import gone, supervised

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.req("O6")

SILENT = 1.5
"""Seconds: thirty beats of a part that lives."""
UNREADY = 5.0
"""Seconds: a part that lives is ready by then, on a machine that is busy."""


async def test_parts_start_in_order_each_once_the_one_before_is_ready(tmp_path: Path) -> None:
    """A real store among them, which does not speak sd_notify."""
    async with supervised(tmp_path, "valkey:store", "lives:ivr", "lives:web") as up:
        await up.says("web is ready")
        assert up.lines == ["store is ready", "ivr is ready", "web is ready"]


async def test_a_part_that_ends_is_started_again_and_no_other(tmp_path: Path) -> None:
    """Killed from outside; what runs beside it does not notice."""
    async with supervised(tmp_path, "lives:ivr", "lives:web") as up:
        await up.says("web is ready")
        os.kill(up.pids("ivr")[0], signal.SIGKILL)
        assert await up.says("ivr ended") == "ivr ended with status -9; starting it again in 0.2 s"
        await up.says("ivr is ready")
        assert (len(up.pids("ivr")), len(up.pids("web"))) == (2, 1)


async def test_a_store_that_ends_is_ready_again_only_when_it_answers(tmp_path: Path) -> None:
    """The socket that the dead one left behind is no answer."""
    async with supervised(tmp_path, "valkey:store") as up:
        await up.says("store is ready")
        (pid,) = _children(up.process.pid)
        os.kill(pid, signal.SIGKILL)
        await up.says("store ended with status -9")
        assert (tmp_path / "valkey.sock").is_socket()
        await up.says("store is ready")
        assert _children(up.process.pid) != {pid}


def _children(pid: int) -> set[int]:
    path = f"/proc/{pid}/task/{pid}/children"
    with open(path) as file:  # noqa: PTH123 - of the kernel, not of a folder
        return {int(child) for child in file.read().split()}


@pytest.mark.req("P4")
async def test_a_silent_part_is_killed_and_started_again(tmp_path: Path) -> None:
    """Stopped: its sockets would hold callers for ever."""
    async with supervised(tmp_path, "lives:ivr", silent=SILENT) as up:
        await up.says("ivr is ready")
        os.kill(up.pids("ivr")[0], signal.SIGSTOP)
        assert "s and has been killed; starting it again" in await up.says("ivr was silent for ")
        await up.says("ivr is ready")
        assert len(up.pids("ivr")) == 2


async def test_a_part_that_is_slow_to_start_again_is_not_taken_for_silent(tmp_path: Path) -> None:
    """The patience with a start is the same the second time."""
    async with supervised(tmp_path, "slow:ivr", silent=SILENT) as up:
        await up.says("ivr is ready")
        os.kill(up.pids("ivr")[0], signal.SIGKILL)
        await up.says("ivr is ready")
        assert not [line for line in up.lines if "silent" in line]


async def test_a_part_that_is_never_ready_holds_the_others_for_a_while_only(tmp_path: Path) -> None:
    """It is killed and tried again; they go on."""
    async with supervised(tmp_path, "mute:ivr", "lives:web", ready=UNREADY) as up:
        await up.says("ivr was silent")
        await up.says("web is ready")
        await up.says("ivr was silent")


async def test_a_part_that_cannot_run_is_tried_ever_more_slowly(tmp_path: Path) -> None:
    """So that a wrong setting fills no log; but never so slowly that nobody waits for it."""
    async with supervised(tmp_path, "brief:ivr", longest_pause=0.3) as up:
        said = [await up.says("ivr ended with status 7") for _ in range(3)]
    assert [line.rpartition(" in ")[2] for line in said] == ["0.2 s", "0.3 s", "0.3 s"]


async def test_ctrl_c_stops_all_in_order(tmp_path: Path) -> None:
    """The last first; each is asked by us alone, though the terminal tells the whole group."""
    async with supervised(tmp_path, "valkey:store", "lives:ivr", "lives:web") as up:
        await up.says("web is ready")
        pids = _children(up.process.pid)
        up.signal_group(signal.SIGINT)
        assert await up.ends() == 0
        assert up.told()[-2:] == ["web asked", "ivr asked"]
        assert up.lines[3:] == ["stopping; calls under way go on in Asterisk"]
        assert len(pids) == 3
        for pid in pids:
            await gone(pid)


async def test_a_stop_during_the_start_starts_nothing_more(tmp_path: Path) -> None:
    """Who changed their mind need not wait for it."""
    async with supervised(tmp_path, "lives:store", "mute:ivr", "lives:web") as up:
        await up.says("store is ready")
        up.process.send_signal(signal.SIGTERM)
        assert await up.ends() == 0
        assert "web started" not in up.told()
        assert up.told()[-1] == "store asked"


async def test_a_part_that_does_not_end_is_killed(tmp_path: Path) -> None:
    """Asked first; then its time is up."""
    async with supervised(tmp_path, "stubborn:ivr", stop=2.0) as up:
        await up.says("ivr is ready")
        up.process.send_signal(signal.SIGTERM)
        assert await up.ends() == 0
        assert up.told() == ["ivr started", "ivr asked"]
        await gone(up.pids("ivr")[0])


async def test_a_stopped_part_is_woken_to_be_asked(tmp_path: Path) -> None:
    """It ends as the others do, and not by force."""
    async with supervised(tmp_path, "lives:ivr") as up:
        await up.says("ivr is ready")
        os.kill(up.pids("ivr")[0], signal.SIGSTOP)
        up.process.send_signal(signal.SIGTERM)
        assert await up.ends() == 0
        assert up.told() == ["ivr started", "ivr asked"]


@pytest.mark.req("P4")
async def test_nobody_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    """Not even a part that will not end, or one that is stopped: nobody would watch it."""
    async with supervised(tmp_path, "valkey:store", "lives:ivr", "stubborn:web") as up:
        await up.says("web is ready")
        pids = _children(up.process.pid)
        os.kill(up.pids("ivr")[0], signal.SIGSTOP)
        up.process.kill()
        for pid in pids:
            await gone(pid)
    assert len(pids) == 3


@pytest.mark.parametrize("store", [True, False])
def test_the_parts_are_the_commands_that_operators_run(tmp_path: Path, *, store: bool) -> None:
    """With the same settings file; the store only where nobody gave one."""
    found = parts(tmp_path / "x.toml", tmp_path, tmp_path / "valkey.sock" if store else None)
    assert [part.name for part in found] == ["store", "ivr", "web"][not store :]
    for part in found[-2:]:
        assert part.command[1:] == ["-m", "idbellen", "--config", str(tmp_path / "x.toml"), part.name]
    assert parts(None, tmp_path, None)[0].command[1:] == ["-m", "idbellen", "ivr"]


@pytest.mark.req("O5")
@pytest.mark.parametrize("store", [True, False])
def test_a_folder_too_long_for_sockets_is_told(tmp_path: Path, *, store: bool) -> None:
    """By the name of the setting, before anything is started."""
    folder = tmp_path / ("x" * SOCKET_LIMIT)
    with pytest.raises(SettingsError, match=r"^data_dir: .* is too long for a unix socket.* For example: "):
        parts(None, folder, folder / "valkey.sock" if store else None)
