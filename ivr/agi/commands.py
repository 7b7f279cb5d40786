r"""AGI commands as bytes: one line each, whatever the values in it.

Knows how Asterisk takes a command line apart (``parse_args`` in res/res_agi.c): blanks part the words,
``"`` groups them, ``\`` takes the next character as it is. Must not know which commands there are.
"""

from __future__ import annotations

from typing import Final

from ivr.errors import UnsafeValueError

COMMAND_BYTES: Final = 2046
"""Without its LF. Asterisk reads 2,048 (AGI_BUF_LEN), LF and NUL among them, and takes the rest of a longer
line for another command."""


def quote(argument: str) -> str:
    """One argument, whatever it holds. What no line can hold is refused by `encode`, not here."""
    return '"' + argument.replace("\\", "\\\\").replace('"', '\\"') + '"'


def encode(line: str) -> bytes:
    """The line as Asterisk gets it. `UnsafeValueError` where it would read anything but this one command."""
    if "\n" in line or "\r" in line or "\0" in line:
        raise UnsafeValueError("an AGI command cannot hold CR, LF or NUL")
    try:
        data = line.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise UnsafeValueError("an AGI command cannot hold half a surrogate pair") from None
    if len(data) > COMMAND_BYTES:
        raise UnsafeValueError(f"an AGI command has at most {COMMAND_BYTES} bytes, not {len(data)}")
    return data + b"\n"
