"""``idbellen processing``: what it prints is what stands in the log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from idbellen import back_office, cli
from ivr.settings import load
from ivr.store.sealing import KeySet
from tests.lab.citizens import PERSON
from tests.lab.rooms import SANNE
from web.agent.person import Agent, Role

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.rooms import Rooms


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and log in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.toml").write_text('data_dir = "data"\n')
    assert CliRunner().invoke(cli.main, ["--config", "x.toml", "keys"]).exit_code == 0


@pytest.mark.req("S6")
async def test_a_citizens_lines_are_found_by_it(rooms: Rooms, tmp_path: Path) -> None:
    """By those who have the keys, and by nobody who has the log alone."""
    citizen = await rooms.citizens.verified()
    await rooms.claim(citizen)
    settings = load(tmp_path / "x.toml").settings
    views = back_office.views(settings, KeySet.read(settings.seal_file))
    roles = frozenset({Role.AGENT})
    sanne = Agent(name="sanne", display_name="Sanne", account="account", roles=roles, member=SANNE)
    await views.note(sanne, await rooms.answer())
    views.close()
    record = json.loads(settings.processing_file.read_text())
    found = CliRunner().invoke(cli.main, ["--config", "x.toml", "processing"], input=f"{PERSON['bsn']}\n")
    assert found.stdout.split()[-1] == record["attributes"]["dpl.core.data_subject_id"]
    assert PERSON["bsn"] not in found.output


def test_nothing_is_asked_of_nobody() -> None:
    """An empty answer is told as such."""
    found = CliRunner().invoke(cli.main, ["--config", "x.toml", "processing"], input=" \n")
    assert found.exit_code
