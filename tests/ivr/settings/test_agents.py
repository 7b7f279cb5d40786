"""ivr.settings.agents: the organisation's own log-in is off until it is set up, and then set up whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import SettingsError
from ivr.settings import load

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.req("O5", "A1")

PARTY = """
[agents.oidc]
issuer = "https://login.example.nl/realms/werk"
client_secret = "kanarie-geheim"
"""


def test_it_is_off_until_it_is_set_up(tmp_path: Path) -> None:
    """Without an issuer."""
    (tmp_path / "x.toml").write_text("")
    assert load(tmp_path / "x.toml").settings.agents.oidc.issuer == ""


def test_little_is_needed(tmp_path: Path) -> None:
    """Whom to ask and how we prove who we are; secrets are not shown."""
    (tmp_path / "x.toml").write_text(PARTY)
    loaded = load(tmp_path / "x.toml")
    party = loaded.settings.agents.oidc
    assert (party.claim, party.roles_claim, party.only) == ("sub", None, False)
    shown = {line.name: line.value for line in loaded.lines()}
    assert shown["agents.oidc.issuer"] == '"https://login.example.nl/realms/werk"'
    assert "kanarie" not in repr(list(loaded.lines()))


def test_the_environment_goes_over_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its secret, say."""
    (tmp_path / "x.toml").write_text(PARTY.replace("client_secret", "# client_secret"))
    monkeypatch.setenv("IDBELLEN_AGENTS__OIDC__CLIENT_SECRET", "kanarie-geheim")
    assert load(tmp_path / "x.toml").settings.agents.oidc.client_secret.get_secret_value() == "kanarie-geheim"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("https://login", "http://login", "agents.oidc.issuer: must begin with https://. For example"),
        ('client_secret = "kanarie-geheim"', "", "agents.oidc: client_secret_file is missing"),
        ("[agents.oidc]", '[agents.oidc]\nroles_claim = "groups"', "roles_claim and roles go together"),
        ("[agents.oidc]", '[agents.oidc]\nroles = { kcc = "agent" }', "roles_claim and roles go together"),
        (
            "[agents.oidc]",
            '[agents.oidc]\nroles_claim = "groups"\nroles = { kcc = "boss" }',
            "agents.oidc.roles.kcc: Input should be 'agent', 'leader' or 'operator'. For",
        ),
        (PARTY, "agents.oidc.only = true", "only = true needs an issuer"),
        (
            "[agents.oidc]",
            "[agents.oidc]\nisuer = 'x'",
            "agents.oidc.isuer: there is no such setting; did you",
        ),
    ],
)
def test_what_cannot_work_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    """By the name of the setting."""
    (tmp_path / "x.toml").write_text(PARTY.replace(old, new))
    with pytest.raises(SettingsError) as error:
        load(tmp_path / "x.toml")
    assert said in str(error.value)
    assert "kanarie" not in str(error.value)
