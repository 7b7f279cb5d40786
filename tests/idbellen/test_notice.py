"""Facts about ``idbellen notice``: put up, shown, taken down, and what it says when asked for nonsense."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from idbellen import cli
from ivr.settings.schema import ENV_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.lab.valkey import Valkey

pytestmark = pytest.mark.req("C11")


@pytest.fixture
def run(tmp_path: Path, own_valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command to its end, with a store: ``run("text", "--hours", "2")``."""
    for name in os.environ:
        if name.startswith(ENV_PREFIX):
            monkeypatch.delenv(name)
    config = tmp_path / "x.toml"
    config.write_text(
        f'redis.url = "{own_valkey.url}"\nnotice = {{ kind = "ended", en = "The pilot is over." }}\n'
    )

    def run_(*argv: str) -> Result:
        return CliRunner().invoke(cli.main, ["--config", str(config), "notice", *argv])

    return run_


def test_a_notice_is_put_up_shown_and_taken_down(run: Callable[..., Result]) -> None:
    """Each time it says what holds now, and what that does."""
    up = run("Storing bij de telefoon.", "--english", "Disrupted.", "--kind", "disrupted", "--hours", "2")
    words = "disrupted (nobody can start): nl: Storing bij de telefoon.; en: Disrupted.\n"
    assert (up.exit_code, up.output) == (0, f"up for 2 h, {words}")
    assert run().output == f"up, {words}"
    assert run("--clear").output.startswith("taken down; the settings' own stays, ended (nobody can start)")
    assert run("--clear").output.startswith("there was none; the settings' own stays")
    assert run().output == "from the settings, ended (nobody can start): en: The pilot is over.\n"


def test_a_mere_notice_stops_nobody(run: Callable[..., Result]) -> None:
    """It is the usual kind, for a day."""
    assert run("Het is druk.").output == "up for 24 h, notice (everything works): nl: Het is druk.\n"


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["x", "--clear"], "idbellen: give a TEXT in Dutch, or --clear, or neither\n"),
        (["--english", "x"], "idbellen: give a TEXT in Dutch, or --clear, or neither\n"),
        (["a\nb"], "idbellen: a notice is one line of at most 400 characters\n"),
        (["  "], "idbellen: a notice is one line of at most 400 characters\n"),
        (["x" * 401], "idbellen: a notice is one line of at most 400 characters\n"),
    ],
)
def test_what_cannot_be_put_up_is_told_and_changes_nothing(
    run: Callable[..., Result], argv: list[str], said: str
) -> None:
    """In one line."""
    run("Het is druk.")
    wrong = run(*argv)
    assert (wrong.exit_code, wrong.output) == (1, said)
    assert run().output.endswith("Het is druk.\n")


def test_without_a_store_it_says_so(run: Callable[..., Result], own_valkey: Valkey) -> None:
    """And does not claim that it is up."""
    own_valkey.kill()
    wrong = run("Het is druk.")
    assert wrong.exit_code == 1
    assert wrong.output.startswith("idbellen: the store did not answer")
