"""What a team leader sees, read from the store: once for all leaders of this process.

Knows which queues and which people are shown. What is made of it is `overview`'s; Asterisks whose watcher is
silent are not known, and nothing is told of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import StoreError
from ivr.store.lines import read
from web.agent.overview import Overview, Worker, overview
from web.agent.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.session.floor import QueueLine
    from ivr.store.keyspace import Member
    from ivr.store.standings import Roll
    from web.agent.accounts import Accounts
    from web.agent.floor_room import FloorParts
    from web.agent.own import Pause
    from web.agent.person import Agent


class TeamView:
    """Reads all of it."""

    def __init__(self, parts: FloorParts, accounts: Accounts) -> None:
        self._parts = parts
        self._accounts = accounts

    @property
    def pauses(self) -> Mapping[str, Pause]:
        """The reasons to pause, by name."""
        return self._parts.pauses

    @property
    def promised(self) -> int:
        """Seconds within which callers are to be answered."""
        return self._parts.promised

    async def look(self) -> tuple[Overview, float]:
        """Return everything as it is now, and what time it is.

        Raises:
            StoreError: the store does not answer.
            SettingsError: the file of accounts is not right.

        """
        now = await self._parts.clock.set()
        agents = {agent.member: agent for agent in self._accounts.agents()}
        rolls = {
            asterisk: await self._parts.standings.all(asterisk)
            for asterisk in sorted({member.asterisk for member in agents})
        }
        names = sorted({*self._parts.queues, *_queues(agents, rolls)})
        said = await self._parts.lines.said(names)
        today = await self._parts.days.today(names)
        lines: dict[str, QueueLine | None] = {}
        for name in names:
            try:
                lines[name] = read(said[name])
            except StoreError:
                lines[name] = None
        workers = _workers(agents, rolls) if any(rolls.values()) else None
        return overview(lines=lines, workers=workers, today=today, promised=self.promised), now


def _queues(agents: Mapping[Member, Agent], rolls: Mapping[str, Roll | None]) -> set[str]:
    """Return the queues in which somebody who has an account works, or belongs."""
    names = {queue for agent in agents.values() for queue in agent.queues}
    for member in agents:
        roll = rolls[member.asterisk]
        standing = roll.standings.get(member.interface) if roll else None
        names.update(standing.queues if standing else ())
    return names


def _workers(agents: Mapping[Member, Agent], rolls: Mapping[str, Roll | None]) -> list[Worker]:
    """Return who works in any queue; of who has no account, as Asterisk calls the phone."""
    names = {(member.asterisk, member.interface): agent.display_name for member, agent in agents.items()}
    return [
        Worker(names.get((asterisk, interface)) or plain(interface).reveal(), standing)
        for asterisk, roll in rolls.items()
        if roll
        for interface, standing in roll.standings.items()
    ]
