"""Who waits in which queue, as its agents may know: by subject and moment, never by number, name or code.

Written by whoever watches an Asterisk, read by pages, gone when it is old. A write proves that its watcher
still holds the lease.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeAlias

from ivr.errors import LeaseLostError, StoreError
from ivr.session.floor import Caller, Proof, QueueLine, State, together
from ivr.session.model import Identification
from ivr.store.keyspace import QUEUE_FACTS, CallId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ivr.store.client import Store
    from ivr.store.lease import Lease

LINES: Final = "lines"
"""The topic of the feed on which it is told that anything of any queue changed."""
BATCH: Final = 500
"""Queues or callers in one script, so that no script holds the store up for long."""
PROOFS: Final = {
    "": Proof.NONE,
    Identification.PENDING.value: Proof.PENDING,
    Identification.VERIFIED.value: Proof.VERIFIED,
    Identification.FAILED.value: Proof.FAILED,
}

Said: TypeAlias = tuple[bytes, ...]
"""What each Asterisk says of a queue, as it is written: alike as long as nothing changed."""


class Lines:
    """The queues of all Asterisks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys = store.keys

    async def known(self, asterisk: str, uniqueids: Sequence[str]) -> list[tuple[str, Proof]]:
        """Return the subject of each call, and whether its caller has proven who they are."""
        found: list[tuple[str, Proof]] = []
        for start in range(0, len(uniqueids), BATCH):
            batch = uniqueids[start : start + BATCH]
            keys = [self._keys.call(CallId(asterisk, batch[0]))]
            said = [
                each.decode()
                for each in await self._store.run("callers", keys, [self._keys.prefix, asterisk, *batch])
            ]
            found += [(purpose, PROOFS[how]) for purpose, how in zip(said[::2], said[1::2], strict=True)]
        return found

    async def put(self, lease: Lease, lines: Mapping[str, QueueLine]) -> None:
        """Write what is so in the queues of this lease's Asterisk, by name.

        Raises:
            LeaseLostError: another watcher has the lease; nothing more was written.

        """
        todo = list(lines.items())
        for start in range(0, len(todo), BATCH):
            said = [text for name, line in todo[start : start + BATCH] for text in (name, _written(line))]
            head = (self._keys.prefix, lease.token, lease.asterisk, int(QUEUE_FACTS * 1000))
            if await self._store.run("put_lines", [self._keys.lease(lease.asterisk)], [*head, *said]) < 0:
                raise LeaseLostError("the lease went to another watcher")

    async def said(self, queues: Sequence[str]) -> dict[str, Said]:
        """Return what is written of these queues now; of one that nobody spoke of lately, nothing."""
        if not queues:
            return {}
        keys = [self._keys.line(queue) for queue in queues]
        answer = await self._store.run("lines", keys, [int(QUEUE_FACTS)])
        return {queue: tuple(sorted(texts)) for queue, texts in zip(queues, answer, strict=True)}


def read(said: Iterable[bytes]) -> QueueLine | None:
    """Return what is said of a queue, on all Asterisks together; None: nobody said anything."""
    return together(_read(each) for each in said)


def _written(line: QueueLine) -> str:
    callers = [(caller.since, caller.purpose, caller.proof.value) for caller in line.callers]
    members = {state.value: many for state, many in line.members.items()}
    return json.dumps([line.waiting, line.oldest, callers, members], separators=(",", ":"), sort_keys=True)


def _read(said: bytes) -> QueueLine:
    try:
        waiting, oldest, callers, members = json.loads(said)
        return QueueLine(
            int(waiting),
            int(oldest),
            tuple(Caller(int(since), str(purpose), Proof(proof)) for since, purpose, proof in callers),
            {State(state): int(many) for state, many in members.items()},
        )
    except (AttributeError, TypeError, ValueError):
        raise StoreError("a line in the store is not one of ours") from None
