"""Whatever fails while a code is keyed in a conversation: the two talk on, nobody is shown anything wrong.

Each fault ten times over in the slow suite; those that a frozen or killed server is, once in every run.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest

from ivr.agi.contract import Prompt
from ivr.errors import IllegalMoveError
from ivr.session.code import check_digit
from ivr.session.upgrade import Mark
from ivr.store.upgrades import Upgrades
from tests.lab import office as offices
from tests.lab.office import PROVEN, Office, by_agent, by_caller
from tests.lab.phone import talk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.lab.asterisk import Asterisk
    from tests.lab.manager import Manager

pytestmark = [pytest.mark.e2e, pytest.mark.req("P11", "P4", "O6")]

FAULTS = 10
APART_SECONDS = 8.0
"""The longest that a fault may keep the two apart."""
PLAYED_SECONDS = 20.0
"""For what is said to the caller before they are back."""
WRONG = "9" * 10 + check_digit("9" * 10)


@pytest.fixture
async def office(pbx: Asterisk, manager: Manager, tmp_path: Path) -> AsyncIterator[Office]:
    """One call centre, in conversation."""
    async with offices.office(pbx, manager, tmp_path) as office:
        yield office


async def _hit(office: Office, number: signal.Signals) -> float:
    await office.begins((await office.citizen()).code.reveal()[:3])
    office.up.send("ivr", number)
    apart = await office.together(APART_SECONDS)
    await office.up.story.wait(20, event="watcher.following")
    await office.desks.ordinary(office.agent.user)
    await Upgrades(office.desks.store).mark(office.call, Mark.FAILED)  # as six seconds of silence would
    return apart


async def frozen(office: Office) -> float:
    """SIGSTOP: its watchdog kills it."""
    return await _hit(office, signal.SIGSTOP)


async def killed(office: Office) -> float:
    """SIGKILL: its sockets close at once."""
    return await _hit(office, signal.SIGKILL)


async def hung_up_by_the_caller(office: Office) -> float:
    """It is over for both, and nothing is kept; then there is a new call."""
    citizen = await office.citizen()
    await office.begins(citizen.code.reveal()[:3])
    await office.ends()
    await office.desks.wiped(5)
    await office.desks.empty(office.agent.user)
    await office.talks()
    return 0.0


async def hung_up_by_the_agent(office: Office) -> float:
    """Who keys may key on, and is shown to nobody; what they hear hangs on what Asterisk tells of the end."""
    citizen = await office.citizen()
    await office.begins(citizen.code.reveal()[:3])
    await office.agent.hangup()
    await office.agent.wait("disconnected")
    await office.desks.empty(office.agent.user)
    shown = office.desks.comes(office.agent.user, lambda now: now is not None, 2 * PLAYED_SECONDS)
    watching = asyncio.create_task(shown)
    await office.caller.keys(citizen.code.reveal()[3:])
    await office.caller.wait("disconnected", seconds=PLAYED_SECONDS)
    assert not watching.done()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert office.counted()[:2] == ["ENTERQUEUE", "CONNECT"]
    assert len(office.completed()) <= 1
    await office.talks()
    return 0.0


async def away(office: Office) -> float:
    """No server at all: a short tone, and back. The caller's own keys, since no order is taken."""
    await office.up.stop()
    await office.keyed()
    apart = await office.together(APART_SECONDS)
    await office.up.restart()
    await office.desks.ordinary(office.agent.user)
    return apart


async def sent_on(office: Office) -> float:
    """The agent sends the caller on meanwhile: who has them then is shown who it is."""
    citizen = await office.citizen()
    await office.other.register()
    await office.pbx.staffed(office.other.user)
    await office.ordered()
    await office.hears(Prompt.UPGRADE)
    await office.agent.transfer("queue2")
    await office.caller.keys(citizen.code.reveal())
    await office.hears(Prompt.UPGRADED, "")
    await office.desks.empty(office.agent.user)
    await office.manager.wait("QueueCallerJoin", Uniqueid=office.call.uniqueid, Queue="queue2")
    await office.other.wait("incoming", seconds=PLAYED_SECONDS)
    await office.other.answer()
    await office.other.wait("confirmed")
    await talk(office.caller, office.other)
    assert await office.desks.proven(office.other.user) == PROVEN
    await office.desks.empty(office.agent.user)
    await office.caller.hangup()
    phones = (office.caller, office.agent, office.other)
    await asyncio.gather(*(phone.wait("disconnected") for phone in phones))
    await office.desks.wiped(5)
    await office.other.unregister()
    await office.talks()
    return 0.0


async def started_twice(office: Office) -> float:
    """The button does nothing meanwhile; the caller's ``*`` means: once more from the start."""
    citizen = await office.citizen()
    await office.begins()
    for _ in range(3):
        with pytest.raises(IllegalMoveError):
            await office.ordered()
    await office.caller.keys("*5")
    await office.caller.wait("sent")
    with pytest.raises(IllegalMoveError):
        await office.ordered()
    await office.caller.keys(f"*{citizen.code.reveal()}")
    assert await office.desks.proven(office.agent.user, seconds=PLAYED_SECONDS) == PROVEN
    await office.together(PLAYED_SECONDS)
    await office.ends()
    await office.talks()
    return 0.0


async def keyed_wrong(office: Office) -> float:
    """Three wrong codes: told so, and back."""
    await office.desks.forgive()
    await office.begins(WRONG)
    for _ in range(2):
        await office.hears(Prompt.WRONG)
        await office.caller.keys(WRONG)
    await office.hears(Prompt.NOT_UPGRADED, "")
    apart = await office.together(PLAYED_SECONDS)
    await office.desks.ordinary(office.agent.user)
    return apart


async def without_a_store(office: Office) -> float:
    """It dies while a code is keyed: told so, and back; once it is there again, all is as it was."""
    citizen = await office.citizen()
    await office.begins(citizen.code.reveal()[:3])
    office.stack.valkey.kill()
    await office.caller.keys(citizen.code.reveal()[3:])
    apart = await office.together(PLAYED_SECONDS)
    office.stack.valkey.start()
    await office.desks.ordinary(office.agent.user)
    return apart


async def with_a_frozen_store(office: Office) -> float:
    """The same of one that does not answer."""
    citizen = await office.citizen()
    await office.begins(citizen.code.reveal()[:3])
    office.stack.valkey.pause()
    await office.caller.keys(citizen.code.reveal()[3:])
    apart = await office.together(PLAYED_SECONDS)
    office.stack.valkey.resume()
    await office.desks.ordinary(office.agent.user)
    return apart


async def without_the_manager(office: Office) -> float:
    """Its connection is cut: the code counts if the call is still known; nothing else is shown."""
    citizen = await office.citizen()
    await office.begins(citizen.code.reveal()[:3])
    await office.wire.cut()
    await office.caller.keys(citizen.code.reveal()[3:])
    apart = await office.together(PLAYED_SECONDS)
    office.wire.mend()
    now = await office.desks.comes(office.agent.user, lambda on_line: on_line is not None)
    assert now is not None
    assert now.call == office.call
    assert {name: value.reveal() for name, value in now.view.attributes} in ({}, PROVEN)
    await office.ends()
    await office.talks()
    return apart


Fault = Callable[[Office], Awaitable[float]]
ALL: tuple[Fault, ...] = (
    *(frozen, killed, away, hung_up_by_the_caller, hung_up_by_the_agent, sent_on),
    *(started_twice, keyed_wrong, without_a_store, with_a_frozen_store, without_the_manager),
)


async def test_a_server_that_freezes_or_dies_in_the_step_leaves_the_conversation(office: Office) -> None:
    """Its watchdog kills the frozen one: back within 8 s. A killed one: at once. The next try works."""
    await frozen(office)
    await killed(office)
    await office.identifies(by_agent, await office.citizen())
    await office.ends()


@pytest.mark.slow
@pytest.mark.req("P12", "S2")
@pytest.mark.parametrize("fault", ALL)
async def test_every_fault_leaves_the_conversation(office: Office, fault: Fault) -> None:
    """Ten times over; then the call that there is is identified, and no digit is anywhere."""
    apart = [await fault(office) for _ in range(FAULTS)]
    await office.desks.forgive()
    await office.identifies(by_caller, await office.citizen())
    await office.ends()
    await office.desks.wiped(5)
    office.tells_nothing()
    print(f"{fault.__name__}: {FAULTS} of {FAULTS}, apart at most {max(apart):.1f} s")
