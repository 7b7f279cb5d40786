"""What can befall a telephone in a page: a network that is cut, Asterisk gone, files that are wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from idbellen import doctor_phone
from idbellen.verdict import Verdict
from ivr.settings import load
from tests.lab.call_centre import SANNE, TOM, CallCentre, call_centre
from tests.lab.wire import SERVER, own_network

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from idbellen.verdict import Result
    from tests.lab.wire import Wire

pytestmark = [pytest.mark.e2e, pytest.mark.req("A7")]

HEALED_SECONDS = 20.0


@pytest.fixture
async def centre(tmp_path: Path) -> AsyncIterator[CallCentre]:
    """A call centre that a test may harm."""
    async with call_centre(tmp_path) as running:
        yield running


async def examined(centre: CallCentre) -> list[Result]:
    """What the doctor says."""
    settings = load(centre.stack.config).settings
    return [result async for result in doctor_phone.examine(settings)]


@pytest.mark.req("O2")
async def test_the_doctor_names_what_is_missing(centre: CallCentre) -> None:
    """All fine after our set-up; a wrong secret, no server of ours, no module: each by name."""
    (result,) = await examined(centre)
    assert result.verdict is Verdict.FINE
    secret = centre.pbx.folder / "etc/idbellen/softphone.secret"
    right = secret.read_text()
    secret.write_text("wrong")
    (result,) = await examined(centre)
    assert "softphone.secret" in result.mend
    secret.write_text(right)
    await centre.stack.web.kill()
    (result,) = await examined(centre)
    assert "does idbellen web run" in result.mend
    await centre.stack.web.restart()
    await centre.pbx.cli("module unload res_config_curl.so")
    assert any("res_config_curl.so" in result.found for result in await examined(centre))


@pytest.mark.slow
@pytest.mark.req("P4")
@pytest.mark.parametrize("seconds", [10, 30])
async def test_a_network_that_is_cut_costs_no_call(tmp_path: Path, seconds: int) -> None:
    """In silence; then sound goes both ways, hold works, the end of the call is seen. All of it by wss."""
    with own_network() as wire:
        async with call_centre(tmp_path, browsers_at=SERVER) as centre, centre.agent(SANNE) as sanne:
            await centre.talks(sanne)
            await cut(wire, seconds)
            await centre.caller.speak()
            await centre.caller.hears(seconds=HEALED_SECONDS)
            await sanne.hears(int(HEALED_SECONDS * 1000))
            await sanne.shows("ordinary")
            await sanne.press("hold")
            await centre.manager.wait("Hold")
            await sanne.press("unhold")
            await centre.manager.wait("Unhold")
            await centre.heard(sanne)
            await centre.hangs_up(sanne)


async def cut(wire: Wire, seconds: int) -> None:
    """Cut the wire for so long."""
    wire.cut()
    await asyncio.sleep(seconds)  # what is tested is that this time passes
    wire.mend()


@pytest.mark.slow
@pytest.mark.req("P4")
async def test_a_page_that_goes_while_it_rings_lets_the_next_one_ring(centre: CallCentre) -> None:
    """At once, not when the queue is tired of waiting."""
    async with centre.agent(SANNE) as sanne:
        await centre.calls()
        await sanne.is_("ringing")
        await sanne.page.reload()
        await centre.manager.wait("AgentRingNoAnswer", Interface=f"PJSIP/{SANNE}", seconds=5)
        await sanne.answers()
        await centre.heard(sanne)
        await centre.hangs_up(sanne)


@pytest.mark.slow
@pytest.mark.req("A5", "P4", "P12")
@pytest.mark.parametrize("state", ["choosing", "asking", "consulting"])
async def test_a_page_that_goes_in_a_transfer_gets_its_caller_back(centre: CallCentre, state: str) -> None:
    """Off hold, with the screen; a colleague who was asked is free at once, and saw nothing of the caller."""
    async with centre.agent(SANNE) as sanne, centre.agent(TOM) as tom:
        sanne.page.on("dialog", lambda warning: warning.accept())
        await centre.manager.action("QueuePause", Interface=f"PJSIP/{TOM}", Paused="true")
        await centre.talks(sanne)
        if state == "choosing":
            await sanne.press("transfer")
        else:
            await sanne.sends(f"agent_{TOM}", "ask")
            await tom.is_("ringing")
        if state == "consulting":
            await tom.answers()
        await sanne.is_(state)
        await sanne.page.reload()
        await sanne.is_("talking")
        await centre.heard(sanne)
        await sanne.shows("ordinary")
        await tom.ready()
        await tom.shows("empty")
        await centre.hangs_up(sanne)


@pytest.mark.slow
async def test_it_comes_back_after_asterisk_did(centre: CallCentre) -> None:
    """By itself."""
    async with centre.agent(SANNE) as sanne, centre.agent(TOM):
        await centre.pbx.stop()
        await sanne.is_("away")
        await centre.pbx.start()
        await sanne.ready()
        await centre.pbx.staffed(SANNE)
