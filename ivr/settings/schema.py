"""Every setting: its type, bounds, default and meaning. Reads nothing itself: see `ivr.settings.load`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ivr.session.attributes import Level
from ivr.session.code import length_for
from ivr.session.purpose import AttributeSpec, Purpose, Purposes

ENV_PREFIX: Final = "IDBELLEN_"
ENV_DELIMITER: Final = "__"
LANGUAGES: Final = ("nl", "en")

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""Short, for links and keys: small letters, digits and dashes."""
AsteriskName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Language = Literal["nl", "en"]
QueueName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
AttributeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
Host = Annotated[str, StringConstraints(min_length=1, max_length=253)]
Port = Annotated[int, Field(ge=1, le=65535)]
Texts = dict[Language, Annotated[str, StringConstraints(min_length=1, max_length=400)]]


class Section(BaseModel):
    """A table of the file: nothing unknown in it, nothing changed after start."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OrganisationSettings(Section):
    """Who answers."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)] = "Gemeente Voorbeeld"
    privacy_url: str = ""


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
    budget: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    """Wrong codes an hour, from everybody together, before extra digits are asked."""


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
    trusted_proxies: list[IPvAnyNetwork] = []
    """Networks of your own proxies, whose X-Forwarded-For is believed."""
    starts_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 10
    """Sessions that one address may start in a minute."""

    @field_validator("url")
    @classmethod
    def _safe_url(cls, url: str) -> str:
        parts = urlsplit(url)
        local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError("must be scheme and host only")
        if parts.scheme == "http" and not local:
            raise ValueError("must be https: browsers keep the citizen's cookie on a safe connection only")
        return url.rstrip("/")


class AgentsSettings(Section):
    """Local accounts of agents; ``idbellen agent`` writes them."""

    file: Path | None = None
    """Empty: ``agents.json`` in ``data_dir``."""
    idle_minutes: Annotated[int, Field(ge=1, le=1440)] = 60


class DemoSettings(Section):
    """The demonstration: an identity provider with test persons. Every page says so."""

    enabled: bool = False


class AttributeSettings(Section):
    """One attribute: what people call it."""

    name: AttributeName
    label: Texts


class PurposeSettings(Section):
    """One subject that citizens call about."""

    name: Name
    queue: QueueName = "idbellen"
    title: Texts
    why: Texts
    attributes: Annotated[list[AttributeName], Field(min_length=1, max_length=32)]
    level: Literal["low", "substantial", "high"] = "low"
    methods: list[Name] = []


def _texts(texts: Texts) -> dict[str, str]:
    return {str(language): text for language, text in texts.items()}


def _label(name: str, nl: str, en: str) -> AttributeSettings:
    return AttributeSettings(name=name, label={"nl": nl, "en": en})


DEFAULT_ATTRIBUTES: Final = [
    _label("fullname", "Naam", "Name"),
    _label("dateofbirth", "Geboortedatum", "Date of birth"),
    _label("bsn", "Burgerservicenummer (BSN)", "Citizen service number (BSN)"),
    _label("street", "Straat", "Street"),
    _label("housenumber", "Huisnummer", "House number"),
    _label("postcode", "Postcode", "Postcode"),
    _label("city", "Woonplaats", "Town"),
]
DEFAULT_PURPOSES: Final = [
    PurposeSettings(
        name="verhuizing",
        title={"nl": "Verhuizing doorgeven", "en": "Report a change of address"},
        why={
            "nl": "Wij zoeken hiermee uw inschrijving op en passen uw adres aan.",
            "en": "With these we find your registration and change your address.",
        },
        attributes=["fullname", "dateofbirth", "bsn", "street", "housenumber", "postcode", "city"],
        level="substantial",
    ),
    PurposeSettings(
        name="aanvraag",
        title={"nl": "Vraag over uw aanvraag", "en": "Question about your application"},
        why={
            "nl": "Wij zoeken hiermee uw aanvraag op.",
            "en": "With these we find your application.",
        },
        attributes=["fullname", "dateofbirth", "bsn"],
    ),
    PurposeSettings(
        name="afval",
        title={"nl": "Afval en containers", "en": "Waste and containers"},
        why={
            "nl": "Wij zien hiermee welke container bij uw adres hoort.",
            "en": "With these we see which container belongs to your address.",
        },
        attributes=["postcode", "housenumber"],
    ),
]


class Settings(BaseSettings):
    """All settings, validated."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_nested_delimiter=ENV_DELIMITER,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Path("var")
    """Keys, accounts and the socket of the embedded store."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    organisation: OrganisationSettings = OrganisationSettings()
    phone: PhoneSettings = PhoneSettings()
    redis: RedisSettings = RedisSettings()
    keys: KeysSettings = KeysSettings()
    codes: CodeSettings = CodeSettings()
    asterisk: AsteriskSettings = AsteriskSettings()
    manager: ManagerSettings = ManagerSettings()
    agi: AgiSettings = AgiSettings()
    web: WebSettings = WebSettings()
    agents: AgentsSettings = AgentsSettings()
    demo: DemoSettings = DemoSettings()
    attributes: Annotated[list[AttributeSettings], Field(max_length=200)] = DEFAULT_ATTRIBUTES
    purposes: Annotated[list[PurposeSettings], Field(min_length=1, max_length=100)] = DEFAULT_PURPOSES

    @classmethod
    def settings_customise_sources(cls, *_: object, **sources: Any) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes over the file (which comes in as keyword arguments); nothing else is read."""
        return (sources["env_settings"], sources["init_settings"])

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        names = [attribute.name for attribute in self.attributes]
        for what, listed in (("attributes", names), ("purposes", [p.name for p in self.purposes])):
            if len(set(listed)) != len(listed):
                raise ValueError(f"{what}: a name is there twice")
        for purpose in self.purposes:
            for name in purpose.attributes:
                if name not in names:
                    raise ValueError(
                        f"purposes.{purpose.name}: attribute {name!r} is not listed in [[attributes]]"
                    )
        return self

    @property
    def code_length(self) -> int:
        """Return how many digits a code has, check digit included."""
        return length_for(self.codes.live, self.codes.budget)

    @property
    def seal_file(self) -> Path:
        """Where the keys that guard attributes are."""
        return self.keys.seal_file or self.data_dir / "seal.keys"

    @property
    def code_file(self) -> Path:
        """Where the keys that guard codes are."""
        return self.keys.code_file or self.data_dir / "code.keys"

    @property
    def agents_file(self) -> Path:
        """Where the agents' accounts are."""
        return self.agents.file or self.data_dir / "agents.json"

    @property
    def store_socket(self) -> Path:
        """Where the embedded store listens."""
        return self.data_dir / "valkey.sock"

    @property
    def store_url(self) -> str:
        """The store's address: as set, or the embedded one."""
        return self.redis.url.get_secret_value() or f"unix://{self.store_socket.absolute()}"

    def to_purposes(self) -> Purposes:
        """Return the purposes as the domain knows them."""
        specs = {a.name: AttributeSpec(a.name, _texts(a.label)) for a in self.attributes}
        return Purposes(
            tuple(
                Purpose(
                    name=purpose.name,
                    queue=purpose.queue,
                    title=_texts(purpose.title),
                    why=_texts(purpose.why),
                    attributes=tuple(specs[name] for name in purpose.attributes),
                    minimum=Level[purpose.level.upper()],
                    methods=tuple(purpose.methods),
                )
                for purpose in self.purposes
            )
        )
