"""Purposes: found by name, in the operator's order."""

from __future__ import annotations

import pytest

from ivr.errors import NotFoundError
from ivr.session.purpose import Purposes
from tests.lab.citizens import PURPOSES


def test_a_purpose_is_found_by_its_name() -> None:
    """By the name that stands in links."""
    assert PURPOSES.get("afval").name == "afval"


@pytest.mark.req("S7")
@pytest.mark.parametrize("name", ["", "Afval", "none", "../afval", "a" * 10_000])
def test_an_unknown_purpose_is_not_found(name: str) -> None:
    """And the error does not repeat what was asked for."""
    with pytest.raises(NotFoundError) as caught:
        PURPOSES.get(name)
    assert str(caught.value) == "there is no such purpose"


def test_purposes_keep_the_operators_order() -> None:
    """As they stand in the settings."""
    assert [purpose.name for purpose in PURPOSES] == ["verhuizing", "afval"]
    assert len(PURPOSES) == 2
    assert len(Purposes(())) == 0


def test_a_purpose_lists_its_attributes_in_order() -> None:
    """Names only, for asking and for keeping."""
    assert PURPOSES.get("verhuizing").attribute_names == ("fullname", "bsn")
