"""The work floor that the bench of the queue view plays: so many accounts, and callers in forty queues.

Knows what telephony writes of them. Its watcher runs in a process of its own, so that it holds up nobody who
measures.
"""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from idbellen.storage import open_store
from ivr.session.floor import LINE, Caller, Phone, Proof, QueueLine, Standing, State
from ivr.settings import load
from ivr.store.lease import Lease
from ivr.store.lines import Lines
from ivr.store.standings import Standings
from web.agent.account_file import AccountFile
from web.agent.account_record import Record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.client import Store
    from scripts.bench_parts.beside import Rooms

QUEUES: Final = 40
LOOK_SECONDS: Final = 3.0
ASTERISK: Final = "pbx"
BUSY: Final = 0.05
"""The part of the agents who do something else at each look."""


@dataclass
class Watcher:
    """What telephony says of the work floor that we play: so many agents, and callers in their queues."""

    store: Store
    lease: Lease
    agents: int
    callers: int
    turn: int = 0

    async def look(self) -> None:
        """Write what is seen: the first of each queue was answered, and another came."""
        self.turn += 1
        now = int(time.time())
        queues = min(QUEUES, self.agents)
        standings = {f"PJSIP/{each}": _stands(each, queues, now) for each in range(self.agents)}
        await Standings(self.store).put(self.lease, standings, set(), may=True)
        each, kinds = self.callers // queues, list(Proof)
        lines = {}
        for queue in range(queues):
            people = tuple(
                Caller(now - 3 * (each - place), "afval", kinds[(place + self.turn) % len(kinds)])
                for place in range(min(each, LINE))
            )
            lines[f"queue{queue}"] = QueueLine(each, now - 3 * each, people, {State.READY: 3, State.CALL: 40})
        await Lines(self.store).put(self.lease, lines)

    async def looks(self) -> None:
        """Look again and again."""
        while True:
            began = time.monotonic()
            await self.look()
            await asyncio.sleep(max(0.0, LOOK_SECONDS - (time.monotonic() - began)))

    async def keep(self) -> None:
        """Hold the lease."""
        while True:
            await self.lease.hold()
            await asyncio.sleep(LOOK_SECONDS / 10)


@asynccontextmanager
async def watching(config: str, token: str, agents: str, callers: str) -> AsyncIterator[int]:
    """Look by itself, so that it holds up nobody who measures; the port of nothing."""
    store = open_store(load(Path(config)).settings)
    lease = Lease(store, ASTERISK)
    lease.token = token
    watcher = Watcher(store, lease, int(agents), int(callers))
    await lease.hold()
    await watcher.look()
    tasks = [asyncio.create_task(watcher.looks()), asyncio.create_task(watcher.keep())]
    yield 0
    for task in tasks:
        task.cancel()


def _stands(agent: int, queues: int, now: int) -> Standing:
    mine = tuple(sorted({f"queue{agent % queues}", f"queue{(agent + 1) % queues}"}))
    paused = random.random() < BUSY  # noqa: S311
    return Standing(mine, Phone.FREE, paused, "break" if paused else "", since=now if paused else 17)


def accounts(rooms: Rooms, many: int) -> list[Record]:
    """Write so many accounts into the file that the pages read."""
    made = [
        Record.model_validate(
            {
                "id": f"{number:016x}",
                "name": f"a{number}",
                "display_name": f"Agent {number}",
                "member": {"asterisk": ASTERISK, "interface": f"PJSIP/{number}"},
                "password": "$argon2id$none",
                "roles": ("agent",),
            }
        )
        for number in range(many)
    ]
    file = AccountFile(rooms.settings.agents_file)
    with file.locked():
        file.write(tuple(made))
    return made
