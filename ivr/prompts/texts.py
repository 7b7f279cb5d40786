"""The words of each prompt, in each language, and those of Asterisk's own sounds that are missing in one.

Reads ``texts.toml`` and ``counting.toml``, which a translator can edit. Knows nothing of voices and files of
sound.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from ivr.errors import SettingsError
from ivr.settings.kinds import MAX_ORGANISATION

if TYPE_CHECKING:
    from ivr.agi.contract import Prompt

LANGUAGES: Final = ("nl", "en")


def words(prompt: Prompt, language: str, organisation: str) -> str:
    """Return what to say. ``SettingsError`` when the organisation's name is not one line that can be said."""
    if not 0 < len(organisation) <= MAX_ORGANISATION or not organisation.isprintable():
        raise SettingsError(
            f"organisation.name: expected a name of 1 to {MAX_ORGANISATION} characters on one line, such as"
            " 'de gemeente Voorbeeld'"
        )
    return _texts()[prompt][language].replace("{organisation}", organisation)


def counting() -> dict[str, dict[str, str]]:
    """Return what Asterisk says of a place in a queue, by language and name of the sound."""
    return _read("counting.toml")


@cache
def _texts() -> dict[str, dict[str, str]]:
    return _read("texts.toml")


def _read(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files("ivr.prompts").joinpath(name).read_text("utf-8"))
