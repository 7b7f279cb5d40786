"""The whole story, with real parts and nobody's hands: citizens in a browser, callers, agents, hangup, wipe.

Three callers at once and two agents: one who is proven, one who first keys a wrong code, one without a code;
and one who hangs up in the middle of the digits. It holds only if each agent saw the caller they had, nobody
saw another's, and nothing is left anywhere.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ivr.session.code import check_digit
from tests.lab import canary, people
from tests.lab.browser import chromium
from tests.lab.manager import Manager
from tests.lab.phone import AgentPhone, Caller

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.async_api import Browser

    from tests.lab.asterisk import Asterisk
    from tests.lab.people import Citizen, Desk
    from tests.lab.stack import Stack

NUMBER: Final = "014030"
PURPOSE: Final = "verhuizing"
QUEUE: Final = "idbellen"
FIRST: Final = canary.PERSON
SECOND: Final = {"fullname": "Papegaai Nachtegaal", "bsn": "999990433"}
WIPED_SECONDS: Final = 5.0
SILENT_SECONDS: Final = 60.0
"""For who keys nothing: to the end of the greeting, a while more, and what is said then."""
HEARS_WRONG: Final = 'STREAM FILE "idbellen/wrong" "0123456789*"'


class SmokeError(AssertionError):
    """The story does not hold; the message says where."""


@dataclass
class Scene:
    """All who take part."""

    stack: Stack
    pbx: Asterisk
    shots: Path
    say: Callable[[str], None]
    browser: Browser
    manager: Manager
    exits: AsyncExitStack
    phones: dict[str, AgentPhone] = field(default_factory=dict)

    async def citizen(self) -> Citizen:
        """Somebody comes to the page."""
        return await self.exits.enter_async_context(people.citizen(self.browser, self.stack.url))

    async def desk(self, name: str) -> Desk:
        """An agent logs in."""
        return await self.exits.enter_async_context(people.agent(self.browser, self.stack.url, name))

    async def phone(self, name: str) -> AgentPhone:
        """An agent's phone is switched on, but not registered yet."""
        self.phones[name] = await self.exits.enter_async_context(AgentPhone(self.pbx.sip, name))
        return self.phones[name]

    async def caller(self, number: str) -> Caller:
        """Somebody calls, and is answered by the greeting."""
        caller = await self.exits.enter_async_context(Caller(self.pbx.sip, number))
        await caller.call(NUMBER)
        await caller.wait("confirmed")
        await caller.hears()
        return caller

    async def shoot(self, who: Citizen | Desk, name: str) -> None:
        """Save what this screen shows now."""
        await who.page.screenshot(path=self.shots / f"{name}.png", full_page=True)


async def smoke(
    stack: Stack, pbx: Asterisk, shots: Path, output: Callable[[], str], say: Callable[[str], None]
) -> None:
    """Play it; raise SmokeError or NeverHappenedError at the first thing that is not as it should be."""
    async with AsyncExitStack() as exits:
        browser = await exits.enter_async_context(chromium())
        manager = await exits.enter_async_context(Manager(pbx.ports.ami))
        scene = Scene(stack, pbx, shots, say, browser, manager, exits)
        await _play(scene, output)


async def _play(scene: Scene, output: Callable[[], str]) -> None:
    say = scene.say
    one, two = await scene.desk("agent1"), await scene.desk("agent2")
    await scene.shoot(one, "agent-1-empty")
    phone = await scene.phone("agent1")
    await phone.register()
    await scene.pbx.staffed(phone.user)
    say("two agents are at their desktops; one phone is on")
    first, second = await scene.citizen(), await scene.citizen()
    codes = [await _show_the_way(scene, first), await second.start(PURPOSE, SECOND)]
    say("two citizens have a number and a code")

    callers = await asyncio.gather(*(scene.caller(f"061234567{n}") for n in range(4)))
    say("four callers hear the greeting at once")
    await asyncio.gather(
        callers[0].keys(codes[0]),
        callers[1].keys(_wrong(codes)),
        callers[3].keys(codes[1][:5]),
    )
    await callers[3].wait("sent")
    await callers[3].hangup()
    say("the fourth hung up in the middle of the digits")
    await scene.manager.wait("AGIExecStart", Command=HEARS_WRONG)
    await callers[1].keys(codes[1])  # now: a look at a page may take longer than a caller is waited for
    await first.sees(people.QUEUED)
    await first.reads(people.NEXT)
    await scene.shoot(first, "citizen-4-queued")
    say("the first is in the queue, and the page says at which place")
    await second.sees(people.QUEUED)
    say("the second keyed a wrong code, and then the right one")

    await _answer_first(scene, first, one, two)
    phone_two = await _answer_second(scene, second, one, two)
    await callers[0].hangup()
    await _is_wiped(scene, first, one)
    await _answer_ordinary(scene, one)
    await callers[2].hangup()
    await one.shows("empty")
    await phone_two.hangup()
    await two.shows("empty")
    await second.sees(people.ENDED)
    say("the second agent hung up: cleared as well")
    await _is_nowhere(scene, codes, (first, second), (one, two), output)


async def _show_the_way(scene: Scene, citizen: Citizen) -> str:
    """Go the citizen's way slowly, with a picture at each step; return the code."""
    await citizen.page.goto(f"{citizen.url}/nl")
    await scene.shoot(citizen, "citizen-0-start")
    await citizen.choose(PURPOSE)
    await scene.shoot(citizen, "citizen-1-purpose")
    await citizen.agree()
    await scene.shoot(citizen, "citizen-2-log-in")
    code = await citizen.log_in(FIRST)
    await scene.shoot(citizen, "citizen-3-number-and-code")
    return code


def _wrong(codes: list[str]) -> str:
    """Return a code that is well formed and nobody's."""
    digits = codes[0][1:-1]
    start = next(d for d in "987654321" if all(d != code[0] for code in codes))
    return start + digits + check_digit(start + digits)


async def _answer_first(scene: Scene, first: Citizen, one: Desk, two: Desk) -> None:
    phone = scene.phones["agent1"]
    await phone.wait("incoming")
    _check(FIRST["bsn"] not in await one.everything(), "a screen showed the caller before pickup")
    await phone.answer()
    await one.shows("verified")
    await first.sees(people.TALKING)
    _check(FIRST["bsn"] not in await one.everything(), "a masked value is there before it is asked for")
    text = await one.reveals()
    _check(all(value in text for value in FIRST.values()), "the answering agent does not see who calls")
    _check(FIRST["bsn"] not in await two.everything(), "another agent sees who calls")
    await scene.shoot(one, "agent-2-verified")
    await scene.shoot(first, "citizen-5-talking")
    await one.page.reload()
    await one.shows("verified")
    scene.say("agent 1 answered, and only agent 1 sees the first caller; after a reload as well")


async def _answer_second(scene: Scene, second: Citizen, one: Desk, two: Desk) -> AgentPhone:
    phone = await scene.phone("agent2")
    await phone.register()
    await phone.wait("incoming")
    await phone.answer()
    await two.shows("verified")
    await second.sees(people.TALKING)
    _check(SECOND["bsn"] in await two.reveals(), "the second agent does not see who calls")
    _check(SECOND["bsn"] not in await one.everything(), "the first agent sees the second caller")
    _check(FIRST["bsn"] not in await two.everything(), "the second agent sees the first caller")
    scene.say("agent 2 answered, and only agent 2 sees the second caller")
    return phone


async def _is_wiped(scene: Scene, first: Citizen, desk: Desk) -> None:
    """After hangup: screen, page and store, within the promised time."""
    async with asyncio.timeout(WIPED_SECONDS):
        await scene.manager.wait("Hangup", Linkedid=await _linkedid(scene, "0612345670"))
        await first.sees(people.ENDED)
        await desk.shows("empty")
    await scene.shoot(first, "citizen-6-ended")
    _check(FIRST["bsn"] not in await desk.everything(), "the agent's screen still shows the caller")
    scene.say("the first caller hung up: the screen is cleared and the page says that all is erased")


async def _linkedid(scene: Scene, number: str) -> str:
    joined = await scene.manager.wait("QueueCallerJoin", CallerIDNum=number)
    return str(joined["Linkedid"])


async def _answer_ordinary(scene: Scene, one: Desk) -> None:
    """Agent 1 is free again, and gets who had no code."""
    await scene.manager.wait("QueueCallerJoin", seconds=SILENT_SECONDS, CallerIDNum="0612345672")
    phone = scene.phones["agent1"]
    await phone.wait("incoming")
    await phone.answer()
    await one.shows("ordinary")
    await scene.shoot(one, "agent-3-not-identified")
    scene.say("the third had no code: in the same queue, shown as not identified")


async def _is_nowhere(
    scene: Scene,
    codes: list[str],
    citizens: tuple[Citizen, ...],
    desks: tuple[Desk, ...],
    output: Callable[[], str],
) -> None:
    """Search for the citizens' data and codes everywhere."""
    places: dict[str, bytes | str] = {
        "the store": await canary.store_dump(scene.stack.valkey.url),
        "the programs' output": output(),
        "Asterisk's logs, CDR and queue log": scene.pbx.log_text(),
        "what Asterisk tells its managers": repr(scene.manager.story.events),
    }
    for number, who in enumerate((*citizens, *desks)):
        places[f"browser {number}'s storage"] = await people.kept(who.page)
    for number, desk in enumerate(desks):
        places[f"desktop {number}"] = await desk.everything()
    secrets = (*FIRST.values(), *SECOND.values(), *codes)
    left = canary.found(secrets, places)
    _check(not left, f"something of a citizen is left in: {', '.join(left)}")
    scene.say(f"nothing of the citizens is left in any of {len(places)} places")


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SmokeError(otherwise)
