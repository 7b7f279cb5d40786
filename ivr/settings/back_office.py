"""What agents' screens have to do with the organisation's own systems: links, and the processing log.

Reads nothing. Knows an address as text with names in braces; how values get into it: `web.agent.links`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from ivr.settings.kinds import AttributeName, Name, Section, Texts, split_url

MAX_ADDRESS: Final = 1000
_PLACE: Final = re.compile(r"\{([A-Za-z0-9][A-Za-z0-9._-]{0,127})\}")
"""An attribute's name in braces."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class LinkSettings(Section):
    """A link from an agent's screen into a system of yours, with what the caller proved in its address.

    It is there only while all its values are, and opens in a tab of its own, which is not told where from.
    """

    name: Name
    """Short, for messages about it."""
    title: Texts
    """What agents know that system by."""
    url: Annotated[str, StringConstraints(pattern=r"^[!-~]+$", max_length=MAX_ADDRESS)]
    """Its address, with attributes by name in braces; values are percent-encoded. https, or this machine."""
    purposes: Annotated[list[Name], Field(max_length=100)] = Field(default_factory=list)
    """For which subjects it is there; empty: for all."""
    discloses: AttributeName | Literal[""] = ""
    """A masked attribute that may stand in this address all the same: browsers and proxies keep addresses."""

    @field_validator("url")
    @classmethod
    def _safe_url(cls, url: str) -> str:
        parts = split_url(url)
        if not parts.hostname or "@" in parts.netloc or _PLACE.search(parts.netloc):
            raise ValueError("must be a whole address, without anything of a caller before its path")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("must begin with https://")
        if set("{}") & set(_PLACE.sub("", url)):
            raise ValueError("has a brace that holds no attribute's name")
        return url

    @model_validator(mode="after")
    def _holds_what_it_discloses(self) -> Self:
        if self.discloses and self.discloses not in self.attributes:
            raise ValueError(f"discloses {self.discloses!r}, which does not stand in its url")
        return self

    @property
    def attributes(self) -> tuple[str, ...]:
        """Return the names of the attributes in its address."""
        return tuple(dict.fromkeys(_PLACE.findall(self.url)))


class ProcessingSettings(Section):
    """The processing log: who saw which caller's data, when and for what. Never what they said.

    One line of JSON for each look, with the fields of the standard Logboek Dataverwerkingen; see
    docs/operating.md. Data of which this cannot be written down first are not shown.
    """

    file: Path | None = None
    """Where the lines go; ``-``: standard output. Empty: ``processing.log`` in ``data_dir``."""
    activity: Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9+.-]*:[!-~]{1,400})?$")] = ""
    """Where your register describes the activity, with ``{purpose}``; empty: our page about that subject."""
    subject: AttributeName = "bsn"
    """The attribute that citizens are known by. It is written as a mac only, which needs ``seal.keys``."""


EXAMPLE: Final = LinkSettings(
    name="zaken",
    title={"nl": "Zaaksysteem", "en": "Case system"},
    url="https://zaken.example.nl/zoek?geboren={dateofbirth}&naam={fullname}",
    purposes=["aanvraag"],
)
"""What one may look like; there is none until the operator makes one."""


def faults_of(link: LinkSettings, masked: dict[str, bool], purposes: set[str]) -> list[str]:
    """Return what cannot be of a link, given which attributes there are and which of them are masked."""
    example = f"For example: url = {EXAMPLE.url!r}"
    faults = [
        f"links.{link.name}: attribute {name!r} is not listed in [[attributes]]. {example}"
        for name in link.attributes
        if name not in masked
    ]
    faults += [
        f"links.{link.name}: attribute {name!r} is masked, and an address is kept by browsers, proxies and "
        f"that system. Leave it out, or say that you accept this. For example: discloses = {name!r}"
        for name in link.attributes
        if masked.get(name) and name != link.discloses
    ]
    return faults + [
        f"links.{link.name}: there is no purpose {name!r}. For example: purposes = []"
        for name in link.purposes
        if name not in purposes
    ]
