"""What is written for operators is true: settings, events and examples are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from idbellen import cli, up
from ivr.settings import load
from tests.lab.asterisk_home import CHECKOUT

UNITS = sorted(CHECKOUT.glob("docs/systemd/*.service"))
OPERATING = CHECKOUT / "docs/operating.md"
CODE = [path for room in ("ivr", "web", "idbellen") for path in CHECKOUT.glob(f"{room}/**/*.py")]
LOGGED = r'log\.(?:debug|info|warning|error|exception)\(\s*"([^"]+)"'
VALUES = {"ENABLED": "true", "PORT": "8081", "URL": "redis://valkey"}
"""Any that will do, by the last part of a setting's name; for the others a file."""


def named(path: Path) -> str:
    """A path as people write it."""
    return str(path.relative_to(CHECKOUT))


@pytest.mark.req("O2", "O5")
def test_the_settings_that_we_tell_operators_to_write_are_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The example of docs/operating.md is accepted as it stands, but for where the secret is."""
    monkeypatch.chdir(tmp_path)
    Path("secret").write_text("3f1c9a")
    example = re.search(r"```toml\n(.*?)```", OPERATING.read_text(), re.DOTALL)[1]
    Path("idbellen.toml").write_text(example.replace("/etc/idbellen/manager.secret", "secret"))
    assert load().settings.purposes[0].name == "paspoort"


@pytest.mark.parametrize("file", [CHECKOUT / "compose.yaml", CHECKOUT / "Dockerfile", *UNITS], ids=named)
def test_every_variable_of_ours_names_a_setting(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What compose file, image and units set is known: a misspelt one would be refused at start."""
    monkeypatch.chdir(tmp_path)
    Path("here").touch()
    found = set(re.findall(r"(IDBELLEN_\w+)[:=](?! *…)", file.read_text())) - {"IDBELLEN_CONFIG"}
    assert found
    for name in found:
        monkeypatch.setenv(name, VALUES.get(name.rpartition("__")[2], "here"))
    load()


@pytest.mark.req("O4")
@pytest.mark.parametrize("unit", UNITS, ids=named)
def test_a_unit_starts_a_command_of_ours_and_kills_it_when_it_is_silent(unit: Path) -> None:
    """The command is there; systemd is as patient as `idbellen up`."""
    lines = dict(
        line.split("=", 1) for line in unit.read_text().splitlines() if "=" in line and line[0] != "#"
    )
    assert lines["ExecStart"].split()[-1] in cli.main.commands
    assert float(lines["WatchdogSec"]) == up.Bounds().silent
    assert (lines["Type"], lines["Restart"]) == ("notify", "always")


def test_the_table_of_events_is_that_of_the_code() -> None:
    """Every event that is logged is explained, and what is explained is in the code."""
    code = "".join(path.read_text() for path in CODE)
    table = OPERATING.read_text().partition("## Logs")[2].partition("\n## ")[0]
    first_cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    told = {name for cell in first_cells for name in re.findall("`(.*?)`", cell)}
    assert set(re.findall(LOGGED, code)) - told == set()
    assert {name for name in told if f'"{name}"' not in code} == set()


@pytest.mark.req("O1")
def test_the_first_look_is_for_this_machine_only() -> None:
    """Every port of the compose file is on loopback, and no secret stands in it."""
    text = (CHECKOUT / "compose.yaml").read_text()
    ports = re.findall(r"\"([^\" ]*:\d+(?:-\d+)?(?:/udp)?)\"", text)
    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert not re.search(r"(?i)(secret|password)\w*: *[^/ ]", text)
