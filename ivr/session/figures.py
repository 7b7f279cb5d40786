"""How a queue's callers fared, per quarter of an hour: how many came, were answered, gave up, and when.

PURE. Waiting times are kept as a histogram of which each bucket ends `RATIO` times later than the one before,
so that any share of them is known to within `ERROR`, however many there were. Knows figures, nobody's name.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

QUARTER_SECONDS: Final = 900
QUARTERS: Final = 96
"""Of an hour, in a day by the clock: on the day that has 25 hours one hour holds two."""
RATIO: Final = 1.1
ERROR: Final = 0.05
"""By which part a waiting time that is told may differ from what it was; below a second, by that second."""
LAST: Final = 1 + math.floor(math.log(86_400) / math.log(RATIO))
"""The bucket of whatever took a day or longer."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Callers who came in some stretch of time. Each is counted once, whatever becomes of the call later."""

    offered: int = 0
    """Who came to this queue; who went on to another before anybody answered counts there instead."""
    served: int = 0
    """Of these, whom an agent answered."""
    abandoned: int = 0
    """Of these, who hung up before. The rest waits still, or was told that nobody is there."""
    identified: int = 0
    """Of those answered, who had proven who they are by then."""
    in_time: int = 0
    """Of those answered, who waited no longer than was promised."""
    waits: Mapping[int, int] = field(default_factory=dict)
    """Of those answered, how many are in each bucket, by how long they had waited since they first came."""

    def share(self, part: int) -> float | None:
        """Return a part of those answered, from 0 to 1; None of nobody."""
        return part / self.served if self.served else None

    def wait(self, share: float) -> float | None:
        """Return the seconds that so large a part of those answered did not exceed; None of nobody."""
        rank = math.ceil(share * sum(self.waits.values()))
        for bucket, many in sorted(self.waits.items()):
            rank -= many
            if rank <= 0:
                return middle(bucket)
        return None


def bucket_of(seconds: float) -> int:
    """Return the bucket of a waiting time. The same is in ``lua/count.lua``."""
    return min(1 + math.floor(math.log(seconds) / math.log(RATIO)), LAST) if seconds >= 1 else 0


def middle(bucket: int) -> float:
    """Return the seconds that stand for a bucket: by the same part from its both ends."""
    return RATIO ** (bucket - 0.5) if bucket else 0.0


def total(parts: Iterable[Figures]) -> Figures:
    """Return several as one."""
    known = list(parts)
    waits: Counter[int] = Counter()
    for part in known:
        waits.update(part.waits)
    return Figures(
        offered=sum(part.offered for part in known),
        served=sum(part.served for part in known),
        abandoned=sum(part.abandoned for part in known),
        identified=sum(part.identified for part in known),
        in_time=sum(part.in_time for part in known),
        waits=dict(waits),
    )
