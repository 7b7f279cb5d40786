"""Who speaks the prompts. A voice turns words into a telephone's samples, by whatever program it has.

Another voice is another class with the same two names; it knows nothing of prompts or where they go.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from ivr.errors import SettingsError, TooSlowError
from ivr.prompts import wav

if TYPE_CHECKING:
    from array import array

SPEAK_SECONDS: Final = 30.0
"""For one sentence; it takes a tenth of a second."""


class Voice(Protocol):
    """Somebody, or something, that can say a sentence."""

    @property
    def name(self) -> str:
        """What tells this voice from any other: a prompt is made anew when it changes."""

    def speak(self, text: str, language: str) -> array[int]:
        """Return the spoken sentence, as :mod:`ivr.prompts.sound` wants it."""


class Espeak:
    """The robot that every Debian has: ``espeak-ng``, brought to the telephone's band by ``sox``."""

    SPEED: Final = 150
    """Words a minute: slower than it would, for older ears."""

    @property
    def name(self) -> str:
        """Program and speed."""
        return f"espeak-ng {self.SPEED}"

    def speak(self, text: str, language: str) -> array[int]:
        """Say it. ``SettingsError`` when a program is missing or fails, ``TooSlowError`` when one hangs."""
        with tempfile.TemporaryDirectory(prefix="idbellen-voice-") as folder:
            wide, narrow = Path(folder, "wide.wav"), Path(folder, "narrow.wav")
            _run("espeak-ng", "-v", language, "-s", str(self.SPEED), "-w", str(wide), "--stdin", text=text)
            # -D: no dither, so that silence is silent. 150 Hz and less only rumbles on a telephone.
            _run(
                "sox",
                "-D",
                str(wide),
                "-r",
                "8000",
                "-c",
                "1",
                "-b",
                "16",
                str(narrow),
                "gain",
                "-6",
                "highpass",
                "150",
            )
            return wav.read(narrow)


def _run(program: str, *arguments: str, text: str = "") -> None:
    path = shutil.which(program)
    if path is None:
        raise SettingsError(f"prompts: the program {program} is missing; try: apt-get install espeak-ng sox")
    try:
        subprocess.run(  # noqa: S603 our own arguments; the text goes in by stdin, never as one of them
            [path, *arguments], input=text.encode(), check=True, capture_output=True, timeout=SPEAK_SECONDS
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise SettingsError(f"prompts: {program} failed: {said}") from error
    except subprocess.TimeoutExpired as error:
        raise TooSlowError(f"prompts: {program} took more than {SPEAK_SECONDS:.0f} s") from error
