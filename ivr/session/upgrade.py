"""An ordinary call that becomes an identified one while two people talk: how far it is.

Knows what the store keeps of it and what the agent is told; not who does what (``ivr.store.upgrades``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ivr.session.code import length_for
from ivr.session.model import Identification

OPENING_SECONDS: Final = 8.0
"""From the agent's button to the caller being asked for a code; by then it did not work."""
KEYING_SECONDS: Final = 6.0
"""A caller who keys is reported again before this is over; silence means that the server died."""
SPOKEN_LENGTH: Final = length_for(1)
"""Digits that a caller who cannot key reads out. They count for one call only: nobody can guess at many."""
SPOKEN_TRIES: Final = 3
"""Wrong ones an agent may type before asking anew."""
NUMBER_LENGTH: Final = 6
"""Digits in a short address. They only say for which call somebody logs in, and open nothing."""


class Mark(StrEnum):
    """What the store keeps of a step."""

    OPENING = "opening"
    KEYING = "keying"
    FAILED = "failed"


class Step(StrEnum):
    """How far it is, as the agent is told."""

    ASKED = "asked"
    """Waiting for the caller to log in at the short address."""
    READY = "ready"
    """Somebody logged in there, and has a code to key."""
    OPENING = "opening"
    KEYING = "keying"
    """The caller hears us, and the agent hears music."""
    FAILED = "failed"


BUSY: Final = frozenset({Step.OPENING, Step.KEYING})
"""While it is so, another start would put its own keys into the code."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """An upgrade under way."""

    step: Step
    purpose: str
    """Which one the agent asked for; empty when the caller began by himself."""
    number: str
    """Of the short address; empty as the purpose is."""


def standing(purpose: str, number: str, mark: str, age: float, login: str) -> Upgrade | None:
    """Return how far it is, or None when nobody began.

    ``mark`` is a `Mark` or nothing, ``age`` how many seconds ago it was made; ``login`` is the identification
    of who came by the short address, or nothing.
    """
    limits = {Mark.OPENING: OPENING_SECONDS, Mark.KEYING: KEYING_SECONDS}
    if mark in limits:
        step = Step(mark) if age < limits[Mark(mark)] else Step.FAILED
    elif mark == Mark.FAILED:
        step = Step.FAILED
    elif purpose:
        step = Step.READY if login == Identification.VERIFIED else Step.ASKED
    else:
        return None
    return Upgrade(step, purpose, number)
