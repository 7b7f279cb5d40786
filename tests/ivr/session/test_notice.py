"""Facts about a notice: what it says, and whether it stops who wants to start."""

from __future__ import annotations

import pytest

from ivr.errors import InputError
from ivr.session.notice import MAX_TEXT, Kind, Notice


@pytest.mark.req("C11")
@pytest.mark.parametrize(
    ("kind", "stops"), [(Kind.NOTICE, False), (Kind.DISRUPTED, True), (Kind.ENDED, True)]
)
def test_a_disruption_and_the_end_stop_who_wants_to_start(kind: Kind, stops: bool) -> None:
    """A mere notice does not."""
    assert Notice(kind, {"nl": "x"}).stops is stops


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "text", [{}, {"nl": ""}, {"nl": " "}, {"nl": "a\x1b[2J"}, {"nl": "x" * (MAX_TEXT + 1)}]
)
def test_a_notice_that_says_nothing_or_too_much_is_none(text: dict[str, str]) -> None:
    """It would be an empty box, or a page of its own."""
    with pytest.raises(InputError):
        Notice(Kind.NOTICE, text)
