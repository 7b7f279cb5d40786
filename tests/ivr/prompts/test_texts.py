"""The words of the prompts."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from ivr.agi.contract import Prompt
from ivr.errors import SettingsError
from ivr.prompts.texts import LANGUAGES, words
from ivr.settings.kinds import MAX_ORGANISATION

TEXTS = tomllib.loads(resources.files("ivr.prompts").joinpath("texts.toml").read_text("utf-8"))


@pytest.mark.req("P6")
def test_every_prompt_has_words_in_every_language_and_there_are_no_others() -> None:
    """The file and the names in the contract are one list."""
    assert {name: set(text) for name, text in TEXTS.items()} == {prompt: set(LANGUAGES) for prompt in Prompt}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_words_say_who_answers(language: str) -> None:
    """The name stands in the greeting, and no brace is left anywhere."""
    assert "de gemeente Voorbeeld" in words(Prompt.WELCOME, language, "de gemeente Voorbeeld")
    assert not any("{" in words(prompt, language, "x") for prompt in Prompt)


@pytest.mark.req("P5")
@pytest.mark.parametrize("telling", ["verlopen", "gebruikt", "fout", "expired", "used", "wrong"])
def test_a_refused_code_does_not_say_why(telling: str) -> None:
    """Wrong, used and expired are one sentence, without a word that fits only one of them."""
    assert not any(telling in words(Prompt.WRONG, language, "x").lower() for language in LANGUAGES)


@pytest.mark.parametrize("name", ["", "x" * (MAX_ORGANISATION + 1), "two\nlines", "tab\there", "null\0"])
def test_a_name_that_cannot_be_said_is_refused_by_its_setting(name: str) -> None:
    """The error names the setting."""
    with pytest.raises(SettingsError, match="organisation"):
        words(Prompt.WELCOME, "nl", name)
