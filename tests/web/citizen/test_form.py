"""web.citizen.form: reading what somebody sent."""

from __future__ import annotations

import pytest

from web.citizen.form import text


@pytest.mark.parametrize(
    ("form", "read"),
    [({"a": " x "}, "x"), ({"a": ""}, ""), ({}, ""), ({"a": bytearray(b"file")}, ""), ({"a": object()}, "")],
)
def test_what_is_no_text_reads_as_nothing(form: dict[str, object], read: str) -> None:
    """A file where a word belongs, or no field at all."""
    assert text(form, "a") == read
