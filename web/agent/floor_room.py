"""The work floor's part of the agents' room, put together. Knows which route is whose; no page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.agent.board import Board
from web.agent.floor import Floor
from web.agent.stance import Stances
from web.route import Audience, post

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.session.purpose import Purposes
    from ivr.store.clock import Clock
    from ivr.store.feed import Feed
    from ivr.store.lines import Lines
    from ivr.store.orders import Orders
    from ivr.store.staff import Staff
    from ivr.store.standings import Standings
    from web.agent.accounts import Accounts
    from web.agent.own import Pause
    from web.route import Lifetime, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorParts:
    """What is known of the work floor."""

    standings: Standings
    lines: Lines
    staff: Staff
    clock: Clock
    pauses: Mapping[str, Pause]
    """The reasons to pause, by name."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rest of the room needs of it."""

    told: Floor
    routes: tuple[Route, ...]
    lifetime: Lifetime


def floor_room(
    parts: FloorParts, *, accounts: Accounts, feed: Feed, orders: Orders, purposes: Purposes
) -> Ground:
    """Return the floor's pages and what runs for them."""
    board = Board(parts.lines, parts.clock, feed, purposes)
    told = Floor(
        accounts=accounts,
        standings=parts.standings,
        staff=parts.staff,
        board=board,
        pauses=parts.pauses,
    )
    stances = Stances(orders, feed, parts.pauses)
    routes = (post("/agent/stance", stances.change, Audience.AGENT, "agent-stance"),)
    return Ground(told, routes, board.lifetime)
