"""What citizens call about, as settings: attributes and purposes, and those we come with. Reads nothing."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from ivr.settings.kinds import AttributeName, LevelName, Name, QueueName, Section, Texts
from ivr.settings.opening import WeekLines

BSN: Final = "bsn"


class AttributeSettings(Section):
    """One attribute: what people call it."""

    name: AttributeName
    label: Texts
    keep: Literal["whole", "year", "district"] = "whole"
    """How much of it is kept: of a date the ``year``, of a postcode its four digits. The rest is dropped."""
    masked: bool = False
    """Agents see it only when they ask, each time in the processing log. ``bsn`` is, unless you say not."""

    @model_validator(mode="before")
    @classmethod
    def _mask_bsn(cls, given: Any) -> Any:
        return {"masked": True, **given} if isinstance(given, dict) and given.get("name") == BSN else given


class PurposeSettings(Section):
    """One subject that citizens call about."""

    name: Name
    queue: QueueName | Literal[""] = ""
    """Where its callers wait; empty: the ordinary queue, ``asterisk.queue``."""
    title: Texts
    why: Texts
    attributes: Annotated[list[AttributeName], Field(min_length=1, max_length=32)]
    level: LevelName = "low"
    methods: list[Name] = Field(default_factory=list)
    hours: WeekLines = Field(default_factory=list)
    """When its callers are answered, as in ``opening.hours``; empty: as there."""


def _label(name: str, nl: str, en: str, keep: Literal["whole", "year"] = "whole") -> AttributeSettings:
    return AttributeSettings(name=name, label={"nl": nl, "en": en}, keep=keep)


DEFAULT_ATTRIBUTES: Final = [
    _label("fullname", "Naam", "Name"),
    _label("dateofbirth", "Geboortedatum", "Date of birth"),
    _label("birthyear", "Geboortejaar", "Year of birth", keep="year"),
    _label(BSN, "Burgerservicenummer (BSN)", "Citizen service number (BSN)"),
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
