"""web.agent.plain: what others wrote cannot mislead, and names stay as they are."""

from __future__ import annotations

import pytest

from web.agent.plain import plain


@pytest.mark.req("S7")
@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\x00", "\x1b", "\n", "\ud800", "\ue000"])
def test_signs_that_mislead_are_replaced(sign: str) -> None:
    """A text cannot turn the writing around, nor break what carries it."""
    assert plain(f"Jan{sign}Pieter").reveal() == "Jan\ufffdPieter"


@pytest.mark.parametrize("text", ["Zoë d'Çelik-Ñandú", "李小龍", "محمد", "👩\u200d🌾", "<b>&amp;"])
def test_names_stay_as_they_are(text: str) -> None:
    """Whatever script they are in."""
    assert plain(text).reveal() == text
