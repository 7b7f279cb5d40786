"""The tables of the settings file that stand there once. Reads nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, IPvAnyNetwork, SecretStr, StringConstraints, field_validator, model_validator

from ivr.errors import InputError
from ivr.session.code import BUDGET_PER_HOUR, length_for
from ivr.settings.kinds import MAX_ORGANISATION, AsteriskName, Host, Port, QueueName, Section, split_url


class OrganisationSettings(Section):
    """Who answers."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=MAX_ORGANISATION)] = "Gemeente Voorbeeld"
    privacy_url: Annotated[str, StringConstraints(pattern=r"^(https?://\S{1,400})?$")] = ""


class PhoneSettings(Section):
    """The number that citizens call."""

    number: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{3,15}$")] = "+31880000000"
    """As it is dialled, in international form."""
    display: Annotated[str, StringConstraints(max_length=30)] = ""
    """As it is shown, in the groups that people know; empty: the number itself."""
    general: Annotated[str, StringConstraints(max_length=30)] = "14 000"
    """The ordinary number, to call without identification."""


class RedisSettings(Section):
    """Valkey or Redis, 7 or later."""

    url: SecretStr = SecretStr("")
    """``redis://``, ``rediss://`` or ``unix://``; empty: ``idbellen up`` runs one of its own."""
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9{}:_-]{1,40}$")] = "idb:"
    replicas: Annotated[int, Field(ge=0, le=16)] = 0
    """How many replicas must confirm that a code is used up before its caller counts as identified."""

    @field_validator("url")
    @classmethod
    def _known_scheme(cls, url: SecretStr) -> SecretStr:
        given = url.get_secret_value()
        parts = split_url(given)
        if given and not given.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        if parts.scheme == "unix" and not (parts.path.startswith("/") and not parts.hostname):
            raise ValueError("must name a socket by its whole path, after unix://")
        if parts.scheme.startswith("redis") and not parts.hostname:
            raise ValueError("names no host")
        return url


class KeysSettings(Section):
    """Key files; ``idbellen keys`` makes them. Empty: in ``data_dir``."""

    seal_file: Path | None = None
    """Guards attributes. For the web only: telephony needs and gets no sight of it."""
    code_file: Path | None = None
    """Guards codes, tickets and callers' numbers. For both."""


class CodeSettings(Section):
    """The code that a citizen keys in."""

    live: Annotated[int, Field(ge=1, le=10_000_000)] = 100
    """The most codes that are live at one time; their length follows from it."""
    minutes: Annotated[int, Field(ge=1, le=120)] = 20
    """How long a code may be used."""
    budget: Annotated[int, Field(ge=1, le=1_000_000)] = BUDGET_PER_HOUR
    """Wrong codes an hour, from everybody together, before extra digits are asked."""

    @model_validator(mode="after")
    def _can_be_keyed(self) -> Self:
        try:
            length_for(self.live, self.budget)
        except InputError as error:
            raise ValueError(f"{error}; lower codes.live or codes.budget") from None
        return self


class ManagerSettings(Section):
    """The manager connection (AMI) to Asterisk."""

    host: Host = "127.0.0.1"
    port: Port = 5038
    username: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")] = "idbellen"
    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None


class AgiSettings(Section):
    """Where Asterisk asks us about a caller (FastAGI)."""

    host: Host = "127.0.0.1"
    port: Port = 4573
    connections: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """Callers keying a code at one time; one more goes to the queue at once."""


class AsteriskSettings(Section):
    """The Asterisk that this process serves."""

    name: AsteriskName = "pbx"
    """Also ``IDB_ASTERISK`` in its dialplan: each Asterisk on one store has a name of its own."""
    queue: QueueName = "idbellen"
    """The ordinary queue: ``IDB_DEFAULT_QUEUE`` in its dialplan."""
    prompts_dir: Path | None = None
    """The sounds folder as this process sees it (``…/sounds``); empty: not checked."""


class WebSettings(Section):
    """The pages."""

    url: str = "http://localhost:8080"
    """As browsers see it. https, unless it is this machine."""
    host: Host = "127.0.0.1"
    port: Port = 8080
    trusted_proxies: list[IPvAnyNetwork] = Field(default_factory=list)
    """Networks of your own proxies, whose X-Forwarded-For is believed."""
    starts_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 10
    """Sessions that one address may start in a minute."""

    @field_validator("url")
    @classmethod
    def _safe_url(cls, url: str) -> str:
        parts = split_url(url)
        local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        plain = f"{parts.scheme}://{parts.netloc}"
        bare = url.rstrip("/") == plain and "@" not in plain
        if not bare or not parts.hostname or parts.scheme not in {"http", "https"}:
            raise ValueError("must be scheme and host only")
        if parts.scheme == "http" and not local:
            raise ValueError("must be https: browsers keep the citizen's cookie on a safe connection only")
        return plain


class DemoSettings(Section):
    """The demonstration: an identity provider with test persons. Every page says so."""

    enabled: bool = False
