"""The processing log: which agent saw whose data, when and for what (requirement S6). Never what it said.

Knows agents, sessions and purposes. One line for each pickup in which data were shown, whichever screen
showed them and however often; written before they are shown, so no view goes without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from ivr.session.model import Identification

if TYPE_CHECKING:
    from ivr.store.desk import OnLine
    from ivr.store.once import Once
    from web.agent.accounts import Agent

REMEMBER_SECONDS: Final = 4 * 3600.0
"""A call that is longer gets a second line."""
MAX_NOTED: Final = 10_000
"""Views that this process need not ask the store about."""
ACTIVITY: Final = "screen-pop"

log = structlog.get_logger()


class Views:
    """Writes the processing log."""

    def __init__(self, once: Once) -> None:
        self._once = once
        self._noted: set[str] = set()

    async def note(self, agent: Agent, online: OnLine) -> None:
        """Write down that the agent sees this session's data now; raise StoreError when that is not sure."""
        if online.view.identification is not Identification.VERIFIED:
            return
        view = f"view:{agent.name}:{online.session}:{online.view.connected_at}"
        if view in self._noted:
            return
        first = await self._once.spend(view, REMEMBER_SECONDS)
        if len(self._noted) >= MAX_NOTED:
            self._noted.clear()  # the store still knows
        self._noted.add(view)
        if first:
            log.info(
                "processing.viewed",
                agent=agent.name,
                session=online.session,
                purpose=online.view.purpose,
                activity=ACTIVITY,
            )
