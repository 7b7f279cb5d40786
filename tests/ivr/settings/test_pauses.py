"""Why agents pause: there are reasons to begin with, and an operator's own take their place."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ivr.session.floor import WRAP_UP
from ivr.settings import Settings

pytestmark = pytest.mark.req("A6", "O5")


def test_there_are_reasons_to_begin_with() -> None:
    """In both languages; wrap-up there is none unless it is asked for."""
    settings = Settings()
    assert settings.agents.wrap_up_seconds == 0
    assert settings.pauses
    assert all(set(pause.title) == {"nl", "en"} for pause in settings.pauses)


def test_an_operators_own_take_their_place() -> None:
    """None at all is a choice too."""
    lunch = {"name": "lunch", "title": {"nl": "Lunch"}}
    assert [pause.name for pause in Settings(pauses=[lunch]).pauses] == ["lunch"]
    assert Settings(pauses=[]).pauses == []


@pytest.mark.parametrize(
    "name", [WRAP_UP, "Lunch break", "lunch\r\nAction: Originate", "", "x" * 41], ids=lambda name: name[:9]
)
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    """Our own for wrap-up, and what Asterisk or its logs could read otherwise."""
    with pytest.raises(ValidationError):
        Settings(pauses=[{"name": name, "title": {"nl": "x"}}])


def test_two_of_a_name_are_refused() -> None:
    """Nobody could tell them apart in Asterisk."""
    lunch = {"name": "lunch", "title": {"nl": "Lunch"}}
    with pytest.raises(ValidationError, match="pauses: the name 'lunch' is there twice"):
        Settings(pauses=[lunch, lunch])


@pytest.mark.parametrize("seconds", [-1, 3601])
def test_wrap_up_has_its_bounds(seconds: int) -> None:
    """An hour at most."""
    with pytest.raises(ValidationError):
        Settings(agents={"wrap_up_seconds": seconds})
