"""How an agent stands with the queues, as their own page tells it: whether calls come, and why not.

Pure: from a store's standing to words. A call on the line is no matter here: the screen shows it. Nothing of
a caller comes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from ivr.session.floor import Phone
from web.agent.plain import plain
from web.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.session.floor import Standing
    from web.i18n import Words


class Mode(StrEnum):
    """Whether calls come."""

    READY = "ready"
    WRAP_UP = "wrap-up"
    PAUSED = "paused"
    ABSENT = "absent"
    """Nobody is logged in at the phone."""
    NOWHERE = "nowhere"
    """In no queue."""
    UNKNOWN = "unknown"


TITLES: Final = {
    Mode.READY: mark("Available"),
    Mode.WRAP_UP: mark("Wrap-up"),
    Mode.PAUSED: mark("Not available"),
    Mode.ABSENT: mark("Your phone is not connected"),
    Mode.NOWHERE: mark("You are in no queue"),
    Mode.UNKNOWN: mark("Not known now whether you are available"),
}
NOTES: Final = {
    Mode.ABSENT: mark("No calls come until it is."),
    Mode.NOWHERE: mark("No calls come to you."),
    Mode.UNKNOWN: mark("Calls go on as they were. This comes back by itself."),
}
"""What there is to say besides."""
CANNOT: Final = mark("You cannot pause on this page. Your phone may be able to.")
MOST: Final = 80
"""Characters of a reason that somebody else gave Asterisk."""
CHANGED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys((mode.value for mode in Mode), ()),
    Mode.READY.value: ("pause",),
    Mode.WRAP_UP.value: ("ready", "pause"),
    Mode.PAUSED.value: ("ready",),
}
"""Which buttons there are in each mode."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A reason to pause: by what name Asterisk knows it, and people."""

    name: str
    title: Mapping[str, str]

    def called(self, language: str) -> str:
        """Return what people call it."""
        return self.title.get(language) or next(iter(self.title.values()))


@dataclass(frozen=True, slots=True)
class Own:
    """How one agent stands."""

    mode: Mode
    reason: str = ""
    """Why paused, as people call it."""
    since: int = 0
    """When a pause began, in seconds since the epoch; 0: there is none."""
    until: int = 0
    """When wrap-up ends."""
    may: bool = False
    """Whether it can be changed here."""

    @property
    def buttons(self) -> tuple[str, ...]:
        """Which buttons there are."""
        return CHANGED_BY[self.mode.value] if self.may else ()

    def to_json(self) -> dict[str, Any]:
        """The same for the browser, which has the words of each mode in its page."""
        times = {"since": self.since, "until": self.until}
        return {"mode": self.mode.value, "reason": self.reason, "may": self.may, **times}


def own_of(standing: Standing | None, may: bool | None, pauses: Mapping[str, Pause], language: str) -> Own:
    """Return how an agent stands whose member stands so. ``may`` is None when nothing is known of it now."""
    if may is None:
        return Own(Mode.UNKNOWN)
    if standing is None:
        return Own(Mode.NOWHERE)
    if standing.wraps_up:
        return Own(Mode.WRAP_UP, since=standing.since, until=standing.until, may=may)
    if standing.paused:
        reason = standing.reason[:MOST]
        pause = pauses.get(reason)
        called = pause.called(language) if pause else plain(reason).reveal()
        return Own(Mode.PAUSED, called, standing.since, may=may)
    return Own(Mode.ABSENT if standing.phone is Phone.ABSENT else Mode.READY, may=may)


def words_of_modes(words: Words) -> dict[str, tuple[str, str]]:
    """Return what each mode is called, and what there is to say besides."""
    return {
        mode.value: (words.gettext(TITLES[mode]), words.gettext(NOTES[mode]) if mode in NOTES else "")
        for mode in Mode
    }
