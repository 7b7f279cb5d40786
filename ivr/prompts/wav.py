"""WAV files for a telephone, which remember who made them.

A file of ours carries a remark (the RIFF ``ISFT`` field): what it was made from, and a digest of its sound. A
recording by a human has no such remark, or one that its sound does not match; so we tell them apart.
Knows 8 kHz, 16 bits, one channel, which every Asterisk plays; reads and writes nothing else.
"""

from __future__ import annotations

import hashlib
import os
import struct
import sys
import tempfile
import wave
from array import array
from pathlib import Path
from typing import Final

from ivr.errors import InputError
from ivr.prompts.sound import RATE

MAKER: Final = b"idbellen "
MAX_BYTES: Final = 10_000_000
"""A file larger than this is nobody's prompt."""
_WIDTH: Final = 2


def read(path: Path) -> array[int]:
    """Return the samples of a telephone WAV file; ``InputError`` when it is something else."""
    try:
        with wave.open(str(path), "rb") as file:
            form = (file.getframerate(), file.getsampwidth(), file.getnchannels())
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError, OSError) as error:
        raise InputError(f"{path}: not a WAV file: {error}") from error
    if form != (RATE, _WIDTH, 1):
        raise InputError(
            f"{path}: expected {RATE} Hz, 16 bits, mono; it has {form[0]} Hz, {8 * form[1]} bits, {form[2]}"
        )
    return _native(array("h", data))


def write(path: Path, samples: array[int], source: str) -> None:
    """Write the file whole or not at all. ``source`` is a digest of what it was made from."""
    data = _native(array("h", samples)).tobytes()
    remark = MAKER + f"{source} {_digest(data)}".encode() + b"\0"
    body = (
        b"WAVE"
        + _chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE, RATE * _WIDTH, _WIDTH, 8 * _WIDTH))
        + _chunk(b"LIST", b"INFO" + _chunk(b"ISFT", remark))
        + _chunk(b"data", data)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".wav", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_chunk(b"RIFF", body))
            os.fchmod(handle, 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def source_of(path: Path) -> str | None:
    """Return what our file was made from; nothing when a human's, or anything else, is there."""
    if path.stat().st_size > MAX_BYTES:
        return None
    content = path.read_bytes()
    _, found, rest = content.partition(b"ISFT")
    if not found or not rest[4:].startswith(MAKER):
        return None
    source, _, digest = rest[4 + len(MAKER) :].partition(b"\0")[0].decode("ascii", "replace").partition(" ")
    try:
        data = _native(read(path)).tobytes()
    except InputError:
        return None
    return source if digest == _digest(data) else None


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _native(samples: array[int]) -> array[int]:
    """Swap the bytes of a little-endian file's samples where this machine is big-endian, or back."""
    if sys.byteorder == "big":
        samples.byteswap()
    return samples
