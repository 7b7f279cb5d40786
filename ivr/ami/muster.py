"""How queue members stand and who waits, from the answer to QueueStatus and what was known before.

PURE. Asterisk tells what is, seldom since when: so what has not changed keeps the moment that it had.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ivr.ami.events import QueueEntry, QueueMember
from ivr.session.floor import Phone, Standing, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ivr.ami.events import Item

PHONES: Final = {
    0: Phone.FREE,
    1: Phone.FREE,
    2: Phone.BUSY,
    3: Phone.BUSY,
    4: Phone.ABSENT,
    5: Phone.ABSENT,
    6: Phone.RINGING,
    7: Phone.BUSY,
    8: Phone.BUSY,
}
"""By device state (devicestate.h): ringing while in use is a conversation, and so is one on hold."""
PAUSES: Final = frozenset({State.PAUSED, State.WRAP_UP})


def muster(
    items: Iterable[Item], before: Mapping[str, Standing], now: float, wrap_up: float
) -> dict[str, Standing]:
    """Return how each member stands, by interface. ``wrap_up`` is the most seconds that may last.

    A wrap-up that we know nothing of (its watcher died) began when Asterisk says, so that it ends in time; at
    the latest it ends ``wrap_up`` seconds from now, however Asterisk's clock differs from ours.
    """
    rows: defaultdict[str, list[QueueMember]] = defaultdict(list)
    for item in items:
        if isinstance(item, QueueMember):
            rows[item.interface].append(item)
    return {
        interface: _standing(members, before.get(interface), int(now), int(wrap_up))
        for interface, members in rows.items()
    }


def _standing(members: list[QueueMember], before: Standing | None, now: int, wrap_up: int) -> Standing:
    paused = all(member.paused for member in members)
    seen = Standing(
        queues=tuple(sorted({member.queue for member in members})),
        phone=PHONES.get(members[0].status, Phone.ABSENT),
        paused=paused,
        reason=next((member.reason for member in members if member.reason), "") if paused else "",
        since=now,
    )
    told = max(member.paused_at for member in members)
    began = told if 0 < told <= now else now
    return replace(seen, since=_since(seen, before, began), until=_until(seen, before, began, now, wrap_up))


def _since(seen: Standing, before: Standing | None, began: int) -> int:
    if before is not None and _kind(before) == _kind(seen):
        return before.since
    return began if seen.state in PAUSES else seen.since


def _kind(standing: Standing) -> tuple[State, str]:
    return standing.state, standing.reason if standing.state in PAUSES else ""


def _until(seen: Standing, before: Standing | None, began: int, now: int, wrap_up: int) -> int:
    if not seen.wraps_up:
        return 0
    if before is not None and before.wraps_up:
        return before.until
    return max(began, now - wrap_up) + wrap_up


def waiting(
    items: Iterable[Item], before: Mapping[str, int], now: float
) -> tuple[dict[str, list[QueueEntry]], dict[str, int]]:
    """Return the callers of each queue in their order, and since when each waits, by Uniqueid."""
    lines: defaultdict[str, list[QueueEntry]] = defaultdict(list)
    since: dict[str, int] = {}
    for item in items:
        if isinstance(item, QueueEntry):
            lines[item.queue].append(item)
            since[item.uniqueid] = before.get(item.uniqueid, int(now) - item.wait)
    for line in lines.values():
        line.sort(key=lambda entry: entry.position)
    return dict(lines), since
