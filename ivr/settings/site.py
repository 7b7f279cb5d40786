"""What of the pages is an organisation's own: look, statements, who may show our button. Reads nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from ivr.settings.kinds import Section, split_url

MAX_ORIGINS = 200
MAX_CONTACTS = 8


def _origin(text: str) -> str:
    parts = split_url(text)
    plain = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in {"http", "https"} or not parts.hostname or text != plain.lower() or "@" in plain:
        raise ValueError("must be scheme and host only, such as https://www.example.nl")
    return text


Origin = Annotated[str, StringConstraints(max_length=300), AfterValidator(_origin)]
Contact = Annotated[str, StringConstraints(pattern=r"^(mailto:|https://|tel:)[!-~]{1,300}$")]
"""As RFC 9116, section 2.5.3, wants it."""


class SiteSettings(Section):
    """The pages' own look and statements."""

    theme: Path | None = None
    """A stylesheet with design tokens of your own, put after ours; checked at start. Empty: our own look."""
    logo: Path | None = None
    """An SVG or PNG beside the organisation's name; empty: a neutral mark."""
    accessibility_url: Annotated[str, StringConstraints(pattern=r"^(https?://\S{1,400})?$")] = ""
    """Your accessibility statement; empty: a page of ours."""
    button_origins: Annotated[list[Origin], Field(max_length=MAX_ORIGINS)] = Field(default_factory=list)
    """Websites whose pages may load our button's script, as browsers write their origin."""


class SecuritySettings(Section):
    """Whom to tell of a weakness: ``/.well-known/security.txt`` (RFC 9116). Not there without a contact."""

    contact: Annotated[list[Contact], Field(max_length=MAX_CONTACTS)] = Field(default_factory=list)
    """``mailto:``, ``https://`` or ``tel:``, the one that you like best first."""
    expires: date | None = None
    """The last day on which this holds, at most a year ahead; nothing is served without it, or after it."""
    policy: Annotated[str, StringConstraints(pattern=r"^(https://\S{1,400})?$")] = ""
    """The page that says what you promise to who reports; empty: no line."""
