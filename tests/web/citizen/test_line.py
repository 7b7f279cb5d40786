"""web.citizen.line: one number, dialled, read and scanned."""

from __future__ import annotations

import re

import pytest
import segno

from ivr.session.attributes import Secret
from web.citizen.line import Line, picture


@pytest.mark.parametrize(
    ("number", "display", "groups"),
    [
        ("+31141234567", "014 123 45 67", ("014", "123", "45", "67")),
        ("+31880001234", "", ("088", "000", "1234")),
        ("+32470123456", "", ("+324", "701", "234", "56")),
        ("14012", "", ("140", "12")),
        ("112", "", ("112",)),
    ],
)
def test_a_number_is_read_in_groups(number: str, display: str, groups: tuple[str, ...]) -> None:
    """The operator's, else such that no digits run together."""
    assert Line.of(number, display).groups == groups


@pytest.mark.req("P9")
def test_the_link_calls_waits_and_keys_the_code_in() -> None:
    """No sign in it that a phone would not dial: only a plus, digits and commas."""
    address = Line.of("+31880001234").address(Secret("12345678901"))
    assert address == "tel:+31880001234,,12345678901"
    assert re.fullmatch(r"tel:\+?[0-9,]+", address)


@pytest.mark.req("C5")
def test_the_picture_holds_the_link_and_nothing_inline() -> None:
    """Drawn from the same squares as an encoder of the standard gives; no style, script or text in it."""
    address = "tel:+31880001234,,12345678901"
    drawn = picture(address)
    assert drawn.count("<path") == 2
    assert not re.search(r"style=|<script|<text|<title|http", drawn)
    size = segno.make(address, micro=False, error="m").symbol_size()[0]
    assert f'viewBox="0 0 {size} {size}"' in drawn
