"""Logging in with the Yivi app, as settings: the IRMA server, who we are to it, and what we ask of the app.

Knows the names of attributes in the app as text; what is made of them: `web.identity.irma`. Reads nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from ivr.settings.kinds import AttributeName, Section, split_url

GEMEENTE: Final = "pbdf.gemeente"
"""Where the cards that a Dutch municipality gives out stand in the app's scheme."""
AND: Final = "+"
_ID: Final = r"[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){3}"

IrmaAttribute = Annotated[str, StringConstraints(pattern=rf"^({_ID})?$")]
"""scheme.issuer.card.attribute"""
IrmaSource = Annotated[str, StringConstraints(pattern=rf"^{_ID}( \+ {_ID}){{0,7}}$")]
"""One attribute, or some that are one value together, with a space between."""
Told = Literal["none", "low", "substantial", "high"]
"""What a card is worth."""


def _personal(name: str) -> list[IrmaSource]:
    return [f"{GEMEENTE}.personalData.{name}"]


def _address(name: str) -> list[IrmaSource]:
    return [f"{GEMEENTE}.address.{name}"]


SOURCES: Final[dict[AttributeName, list[IrmaSource]]] = {
    "fullname": _personal("fullname"),
    "firstnames": _personal("firstnames"),
    "familyname": _personal("familyname"),
    "dateofbirth": _personal("dateofbirth"),
    "birthyear": _personal("dateofbirth"),
    "bsn": _personal("bsn"),
    "over18": _personal("over18"),
    "street": _address("street"),
    "housenumber": _address("houseNumber"),
    "postcode": _address("zipcode"),
    "city": _address("city"),
}
LEVELS: Final[dict[str, Told]] = {"10": "low", "20": "low", "25": "substantial", "30": "high"}
"""DigiD's own figures: Basis, Midden, Substantieel, Hoog. Basis and Midden are both low to eIDAS."""


class IrmaSettings(Section):
    """Logging in with the Yivi app, by an IRMA server of your own. Off while ``url`` is empty."""

    url: str = ""
    """Where we reach the IRMA server: what stands before ``/session``. https, unless it is this machine."""
    requestor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")] = "idbellen"
    """Our name in the server's list of requestors."""
    authentication: Literal["none", "token", "hmac", "public-key"] = "token"
    """How the server knows that it is us; ``none`` only for a server that nobody else can reach."""
    secret: SecretStr = SecretStr("")
    """The token; or for ``hmac`` the key in base64; or for ``public-key`` our private RSA key (PEM)."""
    secret_file: Path | None = None
    """A file that holds this and nothing else; goes before ``irma.secret``."""
    callback: bool = False
    """Have the server tell us of each end, so that a result comes in also when the browser is closed."""
    pairing: bool = True
    """Who scans from another screen copies four digits, so that nobody else scans first."""
    minutes: Annotated[int, Field(ge=1, le=14)] = 5
    """How long somebody may take to open the app."""
    seconds: Annotated[int, Field(ge=1, le=8)] = 3
    """How long the server may take for one answer."""
    attributes: Annotated[
        dict[AttributeName, Annotated[list[IrmaSource], Field(min_length=1, max_length=8)]],
        Field(max_length=200),
    ] = SOURCES
    """For each of our attributes where it is in the app, the best first. Yours replace all of these."""
    level_attribute: IrmaAttribute = f"{GEMEENTE}.personalData.digidlevel"
    """The attribute that says how sure its card is; empty: there is none."""
    levels: Annotated[dict[str, Told], Field(max_length=20)] = LEVELS
    """What its values mean; a value that does not stand here is ``none``."""
    level: Told = "low"
    """How sure cards are that do not say so themselves."""

    @field_validator("url")
    @classmethod
    def _safe_url(cls, url: str) -> str:
        parts = split_url(url)
        if not url:
            return url
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or "@" in url:
            raise ValueError("must be an address such as https://irma.example.nl")
        if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError("must be https: what citizens prove comes back over it")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _levels_fit(self) -> Self:
        if not self.level_attribute and self.level == "none":
            raise ValueError('needs a level_attribute, or another level than "none": nothing would ever do')
        return self
