"""Why agents pause, as settings, and the reasons that we come with. Reads nothing."""

from __future__ import annotations

from typing import Final

from pydantic import field_validator

from ivr.session.floor import WRAP_UP
from ivr.settings.kinds import Name, Section, Texts


class PauseSettings(Section):
    """A reason for which an agent gets no calls for a while. None at all: agents cannot pause here."""

    name: Name
    """As it stands in Asterisk: in ``queue show``, its events and ``queue_log``."""
    title: Texts
    """What agents and team leaders call it."""

    @field_validator("name")
    @classmethod
    def _free(cls, name: str) -> str:
        if name == WRAP_UP:
            raise ValueError("is our own name for wrap-up")
        return name


DEFAULT_PAUSES: Final = [
    PauseSettings(name="break", title={"nl": "Pauze", "en": "Break"}),
    PauseSettings(name="meeting", title={"nl": "Overleg", "en": "Meeting"}),
    PauseSettings(name="other-work", title={"nl": "Ander werk", "en": "Other work"}),
]
