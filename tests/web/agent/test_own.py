"""web.agent.own: whether calls come, in plain words; only what can be done has a button."""

from __future__ import annotations

import pytest

from ivr.session.floor import WRAP_UP, Phone, Standing
from web.agent.own import CHANGED_BY, MOST, Mode, Own, Pause, own_of, words_of_modes
from web.i18n import load_words

pytestmark = pytest.mark.req("A6")

LUNCH = Pause("lunch", {"nl": "Lunch", "en": "Lunch break"})
PAUSES = {"lunch": LUNCH}


def stands(phone: Phone = Phone.FREE, *, paused: bool = False, reason: str = "", until: int = 0) -> Standing:
    """A member that stands so."""
    return Standing(("kcc",), phone, paused, reason, 17, until)


def own(standing: Standing | None, *, may: bool | None = True, language: str = "en") -> Own:
    """What its agent is told."""
    return own_of(standing, may, PAUSES, language)


@pytest.mark.parametrize("phone", [Phone.FREE, Phone.RINGING, Phone.BUSY])
def test_a_call_is_no_matter_here(phone: Phone) -> None:
    """The screen shows it; this tells whether there will be another."""
    assert own(stands(phone)) == Own(Mode.READY, may=True)


def test_a_pause_has_the_name_that_people_know_and_a_moment() -> None:
    """In the language of the page."""
    assert own(stands(paused=True, reason="lunch")) == Own(Mode.PAUSED, "Lunch break", 17, may=True)
    assert own(stands(paused=True, reason="lunch"), language="nl").reason == "Lunch"


def test_a_pause_that_somebody_else_made_is_told_in_their_words() -> None:
    """By a phone's own code, for one; without signs that mislead, and not without end."""
    assert own(stands(paused=True, reason="Koffie \u202edrinken")).reason == "Koffie \ufffddrinken"
    assert len(own(stands(paused=True, reason="x" * 999)).reason) == MOST
    assert own(stands(paused=True)).reason == ""


def test_wrap_up_ends_at_a_moment() -> None:
    """And is no pause."""
    told = own(stands(paused=True, reason=WRAP_UP, until=99))
    assert (told.mode, told.until, told.reason) == (Mode.WRAP_UP, 99, "")


def test_without_a_phone_or_a_queue_no_calls_come() -> None:
    """Which an agent must know; nothing is told of what is not known."""
    assert own(stands(Phone.ABSENT)).mode is Mode.ABSENT
    assert own(None).mode is Mode.NOWHERE
    assert own(stands(), may=None) == own(None, may=None) == Own(Mode.UNKNOWN)


@pytest.mark.parametrize(
    ("standing", "buttons"),
    [
        (stands(), ("pause",)),
        (stands(paused=True), ("ready",)),
        (stands(paused=True, reason=WRAP_UP), ("ready", "pause")),
        (stands(Phone.ABSENT), ()),
    ],
)
def test_only_what_can_be_done_has_a_button(standing: Standing, buttons: tuple[str, ...]) -> None:
    """Nothing, where we may not."""
    assert own(standing).buttons == buttons
    assert own(standing, may=False).buttons == ()


def test_the_browser_gets_the_same() -> None:
    """The words of each mode it has in its page."""
    assert own(stands(paused=True, reason="lunch")).to_json() == {
        "mode": "paused",
        "reason": "Lunch break",
        "since": 17,
        "until": 0,
        "may": True,
    }
    assert set(words_of_modes(load_words()["nl"])) == set(CHANGED_BY) == {mode.value for mode in Mode}


def test_a_reason_without_a_language_is_told_in_another() -> None:
    """Rather than not at all."""
    assert Pause("x", {"nl": "Overleg"}).called("en") == "Overleg"
