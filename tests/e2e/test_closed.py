"""Closed and empty on a real Asterisk: heard in words, then the operator's own target."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.agi import AgiServer
from ivr.agi.callflow import CallFlow
from ivr.agi.contract import Prompt
from ivr.session.doors import Doors
from ivr.session.model import Call
from ivr.session.opening import ALWAYS, Hours
from ivr.session.purpose import Purposes
from tests.lab.citizens import PURPOSES
from tests.lab.stand_in import Link, StandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.claims import Claims
    from ivr.store.client import Store
    from tests.lab.asterisk import Asterisk
    from tests.lab.citizens import Citizens
    from tests.lab.manager import Manager
    from tests.lab.phone import Caller

pytestmark = [pytest.mark.e2e, pytest.mark.req("P8")]

NEVER = Hours(((),) * 7)
LENGTH = 11


@pytest.fixture(autouse=True)
async def _elsewhere(pbx: Asterisk) -> AsyncIterator[None]:
    """The operator's own target is set."""
    await pbx.set_global("IDB_FALLBACK", "elsewhere,s,1")
    yield
    await pbx.set_global("IDB_FALLBACK", "")


@asynccontextmanager
async def serving(claims: Claims, *, subjects: Hours, ordinary: Hours) -> AsyncIterator[str]:
    """Our server with these hours; the number to dial that leads to it."""
    purposes = Purposes(tuple(replace(one, hours=subjects) for one in PURPOSES))
    doors = Doors(purposes, ordinary, now=lambda: 0.0)
    async with AgiServer(CallFlow(claims, purposes, "pbx", LENGTH, doors=doors)) as server:
        await server.start("127.0.0.1", 0)
        yield f"9{server.address[1]}"


async def is_told(manager: Manager, caller: Caller, prompt: Prompt) -> None:
    """The caller hears this prompt to its end, and then is where the operator wants them."""
    await manager.wait("Newexten", Application="Playback", AppData=prompt.sound)
    await caller.hears()
    await manager.wait("VarSet", Variable="PLAYBACKSTATUS", Value="SUCCESS")
    await manager.wait("UserEvent", UserEvent="Elsewhere")


async def test_when_all_is_closed_that_is_the_first_thing_a_caller_hears(
    claims: Claims, pbx: Asterisk, manager: Manager, caller: Caller
) -> None:
    """No greeting and no question."""
    before = len(pbx.log_text())
    async with serving(claims, subjects=NEVER, ordinary=NEVER) as number:
        await caller.call(number)
        await manager.wait("Newexten", Application="Playback", AppData=Prompt.CLOSED.sound)
        await caller.hears()
    assert Prompt.WELCOME.sound not in pbx.log_text()[before:]


async def test_a_right_code_after_closing_time_is_told_and_not_used_up(
    claims: Claims, citizens: Citizens, store: Store, manager: Manager, caller: Caller
) -> None:
    """The ordinary queue may be open: who wants it calls without a code."""
    citizen = await citizens.verified()
    async with serving(claims, subjects=NEVER, ordinary=ALWAYS) as number:
        await caller.call(number)
        await caller.wait("confirmed")
        await caller.hears()
        await caller.keys(citizen.code.reveal())
        await is_told(manager, caller, Prompt.CLOSED)
    assert not manager.saw("QueueCallerJoin")
    session = await store.redis.hget(store.keys.session(citizen.session), "call")
    assert session == Call.AWAITED.value.encode()


@pytest.mark.req("P4")
async def test_with_no_agent_at_a_phone_a_recognised_caller_is_told_so(
    manager: Manager, caller: Caller
) -> None:
    """Neither the subject's queue nor the ordinary one takes them; after the words, the operator's target."""

    async def recognises(link: Link) -> None:
        await link.request()
        await link.ask('SET VARIABLE IDB_QUEUE "queue2"')
        await link.ask('SET VARIABLE IDB_RESULT "identified"')

    async with StandIn(recognises) as server:
        await caller.call(f"9{server.port}")
        for queue in ("queue2", "queue1"):
            await manager.wait("Newexten", Application="Queue", AppData=f"{queue},")
        await is_told(manager, caller, Prompt.UNAVAILABLE)
    assert not manager.saw("QueueCallerJoin")
