"""The work floor's part of the agents' room, put together. Knows which route is whose; no page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.agent.board import Board
from web.agent.floor import Floor
from web.agent.stance import Stances
from web.agent.team import TeamPage
from web.agent.team_view import TeamView
from web.route import Audience, get, post, socket

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from ivr.session.purpose import Purposes
    from ivr.store.clock import Clock
    from ivr.store.feed import Feed
    from ivr.store.figures import Days
    from ivr.store.lines import Lines
    from ivr.store.orders import Orders
    from ivr.store.staff import Staff
    from ivr.store.standings import Standings
    from web.agent.access import Gate
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
    days: Days
    pauses: Mapping[str, Pause]
    """The reasons to pause, by name."""
    queues: tuple[str, ...]
    """Those that the settings name; what else agents work in is shown as well."""
    promised: int
    """Seconds within which callers are to be answered."""
    zone: tzinfo | None = None
    """In whose time a team leader's page tells moments; None is this machine's."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rest of the room needs of it."""

    told: Floor
    routes: tuple[Route, ...]
    lifetimes: tuple[Lifetime, ...]


def floor_room(
    parts: FloorParts, gate: Gate, *, accounts: Accounts, feed: Feed, orders: Orders, purposes: Purposes
) -> Ground:
    """Return the floor's pages and what runs for them."""
    board = Board(parts.lines, parts.clock, feed, purposes)
    told = Floor(
        accounts=accounts,
        standings=parts.standings,
        staff=parts.staff,
        board=board,
        feed=feed,
        pauses=parts.pauses,
    )
    stances = Stances(orders, feed, parts.pauses)
    team = TeamPage(TeamView(parts, accounts), gate, feed, parts.zone)
    routes = (
        post("/agent/stance", stances.change, Audience.AGENT, "agent-stance"),
        get("/agent/team", team.show, Audience.LEADER, "agent-team"),
        get("/agent/team/plain", team.plain, Audience.LEADER, "agent-team-plain"),
        post("/agent/team/ticket", team.ticket, Audience.LEADER, "agent-team-ticket"),
        socket("/agent/team/live", team.live, Audience.LEADER, "agent-team-live"),
    )
    return Ground(told, routes, (board.lifetime, team.lifetime))
