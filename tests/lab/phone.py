"""Real SIP phones for tests: callers from the public network, and agents' desk phones.

::

    async with Caller(pbx.sip, "0612345678") as caller, AgentPhone(pbx.sip, "agent1") as agent:
        await agent.register()
        await caller.call("14030")
        await caller.wait("confirmed")
        await caller.keys("12345678")
        await agent.wait("incoming")
        await agent.answer()

Events: ``ready registered unregistered refused incoming ringing media confirmed held unheld dtmf sent sound
transferred disconnected error``; those of the second line are called ``second confirmed`` and so on. Each is
given out once: :meth:`Phone.wait` looks at those not yet given out, then waits.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from ivr.agi.contract import HOLD_LIMIT_SECONDS
from tests.lab import guard
from tests.lab.asterisk_files import CALLERS_ADDRESS
from tests.lab.asterisk_home import CHECKOUT
from tests.lab.story import Event, Story

if TYPE_CHECKING:
    from types import TracebackType

    from tests.lab.manager import Manager

WAIT_SECONDS = 10.0
LEAVE_SECONDS = 12.0
"""More than it gives itself."""
GAP_MS = 250
"""Between the starts of two digits: a quick hand."""
DIGIT_MS = 100
"""How long one digit sounds. Asterisk wants at least 40 ms, and a pause before the next."""


class Phone:
    """The remote control of one phone, which is a process of its own."""

    def __init__(self, server: str, user: str, **options: object) -> None:
        self.user = user
        self._options = {"server": server, "user": user, **options}
        self.story = Story(f"phone {user}", "event")

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        argv = (sys.executable, "-m", "tests.lab.phone_worker", json.dumps(self._options))
        self._process = await guard.spawn(*argv, stdin=pipe, stdout=pipe, cwd=str(CHECKOUT))
        self._reader = asyncio.create_task(self._read())
        try:
            await self.wait("ready")
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave()

    async def _leave(self) -> None:
        """Let it hang up and unregister by itself, which it does when its stdin ends."""
        self._process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._process.wait()
        await guard.end(self._process, at_once=True)
        await self._reader

    @property
    def pid(self) -> int:
        """The process that it is."""
        return self._process.pid

    async def _read(self) -> None:
        while line := await self._process.stdout.readline():
            await self.story.add(json.loads(line))
        await self.story.end()

    async def wait(self, event: str, *, seconds: float = WAIT_SECONDS, **details: object) -> Event:
        """Return the next event of that name with those details, such as ``wait("dtmf", digit="5")``."""
        return await self.story.wait(seconds, event=event, **details)

    def saw(self, event: str, **details: object) -> bool:
        """Whether it happened up to now, given out or not."""
        return self.story.saw(event=event, **details)

    async def _do(self, order: str, **details: object) -> None:
        self._process.stdin.write(json.dumps({"do": order, **details}).encode() + b"\n")
        await self._process.stdin.drain()

    async def call(self, number: str) -> None:
        """Dial; then wait for ``confirmed``."""
        await self._do("call", number=number)

    async def keys(
        self, digits: str, gap_ms: int = GAP_MS, *, ms: int = DIGIT_MS, info: bool = False
    ) -> None:
        """Key digits and return at once; ``sent`` tells when the last one is over, ``dtmf`` there as well.

        By RFC 4733, or by SIP INFO (``application/dtmf-relay``). Each sounds for so many ``ms``.
        What FastAGI is to read, key when it listens, such as after `hears`: Asterisk drops earlier ones.
        """
        await self._do("digits", digits=digits, gap_ms=gap_ms, ms=ms, info=info)

    async def answer(self) -> None:
        """Pick up; then wait for ``confirmed``."""
        await self._do("answer")

    async def decline(self) -> None:
        """Refuse the incoming call: busy."""
        await self._do("decline")

    async def hangup(self) -> None:
        """End the call; then wait for ``disconnected``."""
        await self._do("hangup")

    async def hold(self) -> None:
        """Put the other side on hold."""
        await self._do("hold")
        await self.wait("held")

    async def unhold(self) -> None:
        """Take the other side back."""
        await self._do("unhold")
        await self.wait("unheld")

    async def transfer(self, number: str) -> None:
        """Send the other side to another number."""
        await self._do("transfer", number=number)

    async def consult(self, number: str) -> None:
        """Call a colleague on the second line; then wait for ``second confirmed``."""
        await self._do("consult", number=number)

    async def give_up(self) -> None:
        """End the call on the second line; then wait for ``second disconnected``."""
        await self._do("return")

    async def join(self) -> None:
        """Send the other side to whoever is on the second line; then both lines are ``disconnected``."""
        await self._do("join")

    async def speak(self) -> None:
        """Sound a steady tone until the call ends."""
        await self._do("speak")

    async def hears(self, *, seconds: float = WAIT_SECONDS) -> None:
        """Wait until there is sound from the other side."""
        await self._do("listen")
        await self.wait("sound", seconds=seconds)


class Caller(Phone):
    """Somebody on the public network, whose calls come in through the trunk."""

    def __init__(self, server: str, number: str = "0612345678", *, name: str = "") -> None:
        super().__init__(server, number, bind=CALLERS_ADDRESS, name=name)


class AgentPhone(Phone):
    """An agent's desk phone, such as ``agent1``."""

    def __init__(self, server: str, user: str, *, auto_answer: bool = False, password: str = "") -> None:
        password = password or user
        super().__init__(server, user, bind="127.0.0.1", password=password, auto_answer=auto_answer)

    async def register(self) -> None:
        """Tell Asterisk that this agent's phone is here."""
        await self._do("register")
        await self.wait("registered")

    async def is_let_in(self) -> bool:
        """Try to register; tell whether Asterisk let it."""
        await self._do("register")
        answers = [asyncio.create_task(self.wait(answer)) for answer in ("registered", "refused")]
        await asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED)
        for answer in answers:
            answer.cancel()
        await asyncio.gather(*answers, return_exceptions=True)
        return self.saw("registered")

    async def unregister(self) -> None:
        """Tell Asterisk that this agent's phone leaves."""
        await self._do("unregister")
        await self.wait("unregistered")


async def talk(one: Phone, other: Phone) -> None:
    """Prove that sound and digits go both ways between two phones whose calls are confirmed.

    What is done to the call next cuts no digit off: to who is handed over while one sounds, Asterisk goes on
    sending it, and nothing else.
    """
    await one.speak()
    await other.speak()
    await asyncio.gather(one.hears(), other.hears())
    await asyncio.gather(one.keys("7"), other.keys("3"))
    await asyncio.gather(one.wait("dtmf", digit="3"), other.wait("dtmf", digit="7"))


async def reaches(
    manager: Manager, caller: Caller, agent: AgentPhone, queue: str = "queue1"
) -> dict[str, str]:
    """See the caller join the queue, be answered and be heard; return the join's event."""
    joined = await manager.wait("QueueCallerJoin", seconds=HOLD_LIMIT_SECONDS, CallerIDNum=caller.user)
    assert joined["Queue"] == queue
    await agent.wait("confirmed")
    await talk(caller, agent)
    return joined
