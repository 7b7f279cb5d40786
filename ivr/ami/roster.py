"""Which members are to be added to which queues, and which removed: from what is, to what is wanted.

PURE. Only what we added is removed: who stands in queues.conf, or was added by somebody else, stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

Posts: TypeAlias = "Mapping[str, Collection[str]]"
"""Queues, by the interface of a member."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do."""

    interface: str
    queue: str
    add: bool
    """Or remove."""


def plan(wanted: Posts, added: Posts, actual: Posts, queues: Collection[str]) -> Iterator[Step]:
    """Give the steps from ``actual`` to ``wanted``. ``added`` is by us, ``queues`` are those that there are.

    Asterisk compares members without regard to case (app_queue.c, member_cmp_fn), so this does too.
    """
    there = {interface.casefold(): set(posts) for interface, posts in actual.items()}
    for interface, posts in wanted.items():
        for queue in sorted(set(posts) & set(queues) - there.get(interface.casefold(), set())):
            yield Step(interface, queue, add=True)
    for interface, posts in added.items():
        for queue in sorted(set(posts) - set(wanted.get(interface, ()))):
            yield Step(interface, queue, add=False)
