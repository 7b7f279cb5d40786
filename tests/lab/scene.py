"""The stage on which every state of the citizens' pages is reached: a municipality with office hours.

Real pages, a real store, telephony's part by a `Switchboard`, a clock that can be set. For the states
themselves see tests/lab/states.py.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self
from zoneinfo import ZoneInfo

from aiohttp import web
from yarl import URL

from ivr.errors import ForgedRequestError, StoreError, TooOftenError
from ivr.session.holidays import Holiday
from ivr.session.opening import Hours, Span
from ivr.session.purpose import Purposes
from ivr.store.upgrades import Upgrades
from tests.lab.programs import programs
from tests.lab.switchboard import ASTERISK
from tests.lab.visitors import ORDINARY
from web import cookies
from web.citizen.join import join_room
from web.route import Audience, Room, get

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page

    from ivr.session.attributes import Secret
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.lease import Lease
    from ivr.store.sessions import Sessions
    from tests.lab.citizens import Citizen, Citizens
    from tests.lab.programs import Program
    from tests.lab.switchboard import Switchboard
    from tests.lab.visitors import Visitors
    from web.citizen.room import CitizenParts

HOME: Final = ZoneInfo("Europe/Amsterdam")
DAY, EVENING = (Span(8 * 60 + 30, 17 * 60),), (Span(8 * 60 + 30, 20 * 60),)
OFFICE: Final = Hours((DAY, DAY, DAY, EVENING, DAY, (), ()), HOME, tuple(Holiday))
"""On Thursdays until eight in the evening."""
LONGER: Final = Hours((EVENING,) * 5 + ((), ()), HOME, tuple(Holiday))
OPEN, NEARLY, SHUT = "2026-11-23 12:00", "2026-11-23 16:45", "2026-11-23 17:00"
NIGHT, CHRISTMAS = "2026-11-23 21:00", "2026-12-25 11:00"
PURPOSE, OTHER = "verhuizing", "afval"
AGENT_PHONE, ANOTHER_PHONE, NAMELESS_PHONE = "PJSIP/sanne", "PJSIP/tom", "PJSIP/balie"
AGENT: Final = "Sanne"
FAULTS: Final = {
    "away": StoreError("away"),
    "broken": ZeroDivisionError(),
    "often": TooOftenError("often", seconds=60),
    "forged": ForgedRequestError("forged"),
}


class Wall:
    """A clock that is set."""

    def __init__(self) -> None:
        self.time = OPEN

    def __call__(self) -> float:
        """Seconds since 1970."""
        return datetime.fromisoformat(self.time).replace(tzinfo=HOME).timestamp()

    def at(self, time: str) -> Self:
        """Set it."""
        self.time = time
        return self


@dataclass
class Scene:
    """Who and what takes part; ``page`` is the citizen's window."""

    program: Program
    visitors: Visitors
    sessions: Sessions
    citizens: Citizens
    switchboard: Switchboard
    store: Store
    lease: Lease
    wall: Wall
    page: Page
    queues: tuple[str, ...]
    """Where callers wait, those without a code among them."""
    language: str = "nl"

    async def go(self, path: str = "") -> None:
        """Open a page in this language."""
        await self.page.goto(f"{self.visitors.front.url.origin()}/{self.language}{path}")

    async def hold(self, ticket: Secret, path: str = "/call") -> None:
        """Be the citizen with this ticket, and look how it stands."""
        there = URL(f"/hold/{ticket.reveal()}").with_query(to=f"/{self.language}{path}")
        await self.page.goto(f"{self.visitors.front.url.origin()}{there}")

    async def with_code(self) -> Citizen:
        """Somebody who proved who they are, before the number and the code."""
        citizen = await self.citizens.verified()
        await self.hold(citizen.ticket)
        return citizen

    async def sees(self, panel: str) -> None:
        """Wait until the open page shows this part."""
        await self.page.locator(f"#status[data-panel={panel}]").wait_for()

    async def post(self, path: str) -> None:
        """Press the button that leads there."""
        await self.page.locator(f"form[action$='{path}'] button").first.click()

    async def over(self) -> None:
        """Put all back as it was, and close the window."""
        self.wall.at(OPEN)
        await self.store.redis.delete(self.store.keys.notice(), *map(self.store.keys.queue, self.queues))
        await self.page.context.close()


def _lab_room(_parts: CitizenParts) -> Room:
    """Pages of the lab's own beside the citizens'.

    One makes a browser the one that holds a ticket: Chromium takes a ``__Host-`` cookie over plain http from
    a server on the loopback, but from no tool. One goes wrong.
    """

    async def give(request: web.Request) -> web.StreamResponse:
        answer = web.HTTPSeeOther(request.query["to"])
        cookies.put(answer, cookies.CITIZEN, request.match_info["ticket"])
        raise answer

    async def fail(request: web.Request) -> web.StreamResponse:
        raise FAULTS[request.match_info["fault"]]

    return Room(
        name="lab",
        routes=(
            get("/hold/{ticket}", give, Audience.PUBLIC, "hold", localized=False),
            get("/fail/{fault}", fail, Audience.PUBLIC, "fail"),
        ),
    )


def with_hours(purposes: Purposes) -> Purposes:
    """The same subjects with office hours; waste is answered longer."""
    return Purposes(tuple(replace(one, hours=LONGER if one.name == OTHER else OFFICE) for one in purposes))


@asynccontextmanager
async def playing(
    store: Store,
    sessions: Sessions,
    feed: Feed,
    purposes: Purposes,
    *,
    citizens: Citizens,
    switchboard: Switchboard,
    lease: Lease,
    **changes: object,
) -> AsyncIterator[Scene]:
    """The stage, served; each window is a scene of its own, by `replace`."""
    wall, subjects = Wall(), with_hours(purposes)

    def also(parts: CitizenParts) -> tuple[Room, ...]:
        joining = join_room(Upgrades(store), parts.starts, subjects, parts.board.providers)
        return _lab_room(parts), joining

    async with programs(
        *(store, sessions, feed, subjects),
        also=also,
        names={f"{ASTERISK}:{AGENT_PHONE}": AGENT},
        ordinary=OFFICE,
        now=wall,
        **changes,
    ) as running:
        yield Scene(
            *(running.program, running.visitors, sessions, citizens, switchboard, store, lease, wall),
            page=None,  # type: ignore[arg-type] # each scene has its own
            queues=(*(subject.queue for subject in subjects), ORDINARY),
        )
