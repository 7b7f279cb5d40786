"""A call centre whose agents' telephones are in their pages, beside one with a phone on the desk.

Everything is real: ``idbellen`` as its own processes, Asterisk, browsers, callers from the public network.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.browser import MEDIA, MICROPHONE, chromium
from tests.lab.manager import Manager
from tests.lab.phone import AgentPhone, Caller
from tests.lab.softphone import softphone
from tests.lab.stack import Stack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser

    from tests.lab.softphone import Softphone

SANNE: Final = "sanne"
TOM: Final = "tom"
NUMBER: Final = "777"
"""As a caller without a code, when the greeting is over."""
SECRET_NAME: Final = "Willem Kanarie"
"""As callers' own telephones say who they are."""
UNSIGNED: Final = ("--ignore-certificate-errors",)
EXTENSIONS: Final = f"""
[from-trunk](+)
exten => {NUMBER},1,Answer()
 same => n,Goto(idbellen-queue,s,1)
"""


@dataclass
class CallCentre:
    """All that runs."""

    stack: Stack
    pbx: Asterisk
    manager: Manager
    browser: Browser
    caller: Caller

    async def calls(self) -> str:
        """Somebody calls and waits; return the call's Uniqueid."""
        await self.caller.call(NUMBER)
        await self.caller.wait("confirmed")
        joined = await self.manager.wait("QueueCallerJoin", CallerIDNum=self.caller.user)
        return joined["Uniqueid"]

    async def talks(self, agent: Softphone) -> str:
        """Somebody calls, and this agent takes it; they hear each other. Return the call's Uniqueid."""
        uniqueid = await self.calls()
        await agent.answers()
        await self.heard(agent)
        return uniqueid

    async def heard(self, agent: Softphone) -> None:
        """Prove that sound goes both ways: the microphone of a test beeps by itself."""
        await self.caller.speak()
        await self.caller.hears()
        await agent.hears()

    async def hangs_up(self, *agents: Softphone) -> None:
        """The caller ends it; these telephones are ready again and their screens empty."""
        await self.caller.hangup()
        for agent in agents:
            await agent.ready()
            await agent.shows("empty")

    @asynccontextmanager
    async def anew(self) -> AsyncIterator[Self]:
        """The same house, with another caller and a manager that has heard nothing yet."""
        caller = Caller(self.pbx.sip, "0687654321", name=SECRET_NAME)
        async with Manager(self.pbx.ports.ami) as manager, caller:
            yield replace(self, manager=manager, caller=caller)

    async def lets_in(self, user: str, password: str) -> bool:
        """Try to register as a telephone, by any way into Asterisk; tell whether it is let in."""
        async with AgentPhone(self.pbx.sip, user, password=password) as phone:
            if not await phone.is_let_in():
                return False
            await phone.unregister()
            return True

    @asynccontextmanager
    async def agent(self, name: str) -> AsyncIterator[Softphone]:
        """An agent with a telephone in the page, ready for calls.

        Whoever logs in more than eight times a minute is refused, so tests share the work between the two.
        """
        async with softphone(self.browser, self.stack.url, name) as agent:
            await agent.ready()
            await self.pbx.staffed(name)
            yield agent


@asynccontextmanager
async def call_centre(
    folder: Path, *, prompts: Path | None = None, agents: int = 1, extensions: str = "", browsers_at: str = ""
) -> AsyncIterator[CallCentre]:
    """One with two agents in browsers, ``agents`` at desk phones, and one caller."""
    async with AsyncExitStack() as all_of_it:
        stack = await all_of_it.enter_async_context(Stack(folder))
        lab = Lab(
            agi=stack.agi,
            agents=agents,
            browsers=(SANNE, TOM),
            lookup=f"127.0.0.1:{stack.web_port}",
            browsers_at=browsers_at,
            extensions=EXTENSIONS + extensions,
        )
        pbx = await all_of_it.enter_async_context(Asterisk(lab, prompts=prompts))
        await stack.serve(pbx, agents=agents)
        manager = await all_of_it.enter_async_context(Manager(pbx.ports.ami))
        flags = (*MICROPHONE, *UNSIGNED) if browsers_at else MEDIA
        browser = await all_of_it.enter_async_context(chromium(*flags))
        caller = await all_of_it.enter_async_context(Caller(pbx.sip, "0612345678", name=SECRET_NAME))
        yield CallCentre(stack, pbx, manager, browser, caller)
