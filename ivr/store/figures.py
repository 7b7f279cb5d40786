"""The figures of the day: counted by whoever watches an Asterisk, as things happen; read by the team's page.

Knows queues and how callers fared, nobody's name. What a watcher did not see (it was away, or Asterisk was)
is in no figure. A write proves that its watcher still holds the lease.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from ivr.errors import LeaseLostError, StoreError
from ivr.session.figures import LAST, RATIO, Figures
from ivr.store.keyspace import DAYS, CallId

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from ivr.store.client import Store
    from ivr.store.lease import Lease

NAMES: Final = {"o": "offered", "s": "served", "a": "abandoned", "i": "identified", "t": "in_time"}
_FIELD: Final = re.compile(r"(\d+):([osait]|w(\d+))")


class Fared(StrEnum):
    """What there is to count."""

    OFFERED = "offered"
    SERVED = "served"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Today:
    """The day so far."""

    quarter: int
    """Which quarter of an hour it is now, from midnight."""
    queues: Mapping[str, Mapping[int, Figures]]
    """By queue and quarter; what is not there is nothing."""


class Counts:
    """Counts. ``zone`` is in whose time a day begins, ``in_time`` how many seconds are promised."""

    def __init__(self, store: Store, lease: Lease, zone: tzinfo, *, in_time: float) -> None:
        self._store = store
        self._lease = lease
        self._zone = zone
        self._in_time = in_time

    async def count(self, what: Fared, uniqueid: str, queue: str, held: int = 0) -> None:
        """Count what became of a caller, who had waited so long as far as Asterisk knows.

        Raises:
            LeaseLostError: another watcher has the lease; nothing was counted.

        """
        keys = self._store.keys
        answer = await self._store.run(
            "count",
            [keys.lease(self._lease.asterisk), keys.call(CallId(self._lease.asterisk, uniqueid))],
            [
                *(keys.prefix, self._lease.token, queue, what.value, held, ahead_of_utc(self._zone)),
                *(math.log(RATIO), LAST, self._in_time, int(DAYS * 1000)),
            ],
        )
        if answer == b"fenced":
            raise LeaseLostError("the lease went to another watcher")


class Days:
    """Reads what was counted, by all watchers together."""

    def __init__(self, store: Store, zone: tzinfo) -> None:
        self._store = store
        self._zone = zone

    async def today(self, queues: Sequence[str]) -> Today:
        """Return the figures of these queues."""
        keys = self._store.keys
        quarter, found = await self._store.run(
            "today", [keys.today(0, "")], [keys.prefix, ahead_of_utc(self._zone), *queues]
        )
        return Today(quarter, {queue: _read(each) for queue, each in zip(queues, found, strict=True)})


def ahead_of_utc(zone: tzinfo) -> int:
    """Return by how many seconds the clock of a zone is ahead now."""
    offset = datetime.now(UTC).astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _read(said: list[bytes]) -> dict[int, Figures]:
    plain: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for name, many in zip(said[::2], said[1::2], strict=True):
        match = _FIELD.fullmatch(name.decode("utf-8", "replace"))
        if match is None or not many.lstrip(b"-").isdigit():
            raise StoreError("a figure in the store is not one of ours")
        quarter = plain[int(match[1])]
        if match[3]:
            quarter.setdefault("waits", {})[int(match[3])] = int(many)
        else:
            quarter[NAMES[match[2]]] = int(many)
    return {quarter: Figures(**figures) for quarter, figures in plain.items()}
