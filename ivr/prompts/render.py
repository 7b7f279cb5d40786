"""Turn the texts into files that Asterisk plays, and say which are not there.

``folder`` is always Asterisk's ``sounds`` folder, or one to be copied there; files are
``<language>/idbellen/<prompt>.wav``, and ``<language>/<name>.wav`` for what Asterisk itself says.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from ivr.agi.contract import COMMAND_SECONDS, PROMPT_FOLDER, Prompt
from ivr.errors import InputError
from ivr.prompts import sound, wav
from ivr.prompts.texts import LANGUAGES, counting, words
from ivr.prompts.voice import Espeak, Voice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECIPE: Final = f"1 {sound.TARGET_DB} {sound.END_SECONDS}"
"""What else a file depends on; with another figure here all are made anew."""


class Outcome(Enum):
    """What became of one prompt's file."""

    MADE = "made"
    CURRENT = "was there already"
    RECORDED = "is a recording, left alone"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One prompt's file after rendering; ``seconds`` of a recording is unknown."""

    path: Path
    outcome: Outcome
    seconds: float | None = None


def render(
    folder: Path, organisation: str, *, voice: Voice | None = None, languages: tuple[str, ...] = LANGUAGES
) -> Iterator[Rendered]:
    """Make every prompt that is absent or out of date; yield each as it is done.

    A recording of the same name is left alone. Each file appears whole or not at all. ``SettingsError`` or
    ``TooSlowError`` when the voice fails, ``InputError`` when a sentence lasts longer than a command may.
    """
    speaker = voice or Espeak()
    for language in languages:
        for prompt in Prompt:
            yield _render(
                path_of(folder, prompt, language), words(prompt, language, organisation), language, speaker
            )


def render_counting(folder: Path, *, voice: Voice | None = None) -> Iterator[Rendered]:
    """Make the sounds by which Asterisk itself tells a place in a queue, where it has them not.

    Otherwise as `render`; a sound in another format is left alone as well.
    """
    speaker = voice or Espeak()
    for language, sounds in counting().items():
        for name, text in sounds.items():
            path = folder / language / f"{name}.wav"
            if any(other != path for other in path.parent.glob(f"{path.stem}.*")):
                yield Rendered(path, Outcome.RECORDED)
            else:
                yield _render(path, text, language, speaker)


def path_of(folder: Path, prompt: Prompt, language: str) -> Path:
    """Return where the prompt's own file is, below Asterisk's sounds."""
    return folder / language / PROMPT_FOLDER / f"{prompt.value}.wav"


def missing(folder: Path, languages: tuple[str, ...] = LANGUAGES) -> tuple[str, ...]:
    """Return the absent prompts, such as ``nl/idbellen/welcome``; a recording may be in any format."""
    paths = [path_of(folder, prompt, language) for language in languages for prompt in Prompt]
    absent = [path for path in paths if not any(path.parent.glob(f"{path.stem}.*"))]
    return tuple(str(path.relative_to(folder).with_suffix("")) for path in absent)


def _render(path: Path, text: str, language: str, voice: Voice) -> Rendered:
    source = hashlib.sha256(f"{RECIPE}|{voice.name}|{language}|{text}".encode()).hexdigest()
    if path.exists():
        made_from = wav.source_of(path)
        if made_from is None:
            return Rendered(path, Outcome.RECORDED)
        if made_from == source:
            return Rendered(path, Outcome.CURRENT)
    samples = sound.telephone(voice.speak(text, language))
    seconds = len(samples) / sound.RATE
    if not 0 < seconds <= COMMAND_SECONDS:
        raise InputError(
            f"prompt {path.stem} ({language}) lasts {seconds:.1f} s, and at most {COMMAND_SECONDS} s can be"
            " played: shorten its text, or the name of the organisation"
        )
    wav.write(path, samples, source)
    return Rendered(path, Outcome.MADE, seconds)
