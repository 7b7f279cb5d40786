"""Facts about AGI commands as bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.agi.commands import COMMAND_BYTES, encode, quote
from ivr.errors import UnsafeValueError

ANY_TEXT = st.text(st.characters(codec=None, exclude_characters="\r\n\0", exclude_categories=()))


def words(line: str) -> list[str]:
    """A command line as Asterisk takes it apart (parse_args in res/res_agi.c)."""
    found: list[str] = []
    blank, quoted, escaped = True, False, False
    for char in line:
        plain = escaped or char not in ' \t"\\' or (quoted and char in " \t")
        if (plain or (char == '"' and not quoted)) and blank:
            found.append("")
            blank = False
        if plain:
            found[-1] += char
            escaped = False
        elif char == '"':
            quoted = not quoted
        elif char == "\\":
            escaped = True
        else:
            blank = True
    return found


@pytest.mark.req("S7")
@given(st.lists(ANY_TEXT))
def test_asterisk_reads_what_was_quoted(arguments: list[str]) -> None:
    """Quotes, backslashes, blanks, empty: each argument arrives as it was."""
    assert words(" ".join(map(quote, arguments))) == arguments


@pytest.mark.req("S7")
@pytest.mark.parametrize("character", ["\n", "\r", "\0"])
def test_what_ends_a_line_is_refused(character: str) -> None:
    """Anywhere in it, quoted or not; and the message does not repeat the value."""
    for line in (character, f"ANSWER{character}", f"SET VARIABLE a {quote(f'41{character}37')}"):
        with pytest.raises(UnsafeValueError) as refused:
            encode(line)
        assert "41" not in str(refused.value)


@pytest.mark.req("S7")
def test_a_command_may_have_so_many_bytes() -> None:
    """Asterisk would take the rest of a longer line for another command. Bytes count, not characters."""
    assert len(encode("x" * COMMAND_BYTES)) == COMMAND_BYTES + 1
    for line in ("x" * (COMMAND_BYTES + 1), "é" * (COMMAND_BYTES // 2) + "x"):
        with pytest.raises(UnsafeValueError, match=str(COMMAND_BYTES)):
            encode(line)


def test_bytes_that_came_go_back() -> None:
    """What was no UTF-8 in a header is the same bytes in a command."""
    value = b"J\xe9r\xc3\xb4me"
    assert encode(quote(value.decode("utf-8", "surrogateescape"))) == b'"' + value + b'"\n'


def test_half_a_surrogate_pair_is_refused() -> None:
    """It stands for no byte."""
    with pytest.raises(UnsafeValueError, match="surrogate"):
        encode("\ud800")
