"""Loudness, trimming and silence, in numbers."""

from __future__ import annotations

import itertools
import math
from array import array

import pytest

from ivr.prompts import sound


def tone(amplitude: float, seconds: float = 1.0, pitch: int = 440) -> array[int]:
    """A sine of that share of full scale."""
    steps = range(int(seconds * sound.RATE))
    return array(
        "h", (round(sound.FULL * amplitude * math.sin(2 * math.pi * pitch * n / sound.RATE)) for n in steps)
    )


def silence(seconds: float) -> array[int]:
    """Nothing, for a while."""
    return array("h", bytes(2 * int(seconds * sound.RATE)))


def test_a_full_sine_is_three_decibels_below_full_scale() -> None:
    """Its mean square is a half."""
    assert sound.loudness(tone(1.0)) == pytest.approx(-3.01, abs=0.05)


def test_pauses_do_not_make_speech_softer() -> None:
    """A sentence with a long pause is as loud as the same one without."""
    spoken = tone(0.1)
    assert sound.loudness(spoken + silence(3) + spoken) == pytest.approx(sound.loudness(spoken), abs=0.1)


def test_silence_has_no_loudness() -> None:
    """It is infinitely soft, and makes an empty prompt."""
    assert sound.loudness(silence(1)) == -math.inf
    assert not sound.telephone(silence(1))


@pytest.mark.parametrize("amplitude", [0.01, 0.1, 0.5, 1.0])
def test_every_prompt_becomes_equally_loud(amplitude: float) -> None:
    """However loud the voice was."""
    assert sound.loudness(sound.telephone(tone(amplitude))) == pytest.approx(sound.TARGET_DB, abs=0.2)


def test_a_sharp_peak_is_never_cut_off() -> None:
    """Mostly soft speech with one loud syllable stays whole, and is softer instead."""
    made = sound.telephone(tone(0.02, 2.0) + tone(1.0, 0.02) + tone(0.02, 2.0))
    assert max(abs(sample) for sample in made) <= sound.FULL * 10 ** (sound.PEAK_DB / 20) + 1


def test_it_starts_soon_and_ends_in_half_a_second_of_silence() -> None:
    """The voice's own silence is replaced by ours."""
    made = sound.telephone(silence(2) + tone(0.3) + silence(2))
    start, end = int(sound.START_SECONDS * sound.RATE), int(sound.END_SECONDS * sound.RATE)
    assert not any(made[:start])
    assert not any(made[-end:])
    assert len(made) == pytest.approx(start + sound.RATE + end, abs=sound.RATE // 25)


def test_there_is_no_click_at_either_end() -> None:
    """The sound swells from nothing: no step between samples is larger than within the tone."""
    spoken = tone(0.5, pitch=100)
    made = sound.telephone(spoken)
    largest = max(abs(one - other) for one, other in itertools.pairwise(made))
    assert max(abs(one - other) for one, other in itertools.pairwise(made)) <= largest + 1
