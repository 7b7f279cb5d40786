"""web.identity.irma.asking: what the app is asked for a purpose."""

from __future__ import annotations

import pytest

from ivr.errors import SettingsError
from ivr.session.attributes import Level
from ivr.session.purpose import AttributeSpec, Purpose
from tests.lab.citizens import PURPOSES
from tests.lab.yivi import CARD, LEVEL, NAMED, OTHER
from tests.lab.yivi_login import demo_asking
from web.identity.irma.asking import Asking, condiscon


def purpose(*names: str, minimum: Level = Level.LOW) -> Purpose:
    """A subject that needs these."""
    words = {"nl": "x", "en": "x"}
    return Purpose("x", "x", words, words, tuple(AttributeSpec(name, words) for name in names), minimum)


def test_attributes_of_one_card_are_asked_together_and_its_level_with_them() -> None:
    """So that all of it comes from one card."""
    asking = demo_asking()
    assert condiscon(asking.questions(PURPOSES.get("afval"))) == [[[f"{CARD}.studentCardNumber", LEVEL]]]
    assert condiscon(asking.questions(purpose("postcode", "bsn"))) == [
        [[f"{CARD}.studentCardNumber", LEVEL]],
        [[f"{CARD}.studentID", LEVEL], [f"{OTHER}.BSN"]],
    ]


def test_alternatives_of_the_same_cards_are_alternatives_together() -> None:
    """Nobody picks the name of one card and the number of another."""
    asking = Asking(
        sources={
            "fullname": (("a.b.pass.name",), ("a.b.bank.first", "a.b.bank.last")),
            "bsn": (("a.b.pass.number",), ("a.b.bank.number",)),
        },
        level_attribute="a.b.pass.level",
        levels={},
        level=Level.LOW,
    )
    assert condiscon(asking.questions(purpose("fullname", "bsn"))) == [
        [
            ["a.b.pass.name", "a.b.pass.number", "a.b.pass.level"],
            ["a.b.bank.first", "a.b.bank.last", "a.b.bank.number"],
        ]
    ]


@pytest.mark.req("S8")
def test_an_alternative_that_cannot_be_enough_is_not_offered() -> None:
    """Nobody is asked for what would be refused."""
    assert condiscon(demo_asking().questions(PURPOSES.get("verhuizing"))) == [
        [[f"{NAMED}.firstnames", f"{NAMED}.familyname"]],
        [[f"{CARD}.studentID", LEVEL]],
    ]


@pytest.mark.req("S8")
def test_a_level_that_no_card_tells_is_asked_by_itself() -> None:
    """Only where the purpose needs more than cards have that do not tell."""
    named = [[f"{NAMED}.firstnames", f"{NAMED}.familyname"]]
    asking = demo_asking()
    assert condiscon(asking.questions(purpose("fullname"))) == [named]
    assert condiscon(asking.questions(purpose("fullname", minimum=Level.HIGH))) == [named, [[LEVEL]]]
    unsure = demo_asking(level="none")
    assert condiscon(unsure.questions(purpose("fullname"))) == [named, [[LEVEL]]]


def test_the_highest_level_is_what_a_card_can_tell() -> None:
    """Without an attribute that tells it, that of all cards."""
    assert demo_asking().highest is Level.HIGH
    silent = Asking(sources={}, level_attribute="", levels={"30": Level.HIGH}, level=Level.LOW)
    assert silent.highest is Level.LOW


def test_a_purpose_that_needs_more_than_the_app_has_is_told_at_start() -> None:
    """With the setting, and how it should be."""
    with pytest.raises(SettingsError, match=r"purposes.x: irma.attributes does not say where 'email' is"):
        demo_asking().check(purpose("bsn", "email"))
    demo_asking().check(purpose("bsn"))
