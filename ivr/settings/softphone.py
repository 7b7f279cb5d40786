"""The telephone in the agent's page: where Asterisk's websocket is, and what is dialled. Reads nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from ivr.settings.kinds import Section, split_url

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_STUN: Final = 4
MAX_PLACES: Final = 100


def _stun(server: str) -> str:
    parts = split_url(server.replace(":", "://", 1))
    if parts.scheme not in {"stun", "stuns"} or not parts.hostname or parts.path or parts.query:
        raise ValueError("must be a server such as stun:stun.example.nl:3478")
    return server


Stun = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,300}$"), AfterValidator(_stun)]
Extension = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9*#+._-]{1,40}$")]
"""What an agent's phone may dial."""
Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9*#+._-]{0,20}$")]
PlaceTitle = Annotated[str, StringConstraints(pattern=r"^\S(?:.{0,78}\S)?$")]


class SoftphoneSettings(Section):
    """The telephone in the agent's page. Off while ``url`` is empty."""

    url: Annotated[str, StringConstraints(pattern=r"^[!-~]{0,300}$")] = ""
    """Asterisk's websocket as browsers reach it. ``wss``, unless it is this machine."""
    realm: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,79}$")] = "idbellen"
    """The name under which Asterisk asks for the password. Any will do."""
    secret_file: Path | None = None
    """What Asterisk shows when it asks us whether a phone may come in: 24 characters or more at random."""
    stun: Annotated[list[Stun], Field(max_length=MAX_STUN)] = Field(default_factory=list)
    """By which browsers learn their own address; none within one network."""
    echo: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9*#+._-]{0,40}$")] = "echo"
    """What the page dials to let agents hear themselves; empty: no test."""
    back: Extension = "back"
    """What the page dials to get its call back after it was loaded again."""
    colleague_prefix: Prefix = "agent_"
    """Before the name of a colleague's phone, to transfer a call there: ``PJSIP/anna`` is ``agent_anna``."""
    queue_prefix: Prefix = "queue_"
    """The same before the name of a queue."""
    places: Annotated[dict[PlaceTitle, Extension], Field(max_length=MAX_PLACES)] = Field(default_factory=dict)
    """Further places to transfer to, each by its title."""

    @field_validator("url")
    @classmethod
    def _safe_url(cls, url: str) -> str:
        parts = split_url(url)
        if not url:
            return url
        if parts.scheme not in {"ws", "wss"} or not parts.hostname or "@" in parts.netloc or parts.fragment:
            raise ValueError("must be an address such as wss://bellen.example.nl/phone")
        if parts.scheme == "ws" and parts.hostname not in LOCAL:
            raise ValueError("must be wss: browsers let no page with a microphone speak over less")
        return url

    @model_validator(mode="after")
    def _has_secret(self) -> Self:
        if self.url and self.secret_file is None:
            raise ValueError("needs a secret_file: Asterisk shows it when it asks about a telephone")
        return self
