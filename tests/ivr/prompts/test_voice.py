"""The robot's voice, really speaking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import SettingsError
from ivr.prompts import sound
from ivr.prompts.voice import Espeak

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("language", "text"), [("nl", "Goedemorgen."), ("en", "Good morning."), ("nl", "-- --help")]
)
def test_it_says_a_sentence(language: str, text: str) -> None:
    """There is sound, also when the words look like a program's option."""
    spoken = Espeak().speak(text, language)
    assert len(spoken) > sound.RATE // 4
    assert sound.loudness(spoken) > sound.TARGET_DB - 20


def test_a_missing_program_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The operator can copy the command from the message."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsError, match=r"espeak-ng is missing; try: apt-get install"):
        Espeak().speak("Goedemorgen.", "nl")


def test_a_voice_that_does_not_exist_is_an_error() -> None:
    """The program's own words are passed on."""
    with pytest.raises(SettingsError, match="espeak-ng failed"):
        Espeak().speak("Goedemorgen.", "klingonese")
