"""The agents' room, put together. Knows which route is whose; no page."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from web.agent.access import Gate
from web.agent.by_organisation import ByOrganisation
from web.agent.by_password import ByPassword
from web.agent.desktop import Desktop
from web.agent.doors import Doors
from web.agent.floor_room import floor_room
from web.agent.identify import Identify
from web.agent.organisation import RETURN_PATH
from web.agent.picture import Painter
from web.agent.places import ACCOUNT
from web.agent.reveal import Reveals
from web.agent.screen import Watchers
from web.agent.staff import show_account, show_others
from web.route import Audience, Room, Route, get, post, socket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from datetime import tzinfo

    from aiohttp import web

    from ivr.session.purpose import Purposes
    from ivr.store.claims import Claims
    from ivr.store.desk import Desk
    from ivr.store.feed import Feed
    from ivr.store.logins import Logins
    from ivr.store.orders import Orders
    from ivr.store.upgrades import Upgrades
    from web.agent.accounts import Accounts
    from web.agent.floor_room import FloorParts
    from web.agent.links import Template
    from web.agent.organisation import Organisation
    from web.agent.phone import Telephone
    from web.agent.second import SecondFactor
    from web.agent.views import Views
    from web.route import Lifetime


def agent_room(
    *,
    accounts: Accounts,
    second: SecondFactor,
    logins: Logins,
    desk: Desk,
    feed: Feed,
    views: Views,
    links: tuple[Template, ...] = (),
    upgrades: Upgrades,
    orders: Orders,
    claims: Claims,
    purposes: Purposes,
    method_title: Callable[[str, str], str],
    zone: tzinfo | None = None,
    organisation: Organisation | None = None,
    floor: FloorParts,
    telephone: Telephone | None = None,
) -> Room:
    """Return all pages of agents. ``feed`` is run by whoever made it; the accounts are closed with the room.

    ``method_title`` gives what people call a login method: of its tag, in a language. ``views`` writes the
    processing log, ``links`` are those into other systems. ``zone`` is in whose time moments are written for
    browsers that cannot do so themselves; None is this machine's. ``organisation`` is its own log-in.
    ``telephone`` is the one in pages, if any.
    """
    gate = Gate(accounts, logins, vouches=bool(organisation and organisation.vouches))
    painter = Painter(purposes, method_title, links)
    reveals = Reveals(desk, painter, views)
    doors = Doors(gate, organisation)
    ground = floor_room(floor, gate, accounts=accounts, feed=feed, orders=orders, purposes=purposes)
    watchers = Watchers(gate, desk, feed, painter=painter, views=views, floor=ground.told)
    identify = Identify(watchers, upgrades, orders, claims, purposes)
    desktop = Desktop(watchers, reveals, identify, ground.told, zone=zone, telephone=telephone)
    return Room(
        name="agent",
        guards=gate.guards,
        lifetimes=(_held(accounts, views, organisation), *ground.lifetimes),
        routes=(
            *_doors(doors),
            *_ways(doors, accounts, second, organisation),
            *_desktop(desktop, reveals),
            *ground.routes,
            *_identify(identify),
        ),
    )


def _held(accounts: Accounts, views: Views, organisation: Organisation | None) -> Lifetime:
    async def hold(_app: web.Application) -> AsyncIterator[None]:
        """Hold accounts, processing log and connections for as long as the server runs."""
        async with organisation.running() if organisation else nullcontext():
            yield
        accounts.close()
        views.close()

    return hold


def _doors(doors: Doors) -> tuple[Route, ...]:
    return (
        get("/agent/login", doors.show, Audience.PUBLIC, "agent-login"),
        post("/agent/logout", doors.leave, Audience.PUBLIC, "agent-logout"),
        post("/agent/logout/everywhere", doors.leave_everywhere, Audience.PUBLIC, "agent-logout-everywhere"),
        get("/agent/away", doors.away, Audience.PUBLIC, "agent-away"),
        get("/agent/account", show_account, Audience.STAFF, ACCOUNT),
        get("/agent/others", show_others, Audience.STAFF, "agent-others"),
    )


def _ways(
    doors: Doors, accounts: Accounts, second: SecondFactor, organisation: Organisation | None
) -> Iterator[Route]:
    if organisation:
        there = ByOrganisation(doors, organisation)
        yield get("/agent/login/organisation", there.leave, Audience.PUBLIC, "agent-organisation")
        yield get(RETURN_PATH, there.come_back, Audience.PUBLIC, "agent-back", localized=False)
    if not (organisation and organisation.only):
        here = ByPassword(doors, accounts, second)
        yield post("/agent/login", here.enter, Audience.PUBLIC, "agent-login")
        yield get("/agent/login/code", here.ask, Audience.PUBLIC, "agent-code")
        yield post("/agent/login/code", here.complete, Audience.PUBLIC, "agent-code")


def _desktop(desktop: Desktop, reveals: Reveals) -> tuple[Route, ...]:
    return (
        get("/agent", desktop.show, Audience.AGENT, "agent"),
        get("/agent/plain", desktop.plain, Audience.AGENT, "agent-plain"),
        post("/agent/plain", desktop.shown, Audience.AGENT, "agent-plain"),
        post("/agent/ticket", desktop.ticket, Audience.AGENT, "agent-ticket"),
        socket("/agent/live", desktop.live, Audience.AGENT, "agent-live"),
        post("/agent/reveal", reveals.answer, Audience.AGENT, "agent-reveal"),
    )


def _identify(identify: Identify) -> tuple[Route, ...]:
    return (
        get("/agent/identify", identify.show, Audience.AGENT, "agent-identify"),
        post("/agent/identify/ask", identify.ask, Audience.AGENT, "agent-identify-ask"),
        post("/agent/identify/keypad", identify.keypad, Audience.AGENT, "agent-identify-keypad"),
        post("/agent/identify/confirm", identify.confirm, Audience.AGENT, "agent-identify-confirm"),
    )
