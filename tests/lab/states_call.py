"""Number and code, the call, and its end. See `states`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.session.wait import Place
from ivr.store.keyspace import CallId, Member
from ivr.store.upgrades import Upgrades
from tests.lab.scene import AGENT_PHONE, ANOTHER_PHONE, NAMELESS_PHONE, NEARLY, PURPOSE, SHUT
from tests.lab.switchboard import ASTERISK
from tests.lab.visitors import follows
from web.socket import close_sockets

if TYPE_CHECKING:
    from tests.lab.scene import Scene


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


async def code_closing_soon(scene: Scene) -> None:
    """Number and code, shortly before closing time."""
    scene.wall.at(NEARLY)
    await scene.with_code()


async def code_after_closing(scene: Scene) -> None:
    """Number and code, after closing time."""
    scene.wall.at(SHUT)
    await scene.with_code()


async def no_connection(scene: Scene) -> None:
    """The page hears nothing of us any more, and tries again by itself."""
    await code(scene)
    await follows(scene.page)
    await scene.page.route("**/call/ticket", lambda route: route.abort())
    await close_sockets(scene.visitors.front.app)
    await scene.page.locator("#lost").wait_for()


async def called(scene: Scene) -> None:
    """The code was keyed; not in the queue yet."""
    citizen = await scene.with_code()
    await scene.switchboard.keys_in(citizen)
    await scene.sees("called")


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


async def queued_unknown(scene: Scene) -> None:
    """In the queue, and logging in did not work out: the call goes on."""
    citizen = await scene.citizens.pending()
    await scene.switchboard.arrives(citizen)
    await scene.sessions.fail(citizen.session)
    await scene.hold(citizen.ticket)
    await scene.sees("queued")


async def connected(scene: Scene) -> None:
    """In conversation, with whom."""
    citizen = await scene.with_code()
    call = await scene.switchboard.arrives(citizen)
    await scene.switchboard.answers(call, AGENT_PHONE)
    await scene.sees("connected")


async def connected_to_somebody(scene: Scene) -> None:
    """In conversation with an employee whose name is not told."""
    citizen = await scene.with_code()
    call = await scene.switchboard.arrives(citizen)
    await scene.switchboard.answers(call, NAMELESS_PHONE)
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


async def _on_the_phone(scene: Scene, phone: str) -> CallId:
    call = await scene.switchboard.arrives()
    await scene.switchboard.answers(call, phone)
    return CallId(ASTERISK, call)


async def on_the_phone(scene: Scene) -> None:
    """Called first: the employee reads out a number to fill in."""
    await scene.go("/b")


async def on_the_phone_wrong_number(scene: Scene) -> None:
    """That number is not right."""
    await scene.go("/b?number=123")


async def on_the_phone_subject(scene: Scene) -> None:
    """That number is right: what is asked, before the log-in."""
    member = Member(ASTERISK, ANOTHER_PHONE)
    call = await _on_the_phone(scene, ANOTHER_PHONE)
    number = await Upgrades(scene.store).ask(member, call, PURPOSE)
    await scene.go(f"/b/{number}")


async def on_the_phone_code(scene: Scene) -> None:
    """The code to key in during the conversation."""
    citizen = await scene.citizens.verified(bound=await _on_the_phone(scene, AGENT_PHONE))
    await scene.hold(citizen.ticket)
    await scene.sees("in-call")
