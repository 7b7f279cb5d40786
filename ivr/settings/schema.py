"""All settings in one: sections, subjects, and what must hold between them. Reads nothing: see `load`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ivr.session.attributes import Level
from ivr.session.code import length_for
from ivr.session.part import Part
from ivr.session.purpose import AttributeSpec, Purpose, Purposes
from ivr.settings.agents import AgentsSettings
from ivr.settings.api import ApiSettings
from ivr.settings.back_office import LinkSettings, ProcessingSettings, faults_of
from ivr.settings.irma import IrmaSettings
from ivr.settings.kinds import AsteriskName, Texts
from ivr.settings.oidc import OidcSettings
from ivr.settings.opening import NoticeSettings, OpeningSettings
from ivr.settings.pauses import DEFAULT_PAUSES, PauseSettings
from ivr.settings.sections import (
    AgiSettings,
    AsteriskSettings,
    CodeSettings,
    DemoSettings,
    KeysSettings,
    ManagerSettings,
    OrganisationSettings,
    PhoneSettings,
    RedisSettings,
    WebSettings,
)
from ivr.settings.site import SecuritySettings, SiteSettings
from ivr.settings.softphone import SoftphoneSettings
from ivr.settings.subjects import DEFAULT_ATTRIBUTES, DEFAULT_PURPOSES, AttributeSettings, PurposeSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ENV_DELIMITER", "ENV_PREFIX", "LANGUAGES", "AsteriskName", "Settings"]

ENV_PREFIX: Final = "IDBELLEN_"
ENV_DELIMITER: Final = "__"
LANGUAGES: Final = ("nl", "en")


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
    opening: OpeningSettings = OpeningSettings()
    notice: NoticeSettings = NoticeSettings()
    redis: RedisSettings = RedisSettings()
    keys: KeysSettings = KeysSettings()
    codes: CodeSettings = CodeSettings()
    asterisk: AsteriskSettings = AsteriskSettings()
    manager: ManagerSettings = ManagerSettings()
    agi: AgiSettings = AgiSettings()
    web: WebSettings = WebSettings()
    site: SiteSettings = SiteSettings()
    security: SecuritySettings = SecuritySettings()
    api: ApiSettings = ApiSettings()
    agents: AgentsSettings = AgentsSettings()
    softphone: SoftphoneSettings = SoftphoneSettings()
    processing: ProcessingSettings = ProcessingSettings()
    irma: IrmaSettings = IrmaSettings()
    demo: DemoSettings = DemoSettings()
    oidc: Annotated[list[OidcSettings], Field(max_length=20)] = Field(default_factory=list[OidcSettings])
    attributes: Annotated[list[AttributeSettings], Field(max_length=200)] = DEFAULT_ATTRIBUTES
    purposes: Annotated[list[PurposeSettings], Field(min_length=1, max_length=100)] = DEFAULT_PURPOSES
    links: Annotated[list[LinkSettings], Field(max_length=50)] = Field(default_factory=list[LinkSettings])
    pauses: Annotated[list[PauseSettings], Field(max_length=20)] = DEFAULT_PAUSES

    @classmethod
    def settings_customise_sources(cls, *_: object, **sources: Any) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes over the file (which comes in as keyword arguments); nothing else is read."""
        return (sources["env_settings"], sources["init_settings"])

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        if faults := [*self._doubled(), *self._unlisted()]:
            raise ValueError("\n".join(faults))
        return self

    def _doubled(self) -> Iterator[str]:
        for what, items in (
            ("attributes", self.attributes),
            ("purposes", self.purposes),
            ("oidc", self.oidc),
            ("links", self.links),
            ("pauses", self.pauses),
        ):
            names = [item.name for item in items]
            for name in sorted({name for name in names if names.count(name) > 1}):
                yield f"{what}: the name {name!r} is there twice. For example: name = {f'{name}-2'!r}"

    def _unlisted(self) -> Iterator[str]:
        names = [attribute.name for attribute in self.attributes]
        first = next(iter(names), "fullname")
        listed = [(f"purposes.{p.name}", p.attributes, f'attributes = ["{first}"]') for p in self.purposes]
        placed = [(f"oidc.{p.name}", p.claims, f'claims = {{ {first} = "name" }}') for p in self.oidc]
        for what, used, example in (*listed, *placed):
            for name in (name for name in used if name not in names):
                yield f"{what}: attribute {name!r} is not listed in [[attributes]]. For example: {example}"

    @model_validator(mode="after")
    def _careful_links(self) -> Self:
        masked = {attribute.name: attribute.masked for attribute in self.attributes}
        purposes = {purpose.name for purpose in self.purposes}
        faults = [fault for link in self.links for fault in faults_of(link, masked, purposes)]
        if faults:
            raise ValueError("\n".join(faults))
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
    def processing_file(self) -> Path:
        """Where the processing log goes; ``-`` is standard output."""
        return self.processing.file or self.data_dir / "processing.log"

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
        specs = {
            a.name: AttributeSpec(a.name, _texts(a.label), Part(a.keep), a.masked) for a in self.attributes
        }
        return Purposes(
            tuple(
                Purpose(
                    name=purpose.name,
                    queue=purpose.queue or self.asterisk.queue,
                    title=_texts(purpose.title),
                    why=_texts(purpose.why),
                    attributes=tuple(specs[name] for name in purpose.attributes),
                    minimum=Level[purpose.level.upper()],
                    methods=tuple(purpose.methods),
                    hours=self.opening.to_hours(purpose.hours),
                )
                for purpose in self.purposes
            )
        )


def _texts(texts: Texts) -> dict[str, str]:
    return {str(language): text for language, text in texts.items()}
