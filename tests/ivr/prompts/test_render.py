"""Prompts from texts to files."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import pytest

from ivr.agi.contract import COMMAND_SECONDS, Prompt
from ivr.errors import InputError
from ivr.prompts import sound, wav
from ivr.prompts.render import Outcome, missing, path_of, render, render_counting
from ivr.prompts.texts import LANGUAGES, counting
from tests.lab.prompts import rendered

if TYPE_CHECKING:
    from array import array
    from pathlib import Path


class Beeper:
    """A voice that beeps once for every letter."""

    name = "beeper"

    def __init__(self, seconds_a_letter: float = 0.01) -> None:
        self._samples = int(seconds_a_letter * sound.RATE)

    def speak(self, text: str, _language: str) -> array[int]:
        """A square wave, as long as the text."""
        return wav.array("h", [9000, 9000, -9000, -9000] * (len(text) * self._samples // 4))


def make(folder: Path, organisation: str = "de gemeente", voice: Beeper | None = None) -> dict[str, Outcome]:
    """Render everything; return what became of each."""
    made = render(folder, organisation, voice=voice or Beeper())
    return {str(one.path.relative_to(folder)): one.outcome for one in made}


def test_every_prompt_is_made_in_every_language_and_then_left_alone(tmp_path: Path) -> None:
    """The second time nothing is written."""
    assert set(make(tmp_path).values()) == {Outcome.MADE}
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.wav")}
    assert len(before) == len(Prompt) * len(LANGUAGES)
    assert set(make(tmp_path).values()) == {Outcome.CURRENT}
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.wav")} == before


def test_a_new_name_of_the_organisation_is_said(tmp_path: Path) -> None:
    """Only the prompts that hold it are made anew."""
    make(tmp_path)
    again = make(tmp_path, "de provincie")
    assert {name for name, outcome in again.items() if outcome is Outcome.MADE} == {
        f"{language}/idbellen/{prompt}.wav" for language in LANGUAGES for prompt in ("welcome", "closed")
    }


def test_a_recording_by_a_human_is_never_overwritten(tmp_path: Path) -> None:
    """Nor touched, whatever it is called in ours."""
    path = path_of(tmp_path, Prompt.WELCOME, "nl")
    path.parent.mkdir(parents=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\1\2" * 8000)
    recording = path.read_bytes()
    assert make(tmp_path)["nl/idbellen/welcome.wav"] is Outcome.RECORDED
    assert path.read_bytes() == recording


def test_what_lasts_too_long_is_refused_by_name(tmp_path: Path) -> None:
    """A frozen server could hold a caller for as long as a prompt; the message says what to shorten."""
    with pytest.raises(InputError, match=r"prompt welcome \(nl\) lasts .* organisation"):
        make(tmp_path, voice=Beeper(0.2))
    assert not list(tmp_path.rglob("*.wav"))


def test_a_voice_that_says_nothing_is_refused(tmp_path: Path) -> None:
    """An empty prompt would look like one."""
    with pytest.raises(InputError, match=r"lasts 0\.0 s"):
        make(tmp_path, voice=Beeper(0))


def test_missing_prompts_are_named(tmp_path: Path) -> None:
    """In any format they count, so that a recording may be one."""
    assert len(missing(tmp_path)) == len(Prompt) * len(LANGUAGES)
    make(tmp_path)
    assert missing(tmp_path) == ()
    path_of(tmp_path, Prompt.THANKS, "en").rename(tmp_path / "en/idbellen/thanks.alaw")
    path_of(tmp_path, Prompt.WRONG, "nl").unlink()
    assert missing(tmp_path) == ("nl/idbellen/wrong",)
    assert missing(tmp_path, ("en",)) == ()


@pytest.mark.req("P7")
def test_sounds_that_asterisk_has_already_are_left_alone_in_any_format(tmp_path: Path) -> None:
    """Those that it lacks are made, once."""
    there = tmp_path / "nl/digits/1.gsm"
    there.parent.mkdir(parents=True)
    there.touch()
    for made in (Outcome.MADE, Outcome.CURRENT):
        outcomes = {one.path: one.outcome for one in render_counting(tmp_path, voice=Beeper(0.1))}
        assert outcomes.pop(tmp_path / "nl/digits/1.wav") is Outcome.RECORDED
        assert len(outcomes) == len(counting()["nl"]) - 1
        assert set(outcomes.values()) == {made}
    assert not (tmp_path / "nl/digits/1.wav").exists()


@pytest.mark.req("P6")
def test_the_prompts_that_we_ship_are_short_equally_loud_and_end_in_silence() -> None:
    """The real texts, said by the real voice: nobody is held longer than a command may last."""
    folder = rendered()
    for language in LANGUAGES:
        for prompt in Prompt:
            samples = wav.read(path_of(folder, prompt, language))
            assert len(samples) / sound.RATE <= COMMAND_SECONDS, prompt
            assert sound.loudness(samples) == pytest.approx(sound.TARGET_DB, abs=0.5), prompt
            assert not any(samples[-int(sound.END_SECONDS * sound.RATE) :]), prompt
