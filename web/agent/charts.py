"""Charts of a queue's day, as shapes: how many came and were answered, and how long that took.

Pure: from figures to rectangles in a square of 1 by 1, from its top left corner, as SVG counts. What a shape
means is told by its place and form, never by its colour alone. Knows no words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ivr.session.figures import QUARTERS, Figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HOUR: Final = 4
"""Quarters in an hour."""
LEAST: Final = 6 * HOUR
"""A chart shows at least so many quarters, so that the first caller of the day does not fill it."""
FULL: Final = 0.7
"""How much of its quarter's width a bar takes."""
STEPS: Final = (1, 2, 3, 4, 5, 6, 8)
HALF: Final = 0.5
MOST: Final = 0.9
"""The shares of callers whose waiting times are shown: half of them, and nine out of ten."""
MEASURES: Final = (30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400)
"""Seconds that the scale of waiting times may end at."""
THIN: Final = 0.012
"""The height of a mark."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Boxes, and what its edges stand for."""

    boxes: tuple[Box, ...]
    first: int
    """The quarter at its left edge, from midnight."""
    last: int
    """The quarter after its right edge."""
    top: int
    """What its upper edge stands for: callers in a quarter, or seconds."""
    line: float
    """Where its line is, from the top: of zero, or of what was promised."""

    @property
    def hours(self) -> tuple[int, ...]:
        """The hours to write below it, evenly spread: as many as fit in words."""
        span = (self.last - self.first) // HOUR
        step = next(step for step in (1, 2, 3, 4, 6, 8, 12) if span // step <= HOUR * 2)
        return tuple(range(self.first // HOUR, self.last // HOUR + 1, step))


def span(days: Iterable[Mapping[int, Figures]], now: int) -> tuple[int, int]:
    """Return the quarters that charts of these days show: whole hours, up to now, and not too few."""
    known = [quarter for day in days for quarter in day]
    first = min([*known, now]) // HOUR * HOUR
    last = -(-(max([*known, now]) + 1) // HOUR) * HOUR
    first = max(0, min(first, last - LEAST))
    return first, min(max(last, first + LEAST), QUARTERS)


def nice(most: int) -> int:
    """Return a round number that is not less."""
    power = 1
    while True:
        for step in STEPS:
            if step * power >= most:
                return step * power
        power *= 10


def callers(day: Mapping[int, Figures], first: int, last: int) -> Chart:
    """Draw who came: upwards who was answered, and on top, hollow, who was not yet; downwards who gave up."""
    shown = {quarter: figures for quarter, figures in day.items() if first <= quarter < last}
    up = max((max(each.offered - each.abandoned, each.served) for each in shown.values()), default=0)
    down = max((each.abandoned for each in shown.values()), default=0)
    top = nice(max(up, 1))
    below = nice(down) if down else 0
    line = top / (top + below)
    unit = line / top
    boxes = []
    for quarter, each in sorted(shown.items()):
        x, width = _place(quarter, first, last)
        rest = max(each.offered - each.served - each.abandoned, 0)
        heights = (("served", each.served), ("open", rest))
        y = line
        for kind, many in heights:
            y -= many * unit
            boxes.append(Box(kind, x, y, width, many * unit))
        boxes.append(Box("abandoned", x, line, width, each.abandoned * unit))
    return Chart(tuple(box for box in boxes if box.height), first, last, top, line)


def waits(day: Mapping[int, Figures], first: int, last: int, promised: float) -> Chart:
    """Draw how long those answered had waited: a broad mark for half of them, a narrow one for most."""
    shown = {quarter: figures for quarter, figures in day.items() if first <= quarter < last}
    longest = max([promised, *(each.wait(MOST) or 0 for each in shown.values())])
    top = next((measure for measure in MEASURES if measure >= longest), MEASURES[-1])
    boxes = []
    for quarter, each in sorted(shown.items()):
        half, most = each.wait(HALF), each.wait(MOST)
        if half is None or most is None:
            continue
        x, width = _place(quarter, first, last)
        high, low = 1 - min(most / top, 1), 1 - min(half / top, 1)
        boxes.append(Box("range", x + width * 0.45, high, width * 0.1, low - high))
        boxes.append(Box("most", x + width * 0.2, high, width * 0.6, THIN))
        boxes.append(Box("half", x, max(low - 2 * THIN, 0), width, 2 * THIN))
    return Chart(tuple(box for box in boxes if box.height), first, last, top, 1 - promised / top)


def _place(quarter: int, first: int, last: int) -> tuple[float, float]:
    """Return where a quarter's bar begins, and its width."""
    each = 1 / (last - first)
    return (quarter - first + (1 - FULL) / 2) * each, each * FULL
