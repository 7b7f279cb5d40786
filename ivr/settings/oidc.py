"""Parties where people log in by OpenID Connect, as settings: those of citizens. Reads nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from ivr.settings.kinds import AttributeName, LevelName, Name, Section, Texts, split_url

Word = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,255}$")]
"""What providers call something: printable, without spaces."""
ClaimPath = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,255}( [!-~]{1,255}){0,7}$")]
"""The name of a claim; for one inside others all their names, with a space between."""


class OidcParty(Section):
    """A party that speaks OpenID Connect: who it is, and how we prove to it who we are."""

    issuer: str
    """The address under which it publishes ``/.well-known/openid-configuration``; exactly as it writes it."""
    client_id: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,255}$")]
    """What it calls us."""
    authentication: Literal["client_secret_basic", "client_secret_post", "private_key_jwt"] = (
        "client_secret_basic"
    )
    """How we prove to it who we are."""
    client_secret: SecretStr = SecretStr("")
    """For the first two. Better in a file."""
    client_secret_file: Path | None = None
    """A file that holds the secret and nothing else, read by the web; goes before ``client_secret``."""
    key_file: Path | None = None
    """For ``private_key_jwt``: our private key, RSA or EC, in PEM. The party has its public half."""
    key_id: Annotated[str, StringConstraints(pattern=r"^[!-~]{0,255}$")] = ""
    """The name that the party knows that key by (``kid``); empty: its thumbprint."""
    assertion_for: Literal["issuer", "token-endpoint"] = "issuer"
    """For ``private_key_jwt``: whom the party wants our signed note to name."""
    decryption_key_file: Path | None = None
    """Our private key in PEM, if the party encrypts what it says; it must do so then."""
    algorithm: Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"] = (
        "RS256"
    )
    """The one with which the party signs; a token that is signed otherwise is refused."""
    scopes: Annotated[list[Word], Field(min_length=1, max_length=32)] = Field(
        default_factory=lambda: ["openid"]
    )
    """What is always asked. A party that takes single claims is asked for those that we need, too."""
    max_age: Annotated[int, Field(ge=0, le=86_400)] | None = None
    """The most seconds since people did something to log in there; left out: an earlier log-in will do."""

    @field_validator("issuer")
    @classmethod
    def _safe_issuer(cls, issuer: str) -> str:
        parts = split_url(issuer)
        local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if not parts.hostname or not (parts.scheme == "https" or local):
            raise ValueError("must begin with https://")
        if parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("must be an address without ?, # and @")
        return issuer

    @field_validator("scopes")
    @classmethod
    def _openid(cls, scopes: list[str]) -> list[str]:
        if "openid" not in scopes:
            raise ValueError("must hold openid")
        return scopes

    @model_validator(mode="after")
    def _can_prove(self) -> Self:
        if not self.issuer:
            return self
        if self.authentication == "private_key_jwt":
            if self.key_file is None:
                raise ValueError("key_file is missing, which private_key_jwt needs")
        elif not self.client_secret.get_secret_value() and self.client_secret_file is None:
            raise ValueError(f"client_secret_file is missing, which {self.authentication} needs")
        return self


class Named(Section):
    """What a party is called here."""

    name: Name
    """Short and lasting: it stands in ``purposes.methods``, and in the address to which people return."""
    title: Texts
    """What people call it: stands after "log in with"."""


class OidcSettings(OidcParty, Named):
    """A party where citizens log in by OpenID Connect, as it was agreed with that party.

    How to set up itsme, a broker of DigiD, Keycloak and Entra ID stands in docs/operating.md.
    """

    levels: Annotated[dict[Word, LevelName], Field(min_length=1, max_length=32)]
    """What each ``acr`` of the party is worth. One that is not here, or none, is worth nothing."""
    acr_values: Annotated[dict[LevelName, list[Word]], Field(max_length=3)] = Field(default_factory=dict)
    """What to ask for, by the level that a purpose needs; left out: all of ``oidc.levels`` that will do."""
    claims: Annotated[dict[AttributeName, ClaimPath], Field(min_length=1, max_length=64)]
    """Where each attribute is: the name of a claim; for one inside others all names, with a space between."""

    @property
    def paths(self) -> dict[str, tuple[str, ...]]:
        """Return the way to the claim of each attribute."""
        return {name: tuple(path.split(" ")) for name, path in self.claims.items()}


EXAMPLE: Final = OidcSettings(
    name="keycloak",
    title={"nl": "uw gemeente-account", "en": "your municipal account"},
    issuer="https://login.example.nl/realms/inwoners",
    client_id="idbellen",
    client_secret_file=Path("/etc/idbellen/keycloak.secret"),
    scopes=["openid", "profile"],
    levels={"1": "low", "2": "substantial"},
    claims={"fullname": "name", "city": "address locality"},
)
"""What one may look like; there is none until the operator makes one."""
