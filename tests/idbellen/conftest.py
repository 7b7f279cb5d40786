"""What several tests of the command need."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result
from structlog.testing import capture_logs

from idbellen import cli
from ivr import logs
from ivr.settings.schema import ENV_PREFIX
from ivr.store.keyspace import Member
from tests.lab.command import SECRET
from web.agent import passwords
from web.agent.accounts import Accounts
from web.agent.passwords import Passwords

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

cheap = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def add_account(tmp_path: Path) -> Callable[..., None]:
    """Adds an account to ``agents.json``, cheaper than a real one: ``add_account("tom", "PJSIP/tom")``."""

    def add(name: str, interface: str, asterisk: str = "pbx", **others: object) -> None:
        accounts = Accounts(tmp_path / "agents.json", Passwords(cheap()))
        accounts.add(name, "correct horse battery", name.title(), Member(asterisk, interface), **others)
        accounts.close()

    return add


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of this machine's settings counts, the log goes on as it is, and passwords cost little."""
    for name in os.environ:
        if name.startswith(ENV_PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    files = (Path("idbellen.toml"), tmp_path / "none")
    monkeypatch.setattr(sys.modules["ivr.settings.load"], "DEFAULT_FILES", files)
    monkeypatch.setattr(logs, "set_up", lambda _level: None)
    monkeypatch.setattr(passwords, "PasswordHasher", cheap)
    with capture_logs():
        yield


@pytest.fixture
def config(alone: None, tmp_path: Path) -> Path:
    """A settings file."""
    file = tmp_path / "x.toml"
    file.write_text(f'data_dir = "{tmp_path}/data"\nmanager.secret = "{SECRET}"\n')
    return file


@pytest.fixture
def run(config: Path) -> Callable[..., Result]:
    """Runs a command to its end: ``run("agent", "list")``."""

    def run_(*argv: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(cli.main, ["--config", str(config), *argv], input=stdin)

    return run_
