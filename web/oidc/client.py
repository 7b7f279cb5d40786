"""Who we are to one provider, and how we prove it (Core §9). Knows no log-in and no network."""

from __future__ import annotations

import secrets
import time
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import quote_plus

from joserfc import jwt

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.session.attributes import Secret
    from web.oidc.key_file import PrivateKey
    from web.oidc.metadata import Metadata

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS: Final = 60
ID_BYTES: Final = 18


@dataclass(frozen=True, slots=True)
class Proven:
    """What goes along with a question to the token endpoint, so that it knows us."""

    headers: dict[str, str] = field(default_factory=dict, repr=False)
    fields: dict[str, str] = field(default_factory=dict, repr=False)


class Authentication(Protocol):
    """One way to prove who we are."""

    def prove(self, client: str, provider: Metadata) -> Proven:
        """Return the proof that we are this client."""


@dataclass(frozen=True, slots=True)
class SecretInHeader:
    """``client_secret_basic``: both are form-encoded first (RFC 6749 §2.3.1)."""

    secret: Secret

    def prove(self, client: str, provider: Metadata) -> Proven:  # noqa: ARG002 # as the protocol has it
        """Return the header."""
        pair = f"{quote_plus(client)}:{quote_plus(self.secret.reveal())}"
        return Proven(headers={"Authorization": f"Basic {b64encode(pair.encode()).decode()}"})


@dataclass(frozen=True, slots=True)
class SecretInForm:
    """``client_secret_post``."""

    secret: Secret

    def prove(self, client: str, provider: Metadata) -> Proven:  # noqa: ARG002 # as the protocol has it
        """Return the two fields."""
        return Proven(fields={"client_id": client, "client_secret": self.secret.reveal()})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAssertion:
    """``private_key_jwt`` (RFC 7523 §2.2): a short note that only we can sign, good once."""

    key: PrivateKey
    name: str = ""
    """The key's name at the provider (``kid``); empty: its thumbprint (RFC 7638)."""
    for_endpoint: bool = False
    """Whether the note is for the token endpoint, as older providers want it, and not for the issuer."""
    now: Callable[[], float] = time.time

    def prove(self, client: str, provider: Metadata) -> Proven:
        """Return the note."""
        issued = int(self.now())
        claims = {
            "iss": client,
            "sub": client,
            "aud": provider.token_endpoint if self.for_endpoint else provider.issuer,
            "jti": secrets.token_urlsafe(ID_BYTES),
            "iat": issued,
            "exp": issued + ASSERTION_SECONDS,
        }
        header = {"alg": self.key.algorithm, "kid": self.name or self.key.jwk.thumbprint()}
        note = jwt.encode(header, claims, self.key.jwk, algorithms=[self.key.algorithm])
        return Proven(
            fields={"client_id": client, "client_assertion_type": ASSERTION_TYPE, "client_assertion": note}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What was agreed with one provider."""

    issuer: str
    id: str
    authentication: Authentication = field(repr=False)
    redirect_uri: str
    """Ours, and of this provider alone: an answer of another cannot come in by it (RFC 9700 §4.4)."""
    scopes: tuple[str, ...] = ("openid",)
    algorithm: str = "RS256"
    """The one with which it signs; there is no choice for whoever makes a token (RFC 8725 §3.1)."""
    opens_with: PrivateKey | None = None
    """The key for which it encrypts what it signed; with none, nothing is encrypted."""
    max_age: int | None = None
    """The most seconds since the person did something to log in; none: a log-in of before will do."""
