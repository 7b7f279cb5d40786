"""What each Asterisk last said of its queues: written by its watcher, read by anybody, gone when it is old.

Knows figures of queues, nothing of callers. A write proves that its watcher still holds the lease.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import LeaseLostError, StoreError
from ivr.session.queue import QueueFacts, together
from ivr.store.keyspace import QUEUE_FACTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.store.client import Store
    from ivr.store.lease import Lease

BATCH = 500
"""Queues written by one script, so that no script holds the store up for long."""
UNKNOWN = "-"


class Queues:
    """The queues of all Asterisks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys = store.keys

    async def put(self, lease: Lease, facts: Mapping[str, QueueFacts]) -> None:
        """Write what the Asterisk of this lease says of its queues, by name; it counts for `QUEUE_FACTS`.

        Raises:
            LeaseLostError: another watcher has the lease; nothing more was written.

        """
        todo = list(facts.items())
        for start in range(0, len(todo), BATCH):
            said = [text for name, each in todo[start : start + BATCH] for text in (name, _written(each))]
            head: list[str | bytes | int | float] = [
                self._keys.prefix,
                lease.token,
                lease.asterisk,
                int(QUEUE_FACTS * 1000),
            ]
            if await self._store.run("put_queues", [self._keys.lease(lease.asterisk)], [*head, *said]) < 0:
                raise LeaseLostError("the lease went to another watcher")

    async def facts(self, queue: str) -> QueueFacts | None:
        """Return the queue of this name, on all Asterisks together; None: nobody has said anything lately."""
        said = await self._store.run("queue", [self._keys.queue(queue)], [int(QUEUE_FACTS)])
        return together(_read(each) for each in said)


def _written(facts: QueueFacts) -> str:
    times = (UNKNOWN if time is None else time for time in (facts.hold_seconds, facts.talk_seconds))
    hold, talk = times
    return f"{facts.logged_in} {facts.serving:.2f} {facts.available} {facts.waiting} {hold} {talk}"


def _read(said: bytes) -> QueueFacts:
    try:
        logged_in, serving, available, waiting, *times = said.decode().split(" ")
        hold, talk = (None if time == UNKNOWN else int(time) for time in times)
        return QueueFacts(int(logged_in), float(serving), int(available), int(waiting), hold, talk)
    except ValueError:
        raise StoreError("a queue in the store is not one of ours") from None
