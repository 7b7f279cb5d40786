"""The API for other front ends, as settings. Reads nothing."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from ivr.settings.kinds import Section, split_url

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_LISTED: Final = 32


def _safe(url: str) -> str:
    parts = split_url(url)
    if not parts.hostname or parts.scheme not in {"http", "https"} or "@" in parts.netloc or parts.fragment:
        raise ValueError("must be an address such as https://www.example.nl/login")
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        raise ValueError("must be https")
    return url


def _origin(url: str) -> str:
    parts = split_url(_safe(url))
    if url != f"{parts.scheme}://{parts.netloc.lower()}":
        raise ValueError("must be scheme and host only, without a slash at the end")
    return url


Url = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,300}$")]
"""Printable ASCII."""
Origin = Annotated[Url, AfterValidator(_origin)]
ReturnUrl = Annotated[Url, AfterValidator(_safe)]


class ApiSettings(Section):
    """The API for other front ends: a website's back end, an app. What it does is in api.md."""

    enabled: bool = False
    """Without it there is nothing below ``/v1``."""
    origins: Annotated[list[Origin], Field(max_length=MAX_LISTED)] = Field(default_factory=list)
    """Sites whose pages may call it by script (CORS). A back end or an app needs no line."""
    return_urls: Annotated[list[ReturnUrl], Field(max_length=MAX_LISTED)] = Field(
        default_factory=list, validate_default=True
    )
    """Where a browser may go back to after logging in, letter by letter; no other address is taken."""
    starts_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 60
    """Log-ins that one address may ask for in a minute. A back end asks for all of its citizens."""
    contact_email: Annotated[str, StringConstraints(pattern=r"^([^@\s]{1,64}@[^@\s]{1,200})?$")] = ""
    """Who helps those that build on it: stands in the OpenAPI document."""
    contact_url: Annotated[str, StringConstraints(pattern=r"^(https?://\S{1,300})?$")] = ""
    """Where they find help."""

    @field_validator("return_urls")
    @classmethod
    def _can_come_back(cls, urls: list[str], others: ValidationInfo) -> list[str]:
        if others.data.get("enabled") and not urls:
            raise ValueError("must name an address: browsers go back there after logging in")
        return urls
