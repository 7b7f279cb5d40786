"""Files for a telephone that remember who made them."""

from __future__ import annotations

import wave
from array import array
from typing import TYPE_CHECKING

import pytest

from ivr.errors import InputError
from ivr.prompts import wav

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = array("h", [0, 1000, -1000, 32767, -32768])


def record(path: Path, *, rate: int = 8000, width: int = 2, channels: int = 1) -> None:
    """What any recorder writes."""
    with wave.open(str(path), "wb") as file:
        file.setframerate(rate)
        file.setsampwidth(width)
        file.setnchannels(channels)
        file.writeframes(b"\0" * width * channels * 100)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """By us and by anybody, in a folder that was not there."""
    path = tmp_path / "nl/welcome.wav"
    wav.write(path, SAMPLES, "abc")
    assert wav.read(path) == SAMPLES
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)


def test_our_file_tells_what_it_was_made_from(tmp_path: Path) -> None:
    """So that it is made anew only when that changes."""
    wav.write(tmp_path / "a.wav", SAMPLES, "abc")
    assert wav.source_of(tmp_path / "a.wav") == "abc"


def test_a_recording_is_not_ours(tmp_path: Path) -> None:
    """It has no remark of ours."""
    record(tmp_path / "a.wav")
    assert wav.source_of(tmp_path / "a.wav") is None


def test_our_remark_on_other_sound_is_not_ours(tmp_path: Path) -> None:
    """Somebody edited our file and kept its remarks: it is a recording now."""
    wav.write(tmp_path / "a.wav", SAMPLES, "abc")
    content = bytearray((tmp_path / "a.wav").read_bytes())
    content[-1] ^= 1
    (tmp_path / "a.wav").write_bytes(content)
    assert wav.source_of(tmp_path / "a.wav") is None


@pytest.mark.parametrize("content", [b"", b"RIFF", b"ISFT\0\0\0\0idbellen abc", b"\xff" * 1000])
def test_what_is_no_wav_file_is_refused_and_not_ours(tmp_path: Path, content: bytes) -> None:
    """The error names the file."""
    (tmp_path / "a.wav").write_bytes(content)
    assert wav.source_of(tmp_path / "a.wav") is None
    with pytest.raises(InputError, match=r"a\.wav"):
        wav.read(tmp_path / "a.wav")


@pytest.mark.parametrize("form", [{"rate": 44100}, {"width": 1}, {"channels": 2}])
def test_sound_for_something_else_than_a_telephone_is_refused(tmp_path: Path, form: dict[str, int]) -> None:
    """Asterisk would recode it, or not play it."""
    record(tmp_path / "a.wav", **form)
    with pytest.raises(InputError, match="8000 Hz, 16 bits, mono"):
        wav.read(tmp_path / "a.wav")


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Neither half a prompt, nor a temporary file that Asterisk might find."""
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(OSError, match=r"a\.wav"):
        wav.write(tmp_path / "a.wav", SAMPLES, "abc")
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_a_file_too_large_for_a_prompt_is_not_ours(tmp_path: Path) -> None:
    """Nor is it read to find out."""
    with (tmp_path / "a.wav").open("wb") as file:
        file.truncate(wav.MAX_BYTES + 1)
    assert wav.source_of(tmp_path / "a.wav") is None
