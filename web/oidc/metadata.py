"""What a provider tells of itself (OpenID Connect Discovery 1.0 §4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from ivr.errors import ProviderError
from web.oidc.address import is_safe

if TYPE_CHECKING:
    from collections.abc import Mapping

WELL_KNOWN: Final = "/.well-known/openid-configuration"
MAX_URL: Final = 1024
NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OPTIONAL: Final = ("userinfo_endpoint", "end_session_endpoint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Where its doors are, and what it can do."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    """Empty: it has none."""
    end_session_endpoint: str = ""
    """Where people log out there (RP-Initiated Logout 1.0 §2.1); empty: it has none."""
    names_itself: bool = False
    """Whether its answers always say who sends them (RFC 9207 §3)."""
    takes_claims: bool = False
    """Whether it can be asked for single claims (Core §5.5)."""


def address(issuer: str) -> str:
    """Say where a provider tells it (Discovery §4.1)."""
    return issuer.rstrip("/") + WELL_KNOWN


def read(found: Mapping[str, object], issuer: str) -> Metadata:
    """Read it.

    Raises:
        ProviderError: it tells of another issuer (Discovery §4.3), or has a door missing or out in the open.

    """
    if found.get("issuer") != issuer:
        raise ProviderError("the provider calls itself otherwise than the settings do", reason="issuer")
    doors = {
        name: _door(found.get(name), issuer)
        for name in (*NEEDED, *OPTIONAL)
        if name in found or name in NEEDED
    }
    return Metadata(
        issuer=issuer,
        **doors,
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        takes_claims=found.get("claims_parameter_supported") is True,
    )


def _door(url: object, issuer: str) -> str:
    """Take an address that is as safe as the issuer's own: https leads to no plain http, here neither."""
    if not isinstance(url, str) or len(url) > MAX_URL or not is_safe(url):
        raise ProviderError("the provider names no safe address", reason="metadata")
    if urlsplit(url).scheme not in {"https", urlsplit(issuer).scheme}:
        raise ProviderError("the provider names an address that is less safe than its own", reason="metadata")
    return url
