"""Every state of the citizens' pages, each reached from nothing in a browser of its own.

For the tests that look at all of them (tests/web/citizen/test_states.py) and for the pictures in docs
(`shots`). What each shows stands in its docstring. Knows the pages as people do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiohttp import web
from yarl import URL

from ivr.session.notice import Kind, Notice
from ivr.session.wait import Place
from ivr.store.notices import Notices
from tests.lab.citizens import PURPOSES
from web import cookies
from web.route import Audience, Room, get

if TYPE_CHECKING:
    from playwright.async_api import Page

    from ivr.session.attributes import Secret
    from ivr.store.client import Store
    from ivr.store.sessions import Sessions
    from tests.lab.citizens import Citizen, Citizens
    from tests.lab.switchboard import Switchboard
    from tests.lab.visitors import Visitors
    from web.citizen.room import CitizenParts

PURPOSE: Final = "verhuizing"
AGENT_PHONE: Final = "PJSIP/sanne"
NOTICE_HOURS: Final = 1


@dataclass
class Scene:
    """Who and what takes part; ``page`` is the citizen's window."""

    visitors: Visitors
    sessions: Sessions
    citizens: Citizens
    switchboard: Switchboard
    store: Store
    page: Page
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


def hold_room(_parts: CitizenParts) -> tuple[Room, ...]:
    """A page of the lab's own beside the citizens': it makes a browser the one that holds a ticket.

    Chromium takes a ``__Host-`` cookie over plain http from a server on the loopback, but from no tool.
    """

    async def give(request: web.Request) -> web.StreamResponse:
        answer = web.HTTPSeeOther(request.query["to"])
        cookies.put(answer, cookies.CITIZEN, request.match_info["ticket"])
        raise answer

    return (
        Room(name="hold", routes=(get("/hold/{ticket}", give, Audience.PUBLIC, "hold", localized=False),)),
    )


State = Callable[[Scene], Awaitable[None]]


async def start(scene: Scene) -> None:
    """The first page: the subjects to call about."""
    await scene.go()


async def purpose(scene: Scene) -> None:
    """One subject, before the log-in: what is asked, why, for whom, for how long, how sure it must be."""
    await scene.go(f"/{PURPOSE}")


async def purpose_without_consent(scene: Scene) -> None:
    """Nobody goes on without agreeing."""
    await purpose(scene)
    await scene.page.locator("form").last.evaluate("(form) => { form.noValidate = true; }")
    await scene.page.locator("[name=method]").first.click()
    await scene.page.locator("[aria-invalid]").wait_for()


async def disrupted(scene: Scene) -> None:
    """The operator says that there is a disruption."""
    text = {"nl": "Onze telefoon heeft een storing.", "en": "Our telephone is out of order."}
    await Notices(scene.store).put(Notice(Kind.DISRUPTED, text), NOTICE_HOURS)
    await purpose(scene)


async def notice(scene: Scene) -> None:
    """The operator has something to say; calling goes on."""
    text = {"nl": "Vandaag is het drukker dan anders.", "en": "Today it is busier than usual."}
    await Notices(scene.store).put(Notice(Kind.NOTICE, text), NOTICE_HOURS)
    await start(scene)


async def demo(scene: Scene) -> None:
    """The demonstration's log-in, in the place of DigiD or Yivi."""
    await purpose(scene)
    await scene.page.locator("[name=agree]").check()
    await scene.page.locator("[name=method]").first.click()
    await scene.page.locator("[name=person]").first.wait_for()


async def not_logged_in(scene: Scene) -> None:
    """Agreed, but not logged in yet."""
    started = await scene.sessions.create(PURPOSES.get(PURPOSE), "nl")
    await scene.hold(started.ticket)


async def _refused(scene: Scene, reason: str) -> None:
    started = await scene.sessions.create(PURPOSES.get(PURPOSE), "nl")
    await scene.hold(started.ticket, f"/call?login={reason}")


async def stopped_logging_in(scene: Scene) -> None:
    """Stopped at the other party's page."""
    await _refused(scene, "cancelled")


async def cannot_log_in(scene: Scene) -> None:
    """The other party does not answer."""
    await _refused(scene, "unavailable")


async def too_late(scene: Scene) -> None:
    """Logging in took too long."""
    await _refused(scene, "late")


async def level_too_low(scene: Scene) -> None:
    """Logged in, but not surely enough for this subject."""
    started = await scene.sessions.create(PURPOSES.get(PURPOSE), "nl")
    await scene.sessions.fail(started.id)
    await scene.hold(started.ticket, "/call?login=too-low")


async def details_missing(scene: Scene) -> None:
    """Logged in, without all that the subject needs."""
    started = await scene.sessions.create(PURPOSES.get(PURPOSE), "nl")
    await scene.sessions.fail(started.id)
    await scene.hold(started.ticket, "/call?login=incomplete")


async def code(scene: Scene) -> None:
    """Number and code, in three steps."""
    await scene.with_code()
    await scene.page.locator("#code").wait_for()


async def code_before_logging_in(scene: Scene) -> None:
    """Who calls first can log in meanwhile."""
    citizen = await scene.citizens.pending()
    await scene.hold(citizen.ticket)


async def code_nearly_over(scene: Scene) -> None:
    """A few minutes left: more time is a button."""
    citizen = await scene.citizens.verified()
    now = (await scene.store.redis.time())[0]
    await scene.store.redis.hset(scene.store.keys.session(citizen.session), "expires", str(now + 150))
    await scene.hold(citizen.ticket)


async def code_asked_often(scene: Scene) -> None:
    """Too many new codes: the one there is works."""
    citizen = await scene.citizens.verified()
    await scene.hold(citizen.ticket, "/call?often")


async def queued(scene: Scene) -> None:
    """In the queue."""
    citizen = await scene.with_code()
    await scene.switchboard.arrives(citizen)
    await scene.sees("queued")


async def queued_at_a_place(scene: Scene) -> None:
    """In the queue, with the place and about how long it takes."""
    citizen = await scene.with_code()
    await scene.switchboard.stands(await scene.switchboard.arrives(citizen), Place(ahead=2, minutes=5))
    await scene.page.locator("#status-stay").wait_for()


async def queued_before_logging_in(scene: Scene) -> None:
    """In the queue, and not logged in yet."""
    citizen = await scene.citizens.pending()
    await scene.switchboard.arrives(citizen)
    await scene.hold(citizen.ticket)
    await scene.sees("queued")


async def connected(scene: Scene) -> None:
    """In conversation, with whom."""
    citizen = await scene.with_code()
    call = await scene.switchboard.arrives(citizen)
    await scene.switchboard.answers(call, AGENT_PHONE)
    await scene.sees("connected")


async def ended(scene: Scene) -> None:
    """Over, and erased."""
    citizen = await scene.with_code()
    call = await scene.switchboard.arrives(citizen)
    await scene.switchboard.answers(call, AGENT_PHONE)
    await scene.switchboard.hangs_up(call)
    await scene.sees("ended")


async def stopped(scene: Scene) -> None:
    """Stopped by the citizen: all is erased at once."""
    await scene.with_code()
    await scene.post("/call/stop")
    await scene.sees("stopped")


async def expired(scene: Scene) -> None:
    """The code's time is over."""
    citizen = await scene.citizens.verified()
    await scene.store.redis.hset(scene.store.keys.session(citizen.session), "expires", "1")
    await scene.hold(citizen.ticket)
    await scene.sees("expired")


async def nothing_here(scene: Scene) -> None:
    """The page of a call, in a browser that has none."""
    await scene.go("/call")


async def no_such_page(scene: Scene) -> None:
    """An address that is none."""
    await scene.go("/nergens")


async def help_(scene: Scene) -> None:
    """Help: when a square, an app or a code does not work, and without any of them."""
    await scene.go("/help")


async def questions(scene: Scene) -> None:
    """Questions and answers."""
    await scene.go("/questions")
    await scene.page.locator("summary").first.click()


async def words(scene: Scene) -> None:
    """What the words mean."""
    await scene.go("/words")


async def privacy(scene: Scene) -> None:
    """Privacy, where the organisation has no page of its own."""
    await scene.go("/privacy")


async def accessibility(scene: Scene) -> None:
    """Accessibility."""
    await scene.go("/accessibility")


STATES: Final[dict[str, State]] = {
    state.__name__.strip("_").replace("_", "-"): state
    for state in (
        *(start, notice, disrupted, purpose, purpose_without_consent, demo),
        *(not_logged_in, stopped_logging_in, cannot_log_in, too_late, level_too_low, details_missing),
        *(code, code_before_logging_in, code_nearly_over, code_asked_often),
        *(
            queued,
            queued_at_a_place,
            queued_before_logging_in,
            connected,
            ended,
            stopped,
            expired,
            nothing_here,
            no_such_page,
        ),
        *(help_, questions, words, privacy, accessibility),
    )
}
"""By name, in the order in which people may meet them."""
