"""An identity as it is kept: all of it in one envelope."""

from __future__ import annotations

import pytest

from ivr.session.attributes import Level
from ivr.store.identities import seal, unseal
from ivr.store.sealing import KeySet, Sealer
from tests.lab.citizens import PERSON, identity

SEALER = Sealer(KeySet.draw())


def test_an_identity_comes_back_as_it_was() -> None:
    """Attributes in their order, level, method and time; any script, any sign."""
    given = identity(PERSON | {"naam": "Zoë Ğ \u0000 \U0001f600 \u202e"}, Level.HIGH)
    opened = unseal(SEALER, "s", "p", seal(SEALER, "s", "p", given))
    assert opened == given
    assert opened is not None
    assert list(opened.attributes) == list(given.attributes)


@pytest.mark.req("S1")
@pytest.mark.parametrize(("session", "purpose"), [("t", "p"), ("s", "q"), ("s", "p|identity/1")])
def test_it_opens_for_its_session_and_purpose_only(session: str, purpose: str) -> None:
    """For any other there is none."""
    assert unseal(SEALER, session, purpose, seal(SEALER, "s", "p", identity())) is None


def test_nothing_is_no_identity() -> None:
    """An envelope that expired, or never was."""
    assert unseal(SEALER, "s", "p", b"") is None


@pytest.mark.req("S1", "S2")
def test_nothing_of_it_is_outside() -> None:
    """Not the method, nor the names of the attributes."""
    envelope = seal(SEALER, "s", "p", identity())
    for text in ("demo", *PERSON, *PERSON.values()):
        assert text.encode() not in envelope
