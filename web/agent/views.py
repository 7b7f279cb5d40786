"""What agents saw, for the processing log: whose data, when and for what (S6). Never what they said.

Knows agents, calls and the register of activities. A line is written before anything is shown, so no view
goes without. The same pickup seen again, in this process, is the same view; seen by another process it has a
second line with the same span.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ivr.session.model import Identification
from web.agent.processing import SPAN_DIGITS, TRACE_DIGITS, Action, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.store.desk import OnLine
    from ivr.store.sealing import Macs
    from web.agent.journal import Journal
    from web.agent.person import Agent

MAX_NOTED: Final = 10_000
"""Views that this process remembers to have written down."""
SHOW: Final = "show-caller"
SHOW_MASKED: Final = "show-masked"
SESSION: Final = "session"


@dataclass(frozen=True, slots=True)
class Register:
    """What the organisation's papers call things."""

    activity: str
    """The address of a processing activity, with ``{purpose}`` in it."""
    subject: str
    """The attribute that citizens are known by."""
    version: str
    """Of this software."""


class Views:
    """Writes the processing log. ``now`` tells seconds since the epoch."""

    def __init__(self, journal: Journal, macs: Macs, register: Register, now: Callable[[], float]) -> None:
        self._journal = journal
        self._macs = macs
        self._register = register
        self._now = now
        self._noted: set[str] = set()

    async def note(self, agent: Agent, online: OnLine) -> None:
        """Write down that the agent sees this caller's data now; raise UnwrittenError if not sure."""
        if online.view.identification is not Identification.VERIFIED:
            return
        span = self._pickup(agent, online)
        if span in self._noted:
            return
        await self._write(SHOW, agent, online, span)
        if len(self._noted) >= MAX_NOTED:
            self._noted.clear()  # a second line for a view does no harm
        self._noted.add(span)

    async def asked(self, agent: Agent, online: OnLine, attribute: str, span: str) -> None:
        """Write down that the agent asked for a masked value, each time; raise as `note`. ``span`` is new."""
        await self._write(f"{SHOW_MASKED} {attribute}", agent, online, span, self._pickup(agent, online))

    def close(self) -> None:
        """Write no more."""
        self._journal.close()

    async def _write(self, name: str, agent: Agent, online: OnLine, span: str, parent: str = "") -> None:
        kind, subject = self._subject(online)
        action = Action(
            name=name,
            trace=self._macs.first(f"trace|{online.session}")[:TRACE_DIGITS],
            span=span,
            parent=parent,
            at=self._now(),
            activity=self._register.activity.replace("{purpose}", online.view.purpose),
            subject=subject,
            subject_type=kind,
            agent=agent.name,
            session=online.session,
            purpose=online.view.purpose,
        )
        await self._journal.write(line(action, self._register.version))

    def _subject(self, online: OnLine) -> tuple[str, str]:
        """Whom it concerns: what citizens are known by, or else this one session."""
        proven = dict(online.view.attributes)
        if self._register.subject in proven:
            name = self._register.subject
            return name, self._macs.first(subject_text(name, proven[name].reveal()))
        return SESSION, self._macs.first(subject_text(SESSION, online.session))

    def _pickup(self, agent: Agent, online: OnLine) -> str:
        text = f"span|{agent.name}|{online.session}|{online.view.connected_at}"
        return self._macs.first(text)[:SPAN_DIGITS]


def subject_text(kind: str, value: str) -> str:
    """What the mac of a citizen is made of; ``idbellen processing`` makes it as well, to find their lines."""
    return f"subject|{kind}|{value}"
