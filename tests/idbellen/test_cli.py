"""Facts about the command: what it prints, what it leaves behind, and that each fault is one clear line."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from idbellen import cli
from ivr.store.sealing import KeySet
from tests.lab import guard
from tests.lab.asterisk_home import CHECKOUT
from tests.lab.command import SECRET, lines
from tests.lab.prompts import ORGANISATION, rendered
from tests.lab.supervised import gone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WAIT_SECONDS = 30.0


def said(config: Path, *argv: str) -> tuple[int, str]:
    """Run the real command to its end; its status and everything that it said."""
    done = subprocess.run(
        [*guard.GUARD, sys.executable, "-m", "idbellen", "--config", str(config), *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)},
        timeout=WAIT_SECONDS,
        check=False,
        text=True,
    )
    return done.returncode, done.stdout


class TestSettings:
    """``idbellen settings``, and what is wrong with them."""

    def test_every_setting_is_shown_with_its_source(
        self, run: Callable[..., Result], config: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Default, file or environment."""
        monkeypatch.setenv("IDBELLEN_AGI__PORT", "4600")
        shown = {line.split()[0]: line for line in run("settings").output.splitlines()}
        assert shown["web.port"].endswith("8080  [default]")
        assert shown["agi.port"].endswith("4600 (default 4573)  [environment IDBELLEN_AGI__PORT]")
        assert shown["data_dir"].endswith(f"[file {config}]")
        assert len(shown) > 30

    @pytest.mark.req("S1", "O5")
    def test_secrets_are_hidden(self, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
        """The manager's, and a password in the store's address."""
        monkeypatch.setenv("IDBELLEN_REDIS__URL", f"redis://:{SECRET}@localhost")
        output = run("settings").output
        assert SECRET not in output
        assert output.count("(hidden)") == 2

    @pytest.mark.req("O5")
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("agi.port = 0\n", ["agi.port: "]),
            ("agi.port = 0\nwebb.port = 1\n", ["webb: ", "agi.port: "]),
            ("[agi\n", ["x.toml: is not TOML"]),
        ],
    )
    def test_every_fault_is_a_line(
        self, run: Callable[..., Result], config: Path, text: str, expected: list[str]
    ) -> None:
        """All at once, each with the setting's name."""
        config.write_text(text)
        found = lines(run("settings"))
        assert len(found) == len(expected)
        for words in expected:
            assert any(words in line for line in found)

    @pytest.mark.req("O5")
    def test_a_file_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        """By its name; nothing falls back to defaults."""
        result = CliRunner().invoke(cli.main, ["--config", str(tmp_path / "no.toml"), "settings"])
        assert lines(result) == [f"{tmp_path}/no.toml: there is no such settings file"]

    @pytest.mark.parametrize("argv", [["nope"], ["settings", "--nope"], ["prompts"]])
    def test_a_wrong_command_line_is_told_apart(self, argv: list[str]) -> None:
        """Status 2, and how it should be."""
        result = CliRunner().invoke(cli.main, argv)
        assert result.exit_code == 2
        assert "Usage: " in result.stderr


class TestKeys:
    """``idbellen keys``."""

    def test_both_files_are_made_for_the_owner_alone(
        self, run: Callable[..., Result], tmp_path: Path
    ) -> None:
        """In a folder for the owner alone."""
        result = run("keys")
        folder = tmp_path / "data"
        assert result.output.splitlines() == [f"{folder}/seal.keys: made", f"{folder}/code.keys: made"]
        assert folder.stat().st_mode & 0o777 == 0o700
        for file in folder.iterdir():
            assert file.stat().st_mode & 0o777 == 0o600
            KeySet.read(file)

    def test_what_is_there_is_left_as_it_is(self, run: Callable[..., Result], tmp_path: Path) -> None:
        """Whatever was sealed with it would be lost."""
        run("keys")
        before = {file: file.read_bytes() for file in (tmp_path / "data").iterdir()}
        assert run("keys").output.count("is there, and is left as it is") == 2
        assert {file: file.read_bytes() for file in (tmp_path / "data").iterdir()} == before

    @pytest.mark.req("S1")
    def test_no_key_is_printed(self, run: Callable[..., Result], tmp_path: Path) -> None:
        """Nor when one is damaged."""
        output = run("keys").output
        file = tmp_path / "data/seal.keys"
        key = file.read_text().strip().partition(":")[2]
        assert key not in output
        file.write_text(f"seal {key}\n")
        (line,) = lines(run("keys"))
        assert str(file) in line
        assert key not in line

    def test_a_folder_that_cannot_be_made_is_told(self, run: Callable[..., Result], tmp_path: Path) -> None:
        """By the setting's name."""
        (tmp_path / "data").touch()
        (line,) = lines(run("keys"))
        assert line == f"data_dir: folder {tmp_path}/data cannot be made: File exists"

    def test_a_file_that_cannot_be_made_is_told(self, run: Callable[..., Result], config: Path) -> None:
        """It may be asked for elsewhere."""
        config.write_text('keys.seal_file = "/nowhere/seal.keys"\n')
        (line,) = lines(run("keys"))
        assert line == "/nowhere/seal.keys cannot be made: No such file or directory"

    def test_a_key_file_is_never_written_over(self, tmp_path: Path) -> None:
        """Two commands at once: one of them makes it."""
        cli.write_keys(tmp_path / "seal.keys")
        with pytest.raises(Exception, match=r"seal\.keys is there already"):
            cli.write_keys(tmp_path / "seal.keys")


class TestPrompts:
    """``idbellen prompts``."""

    def test_what_is_missing_is_made(self, run: Callable[..., Result], config: Path, tmp_path: Path) -> None:
        """And what is there is left; each with its length."""
        config.write_text(f'organisation.name = "{ORGANISATION}"\n')
        sounds = tmp_path / "sounds"
        shutil.copytree(rendered(), sounds)
        (sounds / "nl/idbellen/thanks.wav").unlink()
        output = run("prompts", str(sounds)).output.splitlines()
        made = [line for line in output if " made (" in line]
        assert [line.partition(" ")[0] for line in made] == [f"{sounds}/nl/idbellen/thanks.wav"]
        assert len(output) - 1 == sum(line.endswith("was there already") for line in output)

    @pytest.mark.req("O5")
    def test_a_voice_that_is_not_there_is_one_line(
        self, run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It says what to install."""
        monkeypatch.setenv("PATH", str(tmp_path))
        (line,) = lines(run("prompts", str(tmp_path)))
        assert "espeak-ng" in line

    @pytest.mark.req("O5")
    def test_a_folder_that_is_not_there_is_not_made(self, run: Callable[..., Result], tmp_path: Path) -> None:
        """A mistyped one would have all prompts, which Asterisk never plays."""
        assert "does not exist" in run("prompts", str(tmp_path / "sonds")).output
        assert not (tmp_path / "sonds").exists()

    @pytest.mark.req("O5")
    def test_a_folder_that_cannot_be_written_is_one_line(
        self, run: Callable[..., Result], tmp_path: Path
    ) -> None:
        """It says who can."""
        (tmp_path / "nl").write_text("a file where a folder must be")
        (line,) = lines(run("prompts", str(tmp_path)))
        assert line.endswith("run this as root, or as its owner")


@pytest.mark.req("O5")
class TestStarting:
    """``ivr``, ``web`` and ``up``: what keeps them from starting is one line, and the status is 1."""

    @pytest.mark.parametrize("part", ["ivr", "web"])
    def test_without_keys(self, run: Callable[..., Result], part: str) -> None:
        """The command that makes them is named."""
        (line,) = lines(run(part))
        assert line.endswith("make it with: idbellen keys")

    @pytest.mark.parametrize("part", ["ivr", "up"])
    def test_without_a_secret(self, run: Callable[..., Result], config: Path, part: str) -> None:
        """Before anything is made or started."""
        config.write_text(config.read_text().replace(SECRET, "secret"))
        (line,) = lines(run(part))
        assert line.startswith("manager.secret: is empty or a sample.")
        assert not (config.parent / "data").exists()

    def test_in_a_folder_with_too_long_a_name(self, run: Callable[..., Result], config: Path) -> None:
        """Sockets have short names; nothing is made there."""
        config.write_text(config.read_text().replace("/data", f"/{'x' * 120}"))
        (line,) = lines(run("up"))
        assert "is too long for a unix socket" in line
        assert [file.name for file in config.parent.iterdir()] == [config.name]

    @pytest.mark.parametrize("part", ["ivr", "web"])
    def test_with_damaged_keys(self, run: Callable[..., Result], config: Path, part: str) -> None:
        """The file is named, and nothing of it is shown."""
        run("keys")
        (config.parent / "data/code.keys").write_text("not a key\n")
        (line,) = lines(run(part))
        assert "code.keys" in line
        assert "not a key" not in line

    @pytest.mark.parametrize(("part", "setting"), [("ivr", "agi"), ("web", "web")])
    def test_on_a_port_that_is_taken(
        self, run: Callable[..., Result], config: Path, part: str, setting: str
    ) -> None:
        """The real command: the setting is named, and another value; no traceback."""
        run("keys")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            config.write_text(f"{config.read_text()}{setting}.port = {port}\ndemo.enabled = true\n")
            status, output = said(config, part)
        (line,) = [line for line in output.splitlines() if not line.startswith("{")]
        assert status == 1
        assert line.startswith(f"idbellen: {setting}.port: cannot listen on 127.0.0.1:{port} (")
        assert f"For example: {setting}.port = " in line


@pytest.mark.req("O1", "O6")
async def test_up_runs_all_and_stops_all(config: Path, tmp_path: Path) -> None:
    """From nothing but settings: keys are made, a store, telephony and the web run; SIGTERM ends all."""
    ports = {"IDBELLEN_AGI__PORT": guard.free_port(), "IDBELLEN_WEB__PORT": guard.free_port()}
    ports["IDBELLEN_MANAGER__PORT"] = guard.free_port()
    process = await guard.spawn(
        *(sys.executable, "-m", "idbellen", "--config", str(config), "up"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONUNBUFFERED": "1",
            "IDBELLEN_DEMO__ENABLED": "true",
            **{name: str(port) for name, port in ports.items()},
        },
    )
    told: list[str] = []
    try:
        assert process.stdout is not None
        async with asyncio.timeout(WAIT_SECONDS):
            while not told or "web is ready" not in told[-1]:
                told.append((await process.stdout.readline()).decode().strip())
        children = await asyncio.to_thread(_children, process.pid)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(WAIT_SECONDS):
            told += (await process.stdout.read()).decode().splitlines()
            assert await process.wait() == 0
    finally:
        await guard.end(process, at_once=True)
    for child in children:
        await gone(child)
    assert [line.partition("] ")[2] or line for line in told] == [
        f"made key file {tmp_path}/data/seal.keys",
        f"made key file {tmp_path}/data/code.keys",
        *("store is ready", "ivr is ready", "web is ready", "stopping; calls under way go on in Asterisk"),
    ]
    assert len(children) == 3


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:  # noqa: PTH123 - of the kernel
        return [int(child) for child in file.read().split()]
