"""ivr.settings.oidc: what cannot work is told at start, by name."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from ivr.errors import SettingsError
from ivr.settings import load
from ivr.settings.faults import as_toml
from ivr.settings.load import read_secret
from ivr.settings.oidc import EXAMPLE, OidcSettings

if TYPE_CHECKING:
    from pathlib import Path

PARTY = """
[[oidc]]
name = "keycloak"
title = { nl = "t" }
issuer = "https://login.example.nl"
client_id = "idbellen"
client_secret = "kanarie-geheim"
levels = { "urn:x" = "low" }
claims = { fullname = "name", city = "address locality" }
"""


def told(folder: Path, text: str) -> list[str]:
    """The lines of the error that loading gives."""
    (folder / "x.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(folder / "x.toml")
    return str(caught.value).splitlines()


def test_a_party_is_read_as_it_is_written(tmp_path: Path) -> None:
    """With defaults for what most need not say; nothing of its secret is shown."""
    (tmp_path / "x.toml").write_text(PARTY)
    loaded = load(tmp_path / "x.toml")
    (party,) = loaded.settings.oidc
    assert party.paths == {"fullname": ("name",), "city": ("address", "locality")}
    assert (party.algorithm, party.scopes, party.max_age) == ("RS256", ["openid"], None)
    shown = {line.name: line.value for line in loaded.lines()}
    assert shown["oidc"] == "keycloak"
    assert "geheim" not in repr(loaded.settings) + str(shown)


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ("https://login", "http://login", "oidc.0.issuer: must begin with https://. For example: issuer = "),
        ("example.nl", "example.nl?x", "oidc.0.issuer: must be an address without ?, # and @. For"),
        ("https://", "https://a@", "oidc.0.issuer: must be an address without ?, # and @. For"),
        (
            "[[oidc]]",
            '[[oidc]]\nscopes = ["profile"]',
            "oidc.0.scopes: must hold openid. For example: scopes",
        ),
        (
            'client_secret = "kanarie-geheim"',
            "",
            "oidc.0: client_secret_file is missing, which client_secret_",
        ),
        (
            "[[oidc]]",
            '[[oidc]]\nauthentication = "private_key_jwt"',
            "oidc.0: key_file is missing, which private_key_jwt needs. For",
        ),
        ('"low"', '"loud"', "oidc.0.levels.urn:x: Input should be 'low', 'substantial' or 'high'. For"),
        ('{ "urn:x" = "low" }', "{}", "oidc.0.levels: Dictionary should have at least 1 item"),
        ("[[oidc]]", '[[oidc]]\nalgorithm = "none"', "oidc.0.algorithm: Input should be 'RS256', "),
        ("[[oidc]]", '[[oidc]]\nalgorithm = "HS256"', "oidc.0.algorithm: Input should be 'RS256', "),
        ('"keycloak"', '"Key Cloak"', "oidc.0.name: String should match pattern"),
        (
            "fullname =",
            "shoesize =",
            "oidc.keycloak: attribute 'shoesize' is not listed in [[attributes]]. For",
        ),
        ("[[oidc]]", f"{PARTY}[[oidc]]", "oidc: the name 'keycloak' is there twice. For example: name = "),
        ("[[oidc]]", "[[oidc]]\nisuer = 'x'", "oidc.0.isuer: there is no such setting; did you mean"),
    ],
)
def test_what_cannot_work_is_told(tmp_path: Path, was: str, becomes: str, expected: str) -> None:
    """Which setting, why, and an example; never what was given."""
    lines = told(tmp_path, PARTY.replace(was, becomes, 1))
    assert any(line.startswith(expected) for line in lines), lines
    assert "geheim" not in str(lines)


def test_the_example_can_be_written_and_read() -> None:
    """As the page of settings shows it, names with signs in quotes."""
    party = EXAMPLE.model_copy(update={"levels": {"urn:x y": "low"}})
    read = tomllib.loads(f"x = {as_toml({'levels': party.levels, 'claims': party.claims})}")["x"]
    assert read == {"levels": party.levels, "claims": party.claims}
    assert isinstance(EXAMPLE, OidcSettings)


def test_a_secret_is_one_line_of_a_file(tmp_path: Path) -> None:
    """What is not is refused by the name of the setting."""
    file = tmp_path / "secret"
    file.write_text("kanarie-geheim\n")
    assert read_secret(file, "oidc.x.client_secret_file").get_secret_value() == "kanarie-geheim"
    for wrong in ("kanarie\ngeheim", "x" * 2000):
        file.write_text(wrong)
        with pytest.raises(SettingsError) as caught:
            read_secret(file, "oidc.x.client_secret_file")
        assert "kanarie" not in str(caught.value)
    with pytest.raises(SettingsError, match=r"^oidc\.x\.client_secret_file: .* cannot be read"):
        read_secret(tmp_path / "absent", "oidc.x.client_secret_file")
