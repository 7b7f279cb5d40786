"""Telephone sound as plain numbers: trimmed, equally loud, without clicks. PURE.

Samples are 16-bit signed, :data:`RATE` a second, one channel. Loudness is the root mean square of the windows
in which somebody speaks, in dB below full scale; pauses do not count (as in EBU R 128, by simpler means).
"""

from __future__ import annotations

import math
from array import array
from typing import Final

RATE: Final = 8000
FULL: Final = 32767
TARGET_DB: Final = -22.0
"""Every prompt is this loud. Telephone speech is about there."""
PEAK_DB: Final = -1.0
"""No sample is louder than this."""
END_SECONDS: Final = 0.5
"""Silence after the words, so that the next sentence does not run into this one."""
START_SECONDS: Final = 0.05
FADE_SECONDS: Final = 0.01
_WINDOW: Final = RATE // 50
_GATE_DB: Final = 20.0
_SILENCE_DB: Final = -50.0


def loudness(samples: array[int]) -> float:
    """Return how loud the speech in it is, in dB below full scale; minus infinity for silence."""
    powers = [power for power in _powers(samples) if power > _ratio(_SILENCE_DB)]
    if not powers:
        return -math.inf
    gate = sum(powers) / len(powers) / _ratio(_GATE_DB)
    spoken = [power for power in powers if power > gate]
    return 10 * math.log10(sum(spoken) / len(spoken))


def telephone(samples: array[int]) -> array[int]:
    """Return the same speech trimmed, at the common loudness, faded at both ends, with silence after it."""
    spoken = _trimmed(samples)
    if not spoken:
        return array("h")
    wanted = 10 ** ((TARGET_DB - loudness(spoken)) / 20)
    highest = max(abs(sample) for sample in spoken) / FULL
    gain = min(wanted, 10 ** (PEAK_DB / 20) / highest)
    fade = int(FADE_SECONDS * RATE)
    last = len(spoken) - 1
    for place, sample in enumerate(spoken):
        edge = min(1.0, place / fade, (last - place) / fade)
        spoken[place] = round(sample * gain * edge)
    return _silence(START_SECONDS) + spoken + _silence(END_SECONDS)


def _trimmed(samples: array[int]) -> array[int]:
    """Cut the silence off both ends, by whole windows."""
    loud = [place for place, power in enumerate(_powers(samples)) if power > _ratio(_SILENCE_DB)]
    return samples[loud[0] * _WINDOW : (loud[-1] + 1) * _WINDOW] if loud else array("h")


def _powers(samples: array[int]) -> list[float]:
    """Mean square of each window, full scale being 1."""
    windows = (samples[start : start + _WINDOW] for start in range(0, len(samples), _WINDOW))
    return [sum(sample * sample for sample in window) / len(window) / FULL**2 for window in windows]


def _ratio(level_db: float) -> float:
    return 10 ** (level_db / 10)


def _silence(seconds: float) -> array[int]:
    return array("h", bytes(2 * int(seconds * RATE)))
