"""ivr.settings.irma: the settings for logging in with the Yivi app."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ivr.settings.irma import SOURCES, IrmaSettings
from ivr.settings.schema import Settings


def test_it_is_off_until_there_is_a_server() -> None:
    """And what we come with knows every attribute that we come with."""
    settings = Settings()
    assert settings.irma.url == ""
    assert {attribute.name for attribute in settings.attributes} <= set(SOURCES)


@pytest.mark.parametrize("url", ["https://irma.example.nl", "http://127.0.0.1:8088/", "http://localhost/api"])
def test_a_server_is_far_away_and_safe_or_here(url: str) -> None:
    """A path before the API may be in it."""
    assert IrmaSettings(url=url).url == url.rstrip("/")


@pytest.mark.req("S7", "O5")
@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://irma.example.nl"},
        {"url": "irma.example.nl"},
        {"url": "https://"},
        {"url": "https://user:secret@irma.example.nl"},
        {"url": "https://irma.example.nl?x=1"},
        {"authentication": "basic"},
        {"requestor": "two words"},
        {"minutes": 15},
        {"seconds": 9},
        {"attributes": {"bsn": []}},
        {"attributes": {"bsn": "pbdf.gemeente.personalData.bsn"}},
        {"attributes": {"bsn": ["bsn"]}},
        {"attributes": {"bsn": ["pbdf.gemeente.personalData.bsn and pbdf.gemeente.address.city"]}},
        {"attributes": {"": ["pbdf.gemeente.personalData.bsn"]}},
        {"level_attribute": "digidlevel"},
        {"levels": {"25": "high enough"}},
        {"level": "highest"},
        {"level": "none", "level_attribute": ""},
    ],
    ids=str,
)
def test_what_cannot_be_is_told_at_start(wrong: dict[str, object]) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValidationError):
        IrmaSettings.model_validate(wrong)


def test_several_attributes_can_be_one_and_there_can_be_alternatives() -> None:
    """Written as one would say it."""
    names = ["pbdf.gemeente.personalData.fullname", "pbdf.pbdf.idin.initials + pbdf.pbdf.idin.familyname"]
    assert IrmaSettings(attributes={"fullname": names}).attributes["fullname"] == names
