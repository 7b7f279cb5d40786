"""What the web front is told at start. Knows no file and no environment: ``idbellen`` fills it in."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.errors import SettingsError

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from yarl import URL

LANGUAGES = ("nl", "en")
MIN_SECRET_BYTES = 32
DIST = Path(__file__).parent / "static" / "dist"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """All that the pages need to know of the organisation and of the network around them."""

    organisation: str  # as it stands in the header, "Gemeente Voorbeeld"
    phone: str  # the ordinary number as people read it, "14 012"; shown wherever something fails
    phone_uri: str  # the same for a tel: link, "+3114012"
    public_url: URL  # scheme, host and port as the browser sees them; https also switches on HSTS
    secret: bytes = field(repr=False)  # at least 32 bytes; every key is derived from it, none is it
    demo: bool = False  # says so on every page
    default_language: str = "nl"
    return_origins: tuple[str, ...] = ()  # of front ends to which a browser goes back after logging in
    extra_origins: tuple[str, ...] = ()  # further origins whose pages are ours (scheme://host:port)
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()  # whose X-Forwarded-For is believed
    limits_uri: str = (
        "async+memory://"  # where rate limits are counted; async+redis://… for several processes
    )
    privacy_url: str = ""  # the organisation's own page, in place of ours
    counter_url: str = ""  # where the counter is and when, for who finds the phone closed
    accessibility_url: str = ""  # likewise
    theme_url: str = ""  # a municipality's own stylesheet of design tokens, on this origin
    logo_url: str = ""  # an image on this origin; a neutral mark when empty
    dist: Path = DIST  # what scripts/frontend built

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_SECRET_BYTES:
            raise SettingsError(
                f"web.secret is {len(self.secret)} bytes; it must be {MIN_SECRET_BYTES} or more at random, "
                "for example from: openssl rand -hex 32"
            )
        if self.default_language not in LANGUAGES:
            raise SettingsError(
                f"web.default_language is {self.default_language!r}; it must be one of {', '.join(LANGUAGES)}"
            )
        if self.public_url.scheme not in ("http", "https") or not self.public_url.host:
            raise SettingsError("web.public_url must be an address such as https://bellen.voorbeeld.nl")

    @property
    def https(self) -> bool:
        """Whether browsers reach us encrypted."""
        return self.public_url.scheme == "https"

    @property
    def origins(self) -> frozenset[str]:
        """The origins whose pages are ours."""
        return frozenset({str(self.public_url.origin()), *self.extra_origins})

    def key(self, use: str) -> bytes:
        """A key of 32 bytes for one use alone, so that no key serves two purposes."""
        return hmac.digest(self.secret, b"idbellen/web/" + use.encode(), hashlib.sha256)
