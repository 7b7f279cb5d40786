"""idbellen.oidc: parties of the settings become ways to log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from joserfc.jwk import RSAKey
from yarl import URL

from idbellen.oidc import client, organisation, terms
from ivr.errors import SettingsError
from ivr.session.attributes import Level
from ivr.settings import load
from ivr.settings.oidc import EXAMPLE
from tests.lab.front import options
from web.agent.accounts import Accounts
from web.agent.person import Role
from web.oidc.client import SecretInForm, SecretInHeader, SignedAssertion

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.settings import Settings

PLACE = (URL("https://bellen.example.nl"), "/login/oidc/keycloak/return", "oidc.keycloak")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file with a secret."""
    file = tmp_path / "secret"
    file.write_text("kanarie\n")
    return file


def test_what_citizens_have_to_do_with() -> None:
    """Levels by name, claims by place."""
    made = terms(EXAMPLE.model_copy(update={"acr_values": {"high": ["gold"]}}))
    assert (made.tag, made.title["en"]) == ("keycloak", "your municipal account")
    assert made.levels == {"1": Level.LOW, "2": Level.SUBSTANTIAL}
    assert made.acr_values == {Level.HIGH: ("gold",)}
    assert made.paths == {"fullname": ("name",), "city": ("address", "locality")}


@pytest.mark.parametrize(
    ("way", "kind"), [("client_secret_basic", SecretInHeader), ("client_secret_post", SecretInForm)]
)
def test_a_secret_is_read_from_its_file(secret: Path, way: str, kind: type) -> None:
    """And goes along in the way that was agreed; the return address is the party's own."""
    made = client(EXAMPLE.model_copy(update={"authentication": way, "client_secret_file": secret}), *PLACE)
    assert isinstance(made.authentication, kind)
    assert made.authentication.secret.reveal() == "kanarie"
    assert made.redirect_uri == "https://bellen.example.nl/login/oidc/keycloak/return"
    assert "kanarie" not in repr(made)


def test_a_key_is_read_from_its_file(tmp_path: Path) -> None:
    """To sign by, and to open with."""
    file = tmp_path / "key.pem"
    file.write_bytes(RSAKey.generate_key(2048).as_pem(private=True))
    party = EXAMPLE.model_copy(
        update={
            "authentication": "private_key_jwt",
            "key_file": file,
            "assertion_for": "token-endpoint",
            "decryption_key_file": file,
        }
    )
    made = client(party, *PLACE)
    assert isinstance(made.authentication, SignedAssertion)
    assert made.authentication.for_endpoint
    assert made.opens_with is not None


def test_a_secret_that_is_not_there_is_named(tmp_path: Path) -> None:
    """By its setting."""
    with pytest.raises(SettingsError, match=r"^oidc\.keycloak\.client_secret_file: "):
        client(EXAMPLE.model_copy(update={"client_secret_file": tmp_path / "absent"}), *PLACE)


def _settings(tmp_path: Path, text: str = "") -> Settings:
    (tmp_path / "x.toml").write_text(text)
    return load(tmp_path / "x.toml").settings


async def test_who_works_here_has_a_party_of_their_own(tmp_path: Path, secret: Path) -> None:
    """Once it is set up; its claims by place, its roles by name."""
    accounts = Accounts(tmp_path / "agents.json")
    assert organisation(_settings(tmp_path), options(), accounts) is None
    text = f"""
[agents.oidc]
issuer = "https://login.example.nl/realms/werk"
client_secret_file = "{secret}"
roles_claim = "realm_access roles"
roles = {{ kcc = "agent" }}
only = true
"""
    made = organisation(_settings(tmp_path, text), options(), accounts)
    assert made is not None
    assert (made.only, made.vouches, made.title("en")) == (True, True, "your work account")
    terms = made._terms
    assert (terms.subject, terms.roles_at) == (("sub",), ("realm_access", "roles"))
    assert terms.roles == {"kcc": Role.AGENT}
    assert made._party._client.redirect_uri == "http://127.0.0.1:8000/agent/login/return"
    accounts.close()


def test_its_secret_that_is_not_there_is_named(tmp_path: Path) -> None:
    """By its setting."""
    text = '[agents.oidc]\nissuer = "https://login.example.nl"\nclient_secret_file = "absent"\n'
    with pytest.raises(SettingsError, match=r"^agents\.oidc\.client_secret_file: "):
        organisation(_settings(tmp_path, text), options(), Accounts(tmp_path / "agents.json"))
