"""How a team leader's page says things: moments, durations, shares and states, in a reader's language.

Knows words and clocks; nothing of where figures come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from babel.dates import format_datetime, format_time
from babel.numbers import format_percent

from ivr.session.floor import State
from web.agent.plain import plain
from web.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from web.agent.overview import Worker
    from web.agent.own import Pause
    from web.i18n import Words

STATES: Final = {
    State.READY: mark("Available"),
    State.RINGING: mark("Phone rings"),
    State.CALL: mark("In a call"),
    State.WRAP_UP: mark("Wrap-up"),
    State.PAUSED: mark("Not available"),
    State.ABSENT: mark("Not there"),
}
NOBODY: Final = "\u2013"
"""Where there is nothing to tell."""
QUARTER: Final = 15
"""Minutes."""
HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class TeamWords:
    """What the templates are given to say things with."""

    words: Words
    now: float
    zone: tzinfo | None
    pauses: Mapping[str, Pause]

    def clock(self, moment: float) -> str:
        """Write a moment, with its date unless that is today."""
        then = datetime.fromtimestamp(moment, UTC).astimezone(self.zone)
        today = datetime.fromtimestamp(self.now, UTC).astimezone(self.zone)
        form = format_time if then.date() == today.date() else format_datetime
        return form(then, "short", tzinfo=then.tzinfo, locale=self.words.language)

    def waited(self, since: float) -> str:
        """Say for how long something lasts, in whole minutes; of nothing, nothing."""
        if not since:
            return NOBODY
        minutes = max(0, int(self.now - since)) // 60
        if not minutes:
            return self.words.gettext("less than a minute")
        return self.words.ngettext("%(count)s minute", "%(count)s minutes", minutes)

    def lasting(self, seconds: float | None) -> str:
        """Write a duration as minutes and seconds."""
        if seconds is None:
            return NOBODY
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes}:{rest:02}"

    def share(self, share: float | None) -> str:
        """Write a part of a whole."""
        return NOBODY if share is None else format_percent(share, "#,##0 %", locale=self.words.language)

    def quarter(self, quarter: int) -> str:
        """Write when a quarter of an hour began."""
        hours, minutes = divmod(quarter * QUARTER, HOUR)
        return f"{hours:02}:{minutes:02}"

    def state(self, state: State) -> str:
        """Say what somebody does."""
        return self.words.gettext(STATES[state])

    def reason(self, worker: Worker) -> str:
        """Say why somebody is not available, if anybody said."""
        if worker.state is not State.PAUSED:
            return ""
        pause = self.pauses.get(worker.standing.reason)
        return pause.called(self.words.language) if pause else plain(worker.standing.reason).reveal()
