"""The citizen's room: which page stands where, and who does what. Wires, decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ivr.errors import SettingsError
from web.citizen import about
from web.citizen.call import CallPages
from web.citizen.holder import Holder
from web.citizen.line import Line
from web.citizen.live import Live
from web.citizen.start import StartPages
from web.citizen.status import Board
from web.identity.returns import CALL
from web.options import LANGUAGES
from web.route import Audience, Room, Route, get, post

if TYPE_CHECKING:
    from datetime import tzinfo

    from aiohttp import web

    from ivr.session.purpose import Purposes
    from ivr.store.feed import Feed
    from ivr.store.sessions import Sessions
    from web.citizen.call import WayBack
    from web.citizen.reception import Reception
    from web.citizen.status import DisplayName
    from web.identity.logins import Logins
    from web.identity.providers import Providers

RESERVED: Final = frozenset({"agent", "b", "call", "login", "static", *LANGUAGES}) | about.NAMES
"""First parts of paths that are not subjects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenOptions:
    """What the citizen's pages are told at start."""

    number: str
    """To be called with a code, as it is dialled: ``+31880001234``."""
    display: str
    """The same as people read it, in groups; empty: made from the number."""
    minutes: int
    """How long a code may be used."""
    starts_per_minute: int
    """Log-ins that one address may begin in a minute."""
    zone: tzinfo
    """Where the clock on the citizen's wall stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenParts:
    """What the citizens' pages are made of; another front end shares it."""

    holder: Holder
    board: Board
    starts: StartPages
    calls: CallPages
    live: Live


async def nowhere(_request: web.Request) -> None:
    """Who came to these pages by themselves stays on them."""


def citizen_parts(
    options: CitizenOptions,
    *,
    sessions: Sessions,
    feed: Feed,
    purposes: Purposes,
    providers: Providers,
    logins: Logins,
    display_name: DisplayName,
    reception: Reception,
    way_back: WayBack = nowhere,
) -> CitizenParts:
    """Make the parts. ``way_back`` leads browsers on that came from another front end to log in here."""
    holder = Holder(sessions)
    board = Board(
        purposes=purposes,
        providers=providers,
        line=Line.of(options.number, options.display),
        display_name=display_name,
        zone=options.zone,
        reception=reception,
    )
    starts = StartPages(
        *(sessions, holder, purposes, providers, logins),
        reception=reception,
        minutes=options.minutes,
        per_minute=options.starts_per_minute,
    )
    calls = CallPages(sessions, holder, board, starts, way_back)
    live = Live(holder, feed, board, calls)
    return CitizenParts(holder=holder, board=board, starts=starts, calls=calls, live=live)


def citizen_room(parts: CitizenParts, purposes: Purposes) -> Room:
    """Make the room; raise SettingsError if a purpose has the name of another page."""
    return Room(
        name="citizen",
        guards={Audience.CITIZEN: parts.holder.guard},
        lifetimes=(parts.live.lifetime,),
        routes=(
            *_before(parts.starts, _subject(purposes)),
            *_after(parts.calls),
            *_live(parts.live),
        ),
    )


def _before(starts: StartPages, subject: str) -> tuple[Route, ...]:
    return (
        get("/", starts.subjects, Audience.PUBLIC, "start"),
        get(subject, starts.subject, Audience.PUBLIC, "purpose"),
        post(subject, starts.start, Audience.PUBLIC, "purpose"),
    )


def _after(calls: CallPages) -> tuple[Route, ...]:
    return (
        get("/call", calls.show, Audience.CITIZEN, CALL),
        post("/call/code", calls.new_code, Audience.CITIZEN, "call-code"),
        post("/call/time", calls.more_time, Audience.CITIZEN, "call-time"),
        post("/call/stop", calls.stop, Audience.CITIZEN, "call-stop"),
        post("/call/login", calls.log_in, Audience.CITIZEN, "call-login"),
    )


def _live(live: Live) -> tuple[Route, ...]:
    # Under the page's language, unlike other websockets: what it sends is read by people.
    follow = Route(
        method="GET",
        path="/call/live",
        handler=live.follow,
        audience=Audience.CITIZEN,
        name="call-live",
        seconds=None,
    )
    return (post("/call/ticket", live.ticket, Audience.CITIZEN, "call-ticket"), follow)


def _subject(purposes: Purposes) -> str:
    """Return the path of a subject: no other name fits it, so that it hides no other page."""
    names = [purpose.name for purpose in purposes]
    for name in names:
        if name in RESERVED:
            raise SettingsError(f"purposes.{name}: this name is a page of its own; choose another")
    return "/{purpose:" + "|".join(names) + "}"
