"""The telephone in the agent's page: real browsers that answer as members of a real queue."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.lab.asterisk_files import LOOKUP_SECRET
from tests.lab.axe import violations
from tests.lab.call_centre import SANNE, SECRET_NAME, TOM, CallCentre, call_centre
from tests.lab.stack import PASSWORD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.lab.softphone import Softphone

BACK_AT_ONCE = """() => {
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    send.call(this, data);
    if (!/^INVITE/.test(data)) return;
    WebSocket.prototype.send = send;
    queueMicrotask(() => dispatchEvent(new KeyboardEvent("keydown", { key: "F4" })));
  };
}"""
"""The next time on hold, back before Asterisk answers."""
EARS = """
  window.outputs = []; window.bells = []; window.heard = [];
  for (const [name, kept] of [["AudioContext", window.outputs], ["Audio", window.bells]]) {
    window[name] = class extends window[name] {
      constructor(...all) { super(...all); kept.push(this); }
    };
  }
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    window.heard.push(this.frequency.value);
    start.call(this, when);
  };
"""
"""Remember what sounds, and by what."""
REFUSED = """
  const resume = AudioContext.prototype.resume;
  const pressed = new Promise((press) => addEventListener("keydown", press, { capture: true }));
  AudioContext.prototype.resume = async function () {
    await pressed;
    return resume.call(this);
  };
"""
"""As a browser whose user has not touched this page yet, which one that is led never is."""
ASLEEP = """() => window.outputs.length > 0 && window.outputs.every((one) => one.state === "suspended")
  && window.bells[0].srcObject === null"""
"""Nothing sounds but the caller, who is the second."""
RINGS = """() => window.heard.length > 0 && window.outputs.some((one) => one.state === "running")
  && window.bells[0].currentTime > 0 && !window.bells[0].paused"""
pytestmark = [pytest.mark.e2e, pytest.mark.req("A7"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CallCentre]:
    """One call centre for all tests here."""
    async with call_centre(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def centre(house: CallCentre) -> AsyncIterator[CallCentre]:
    """The same with a caller, and a manager, of this test's own."""
    async with house.anew() as fresh:
        yield fresh


async def rings(one: Softphone, other: Softphone) -> tuple[Softphone, Softphone]:
    """Wait until it rings at one of two; return that one first."""
    ringing = [asyncio.create_task(each.is_("ringing")) for each in (one, other)]
    done, waiting = await asyncio.wait(ringing, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*ringing, return_exceptions=True)
    return (one, other) if ringing[0] in done else (other, one)


@pytest.mark.req("A10", "P3")
async def test_a_whole_call_by_keyboard(centre: CallCentre) -> None:
    """Answer, microphone off and on, hold, keys, hang up. Nothing of the caller is there before pickup."""
    async with centre.agent(SANNE) as sanne:
        keyboard = sanne.page.keyboard
        told: list[str] = []
        sanne.page.on(
            "websocket", lambda line: line.on("framereceived", lambda frame: told.append(str(frame)))
        )
        await sanne.page.reload()
        await sanne.ready()
        await centre.calls()
        await sanne.is_("ringing")
        assert (await sanne.said()).startswith("Er komt een gesprek binnen: Verhuizing")
        sent = "".join(told) + await sanne.page.content()
        assert SECRET_NAME not in sent
        assert centre.caller.user not in sent
        assert not await violations(sanne.page)
        await keyboard.press("F9")
        await sanne.is_("talking")
        await centre.heard(sanne)
        await sanne.shows("ordinary")
        assert not await violations(sanne.page)
        await keyboard.press("F4")
        await sanne.is_("held")
        await centre.manager.wait("Hold")
        await keyboard.press("F4")
        await sanne.is_("talking")
        await centre.manager.wait("Unhold")
        await keyboard.press("Shift+F2")
        for digit in "74":
            await keyboard.press(digit)
            await centre.caller.wait("dtmf", digit=digit)
        await keyboard.press("Shift+F4")
        await sanne.page.locator("[data-do=mute][aria-pressed=true]").wait_for()
        await keyboard.press("Shift+F4")
        await centre.heard(sanne)
        await keyboard.press("Shift+F9")
        await centre.caller.wait("disconnected")
        await sanne.ready()
        await sanne.shows("empty")


@pytest.mark.slow
async def test_back_before_asterisk_answers(centre: CallCentre) -> None:
    """The telephone offers again: who reads "talking" does not talk to a caller who hears music."""
    async with centre.agent(SANNE) as sanne:
        await centre.talks(sanne)
        await sanne.page.evaluate(BACK_AT_ONCE)
        await sanne.press("hold")
        await centre.manager.wait("Hold")
        await centre.manager.wait("Unhold")
        await sanne.is_("talking")
        await centre.heard(sanne)
        await centre.hangs_up(sanne)


async def test_declined_given_up_and_echo(centre: CallCentre) -> None:
    """Who declines is asked again later, who is too late sees it, and agents hear themselves."""
    async with centre.agent(SANNE) as sanne:
        await sanne.page.locator("#phone summary").click()
        await sanne.press("test")
        await sanne.is_("testing")
        await sanne.hears()
        await sanne.press("hangup")
        await sanne.ready()
        await centre.calls()
        await sanne.is_("ringing")
        await sanne.press("decline")
        await centre.manager.wait("AgentRingNoAnswer", Interface=f"PJSIP/{SANNE}")
        await sanne.is_("ringing")
        await centre.caller.hangup()
        await sanne.ready()


async def test_an_agents_own_choices_are_kept(centre: CallCentre) -> None:
    """Which microphone; and calls that are taken by themselves, which nobody has who did not ask for it."""
    async with centre.agent(TOM) as tom:
        await tom.page.locator("#phone summary").click()
        choice = tom.page.locator("#phone-microphone")
        await choice.select_option(index=1)
        chosen = await choice.input_value()
        await tom.page.locator("#phone [data-auto]").check()
        await tom.page.reload()
        await tom.ready()
        await tom.page.locator("#phone summary").click()
        assert await choice.input_value() == chosen != ""
        await centre.calls()
        await tom.is_("talking")
        await centre.heard(tom)
        await centre.hangs_up(tom)


async def test_the_bell_sleeps_unless_it_rings(centre: CallCentre) -> None:
    """Silence that is played costs several percent of a core. It rings again after that, each time anew."""
    async with centre.agent(TOM) as tom:
        await tom.page.add_init_script(EARS)
        await tom.page.reload()
        await tom.ready()
        await tom.page.wait_for_function(ASLEEP)
        for taken in (True, False):
            await centre.calls()
            await tom.is_("ringing")
            await tom.page.wait_for_function(RINGS)
            assert set(await tom.page.evaluate("window.heard")) == {425, 510}
            if taken:
                await tom.answers()
                await tom.page.wait_for_function(ASLEEP)
            await centre.caller.hangup()
            await tom.ready()
            await tom.page.wait_for_function(ASLEEP)
            await tom.page.evaluate("window.heard.length = 0")


@pytest.mark.req("A10")
async def test_a_bell_that_may_not_ring_says_so_and_rings_at_the_first_key(centre: CallCentre) -> None:
    """A call that comes before it is not lost on the agent: it rings from that key on."""
    async with centre.agent(TOM) as tom:
        await tom.page.add_init_script(EARS)
        await tom.page.add_init_script(REFUSED)
        await tom.page.reload()
        await tom.ready()
        asked = tom.page.get_by_text("Druk één keer op een toets")
        await asked.wait_for()
        await centre.calls()
        await tom.is_("ringing")
        assert await tom.page.evaluate("window.heard") == []
        await tom.page.keyboard.press("Shift")
        await tom.page.wait_for_function(RINGS)
        await asked.wait_for(state="hidden")
        await centre.caller.hangup()
        await tom.ready()
        await tom.page.wait_for_function(ASLEEP)


@pytest.mark.req("P12")
async def test_a_caller_goes_on_to_a_colleague_or_back_to_a_queue(centre: CallCentre) -> None:
    """At once, and after a talk in which the colleague is shown nothing of the caller."""
    async with centre.agent(SANNE) as sanne, centre.agent(TOM) as tom:
        await centre.calls()
        first, second = await rings(sanne, tom)
        await first.answers()
        await first.shows("ordinary")
        await first.sends("nobody-at-all")
        await first.is_("talking")
        await centre.heard(first)
        await first.sends(f"agent_{second.name}", "ask")
        await first.is_("asking")
        await second.answers()
        await first.is_("consulting")
        await second.hears()
        await first.hears()
        await second.shows("empty")
        await first.press("back")
        await first.is_("talking")
        await second.ready()
        await centre.heard(first)
        await first.sends(f"agent_{second.name}", "ask")
        await second.answers()
        await first.is_("consulting")
        assert not await violations(first.page)
        await first.shows("ordinary")
        await second.shows("empty")
        await first.press("connect")
        await first.ready()
        await first.shows("empty")
        await centre.heard(second)
        await second.shows("ordinary")
        await second.sends(f"agent_{first.name}")
        await first.answers()
        await second.ready()
        await second.shows("empty")
        await first.shows("ordinary")
        await first.sends(f"agent_{second.name}")
        await second.is_("ringing")
        await first.ready()
        await first.shows("empty")
        await second.press("decline")
        last, _ = await rings(sanne, tom)
        await last.answers()
        await last.shows("ordinary")
        await centre.heard(last)
        await centre.hangs_up(last)


@pytest.mark.req("A5", "P4")
async def test_a_page_that_is_loaded_again_gets_its_call_back(centre: CallCentre) -> None:
    """In conversation and on hold: the same call, its data, and sound both ways; the queue counted one."""
    async with centre.agent(SANNE) as sanne:
        sanne.page.on("dialog", lambda warning: warning.accept())
        uniqueid = await centre.talks(sanne)
        for state in ("talking", "held"):
            if state == "held":
                await sanne.press("hold")
                await centre.manager.wait("Hold")
            await sanne.page.reload()
            await sanne.is_("talking")
            await centre.heard(sanne)
            await sanne.shows("ordinary")
        assert not centre.manager.saw("AgentComplete")
        await sanne.press("hangup")
        await centre.caller.wait("disconnected")
        await centre.manager.wait("Hangup", Uniqueid=uniqueid)
        # On a busy machine Asterisk itself now and then forgets the end.
        ends = [each for each in centre.manager.story.events if each.get("Event") == "AgentComplete"]
        assert len(ends) <= 1
        # Which call is not told when the caller's channel went first.
        assert all(each.get("Uniqueid", uniqueid) == uniqueid for each in ends)
        await sanne.shows("empty")
        assert await sanne.page.evaluate("sessionStorage.length") == 0


async def test_a_newer_page_has_the_telephone(centre: CallCentre) -> None:
    """The older one keeps its sound until the call ends, and then is silent; the next call is the newer's."""
    async with centre.agent(SANNE) as older:
        await centre.talks(older)
        newer = type(older)(await older.page.context.new_page(), older.url, older.name)
        await newer.page.goto(f"{newer.url}/nl/agent")
        await newer.ready()
        await centre.heard(older)
        await older.press("hangup")
        await centre.caller.wait("disconnected")
        await older.is_("retired")
        await centre.talks(newer)
        await older.is_("retired")
        await centre.hangs_up(newer)


@pytest.mark.req("O6", "P4")
async def test_a_call_outlives_our_servers(centre: CallCentre) -> None:
    """Killed in a call: they talk on, hold and take back; the telephone comes back when they do."""
    async with centre.agent(SANNE) as sanne:
        await centre.talks(sanne)
        await centre.stack.web.kill()
        await centre.stack.ivr.kill()
        await sanne.shows("lost")
        await sanne.press("hold")
        await centre.manager.wait("Hold")
        await sanne.press("unhold")
        await centre.manager.wait("Unhold")
        await centre.heard(sanne)
        await centre.stack.web.restart()
        await centre.stack.ivr.restart()
        await sanne.shows("ordinary")
        await centre.hangs_up(sanne)
        await centre.talks(sanne)
        await centre.hangs_up(sanne)


@pytest.mark.req("S4")
async def test_who_logs_out_has_no_telephone(centre: CallCentre) -> None:
    """Not during a call; then at once. What the page knew lets nobody in, nor what others know."""
    async with centre.agent(SANNE) as sanne, centre.agent(TOM) as tom:
        await centre.manager.action("QueuePause", Interface=f"PJSIP/{TOM}", Paused="true")
        await centre.talks(sanne)
        await sanne.page.get_by_role("button", name="Uitloggen").click()
        await sanne.page.get_by_text("Hang eerst op").first.wait_for()
        await centre.heard(sanne)
        await sanne.press("hangup")
        await sanne.ready()
        old, new = await sanne.proof(), await sanne.proof()
        assert await centre.lets_in(SANNE, new)
        gone = {"Interface": f"PJSIP/{SANNE}", "Queue": "queue1", "Status": "5"}
        await centre.manager.wait("QueueMemberStatus", **gone)
        await sanne.page.reload()
        await sanne.ready()
        await centre.pbx.staffed(SANNE)
        new = await sanne.proof()
        for password in (old, await tom.proof(), PASSWORD, SANNE, LOOKUP_SECRET):
            assert not await centre.lets_in(SANNE, password)
        await sanne.page.get_by_role("button", name="Uitloggen").click()
        await sanne.page.locator("[name=password]").wait_for()
        await centre.manager.wait("QueueMemberStatus", **gone)
        assert not await centre.lets_in(SANNE, new)
    assert LOOKUP_SECRET not in centre.pbx.log_text() + centre.stack.output()
    assert new not in centre.pbx.log_text() + centre.stack.output()
