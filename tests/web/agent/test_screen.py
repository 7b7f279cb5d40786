"""web.agent.screen: over an agent's line go whole pictures of their own call, and only while they hold."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import WSCloseCode

from ivr.store.keyspace import ALIVE, SWEEP
from tests.lab.agents import JOOST, SANNE, Agents, Line
from tests.lab.citizens import PERSON, PURPOSES, identity
from tests.lab.line import line
from tests.lab.switchboard import NUMBER
from web.agent import screen, sending
from web.agent.screen import HOLD_SECONDS, IDLE_SECONDS, LAST_SECONDS, LOOK_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.client import Store
    from ivr.store.sessions import Sessions
    from tests.lab.citizens import Citizens
    from tests.lab.switchboard import Switchboard
    from web.agent.accounts import Accounts

TAKEN_OVER_SECONDS = 2.5
"""Until another ``ivr`` proves calls."""


@pytest.mark.req("P3")
async def test_only_who_answers_sees_anything(
    agents: Agents, switchboard: Switchboard, citizens: Citizens
) -> None:
    """Two agents are logged in; the phones of both rang; one picks up."""
    call = await switchboard.arrives(await citizens.verified())
    async with line(agents, SANNE) as sanne, line(agents, JOOST) as joost:
        await switchboard.answers(call, "PJSIP/sanne")
        picture = await sanne.state("verified")
        assert [line["value"] for line in picture["proven"]] == [PERSON["fullname"], PERSON["bsn"]]
        await switchboard.hangs_up(call)
        assert (await sanne.state("empty"))["proven"] == []
        other = await switchboard.arrives()
        await switchboard.answers(other, "PJSIP/joost")
        await joost.state("ordinary")
        assert not any(value in joost.said() for value in PERSON.values())


@pytest.mark.req("P3", "A5")
async def test_the_data_leave_the_first_screen_before_the_second_has_them(
    agents: Agents, switchboard: Switchboard, citizens: Citizens
) -> None:
    """At a transfer they follow the caller."""
    call = await switchboard.arrives(await citizens.verified())
    async with line(agents, SANNE) as sanne, line(agents, JOOST) as joost:
        await switchboard.answers(call, "PJSIP/sanne")
        await sanne.state("verified")
        await switchboard.requeues(call)
        await sanne.state("empty")
        await switchboard.answers(call, "PJSIP/joost")
        await joost.state("verified")


@pytest.mark.req("A3")
async def test_the_screen_fills_when_the_login_is_done(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, sessions: Sessions
) -> None:
    """Without anybody doing anything at the screen."""
    citizen = await citizens.pending()
    call = await switchboard.arrives(citizen)
    async with line(agents, SANNE) as sanne:
        await switchboard.answers(call, "PJSIP/sanne")
        assert (await sanne.state("pending"))["proven"] == []
        await sessions.verify(citizen.session, PURPOSES.get("verhuizing"), identity())
        assert len((await sanne.state("verified"))["proven"]) == 2


@pytest.mark.req("P3")
async def test_of_two_callers_neither_is_shown_until_one_goes(
    agents: Agents, switchboard: Switchboard, citizens: Citizens
) -> None:
    """One is on hold on the agent's phone: with which of them the agent talks, nobody can know."""
    first = await switchboard.arrives(await citizens.verified({"fullname": "Eerste Beller", "bsn": "1"}))
    other = await switchboard.arrives(await citizens.verified({"fullname": "Andere Beller", "bsn": "2"}))
    async with line(agents, SANNE) as sanne:
        await switchboard.answers(first, "PJSIP/sanne")
        await sanne.state("verified")
        await switchboard.answers(other, "PJSIP/sanne")
        told = await sanne.state("several")
        assert (told["call"], told["proven"], told["links"], told["facts"]) == ("", [], [], [])
        await switchboard.hangs_up(other)
        assert "Eerste Beller" in repr(await sanne.state("verified"))
        assert "Andere Beller" not in repr(sanne.frames)


async def test_a_frame_says_how_long_it_holds(agents: Agents, switchboard: Switchboard) -> None:
    """So that a browser that hears no more takes it off; each frame has a later version."""
    async with line(agents, SANNE) as sanne:
        assert sanne.frames[0]["seconds"] == IDLE_SECONDS + HOLD_SECONDS
        await switchboard.answers(await switchboard.arrives(), "PJSIP/sanne")
        await sanne.state("ordinary")
        assert HOLD_SECONDS < sanne.frames[-1]["seconds"] <= LOOK_SECONDS + HOLD_SECONDS
        await sanne.frame()
        versions = [frame["version"] for frame in sanne.frames]
        assert versions == list(range(1, len(versions) + 1))


@pytest.mark.req("S2", "O6")
async def test_no_frame_holds_longer_than_its_call_is_proven(
    agents: Agents, switchboard: Switchboard, citizens: Citizens
) -> None:
    """Telephony died; if the web or the network dies next, the browser takes the call off by itself."""
    call = await switchboard.arrives(await citizens.verified())
    async with line(agents, SANNE) as sanne:
        await switchboard.answers(call, "PJSIP/sanne")
        await sanne.state("verified")
        await switchboard.dies()
        await sanne.state("empty")
        assert min(frame["seconds"] for frame in sanne.frames) < HOLD_SECONDS


@pytest.mark.req("S2")
async def test_a_call_about_to_be_forgotten_is_taken_off_before_its_frame_runs_out(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a picture without it: else the browser would say that its connection is lost."""
    monkeypatch.setattr(screen, "LAST_SECONDS", ALIVE)
    async with line(agents, SANNE) as sanne:
        call = await switchboard.arrives(await citizens.verified())
        await switchboard.answers(call, "PJSIP/sanne")
        assert "picture" not in await sanne.frame()


@pytest.mark.req("S2")
async def test_what_has_not_changed_is_not_sent_again(
    agents: Agents, switchboard: Switchboard, citizens: Citizens
) -> None:
    """Only that it is still so: data go over the line once."""
    call = await switchboard.arrives(await citizens.verified())
    async with line(agents, SANNE) as sanne:
        await switchboard.answers(call, "PJSIP/sanne")
        await sanne.state("verified")
        for _ in range(2):
            assert "picture" not in await sanne.frame()


@pytest.mark.req("A5")
async def test_a_new_connection_starts_with_the_call(
    agents: Agents, switchboard: Switchboard, citizens: Citizens
) -> None:
    """The first frame is the whole picture."""
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    async with agents.client(SANNE) as client:
        for _ in range(2):
            async with await client.dial(await client.ticket()) as socket:
                frame = await Line(socket).frame()
                assert (frame["version"], frame["picture"]["state"]) == (1, "verified")


@pytest.mark.req("P3", "S2")
async def test_rapid_calls_do_not_mix(agents: Agents, switchboard: Switchboard, citizens: Citizens) -> None:
    """Each picture holds one caller's values, and the last one is that of the last caller."""
    names = [f"Kanarie Nummer{number}x" for number in range(20)]
    async with line(agents, SANNE) as sanne:
        for name in names:
            citizen = await citizens.verified({"fullname": name, "bsn": name})
            call = await switchboard.arrives(citizen)
            await switchboard.answers(call, "PJSIP/sanne")
            if name is not names[-1]:
                await switchboard.hangs_up(call)
        while not any(name == names[-1] for name in _names(sanne.frames[-1])):
            await sanne.frame()
        assert all(len(_names(frame)) <= 1 for frame in sanne.frames)


def _names(frame: dict[str, Any]) -> set[str]:
    return {line["value"] for line in frame.get("picture", {}).get("proven", ())}


@pytest.mark.req("S2")
def test_the_times_add_up() -> None:
    """Telephony dead: forgotten, then looked at. Web frozen: shown no longer than it was said to hold.

    Watcher replaced: its calls stay on the screens.
    """
    assert ALIVE + LOOK_SECONDS < 6
    assert LOOK_SECONDS + HOLD_SECONDS <= 5
    assert LAST_SECONDS < ALIVE - SWEEP - TAKEN_OVER_SECONDS


@pytest.mark.req("S2", "O6")
async def test_a_call_that_nobody_follows_leaves_the_screen(
    agents: Agents, switchboard: Switchboard, citizens: Citizens
) -> None:
    """Telephony died: no event tells of the end, and still the picture goes."""
    call = await switchboard.arrives(await citizens.verified())
    async with line(agents, SANNE) as sanne:
        await switchboard.answers(call, "PJSIP/sanne")
        await sanne.state("verified")
        await switchboard.dies()
        await sanne.state("empty")


@pytest.mark.req("S4")
async def test_logging_out_in_one_tab_ends_the_other(
    agents: Agents, switchboard: Switchboard, citizens: Citizens
) -> None:
    """With the code that says: all is over."""
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    async with agents.client(SANNE) as client, await client.dial(await client.ticket()) as socket:
        screen = Line(socket)
        await screen.state("verified")
        async with await client.post("/nl/agent/logout"):
            assert await screen.closed() == WSCloseCode.OK


@pytest.mark.req("S4")
async def test_a_removed_account_ends_its_screens(
    agents: Agents, accounts: Accounts, switchboard: Switchboard, citizens: Citizens
) -> None:
    """``idbellen agent remove`` reaches who is looking just now."""
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    async with agents.client(SANNE) as client, await client.dial(await client.ticket()) as socket:
        screen = Line(socket)
        await screen.state("verified")
        accounts.remove(SANNE)
        assert await screen.closed() == WSCloseCode.OK


@pytest.mark.req("S7")
@pytest.mark.parametrize("message", ["", "{}", "\x00", "x" * 5000])
async def test_a_screen_has_nothing_to_say(agents: Agents, message: str) -> None:
    """Whatever a browser sends ends its websocket."""
    async with line(agents, SANNE) as sanne:
        await sanne.socket.send_str(message)
        assert await sanne.closed() in {WSCloseCode.POLICY_VIOLATION, WSCloseCode.MESSAGE_TOO_BIG}


@pytest.mark.req("O6")
async def test_a_broken_file_of_accounts_hides_the_data(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, tmp_path: Path
) -> None:
    """Nobody is known then; when it is mended the call is back."""
    await switchboard.answers(await switchboard.arrives(await citizens.verified()), "PJSIP/sanne")
    path = tmp_path / "agents.json"
    right = path.read_text()
    async with agents.client(SANNE) as client, await client.dial(await client.ticket()) as socket:
        screen = Line(socket)
        await screen.state("verified")
        path.write_text("{")
        assert (await screen.state("unavailable"))["proven"] == []
        path.write_text(right)
        await screen.state("verified")


@pytest.mark.req("S7")
async def test_a_damaged_record_hides_the_data(
    agents: Agents, switchboard: Switchboard, citizens: Citizens, store: Store
) -> None:
    """What is not one of ours is shown to nobody, and breaks nothing."""
    call = await switchboard.arrives(await citizens.verified())
    await switchboard.answers(call, "PJSIP/sanne")
    async with agents.client(SANNE) as client, await client.dial(await client.ticket()) as socket:
        screen = Line(socket)
        await screen.state("verified")
        await store.redis.hset(f"idb:call:pbx:{call}", "version", "not a number")
        assert (await screen.state("unavailable"))["proven"] == []
        assert NUMBER not in repr(screen.frames[-1])


class Stuck:
    """A websocket whose browser takes nothing in, or is gone."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.codes: list[int] = []

    async def send_str(self, _text: str) -> None:
        """Never be done, or fail as a lost connection does."""
        if self.error:
            raise self.error
        await asyncio.Event().wait()

    async def close(self, *, code: int) -> None:
        """Remember the code."""
        self.codes.append(code)


@pytest.mark.parametrize("error", [None, ConnectionResetError("Cannot write to closing transport")])
async def test_a_browser_that_takes_nothing_in_is_let_go(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    """Its websocket is closed: what waits for it is not kept."""
    monkeypatch.setattr(sending, "SEND_SECONDS", 0.01)
    stuck = Stuck(error)
    assert not await sending.send(stuck, "{}")
    assert stuck.codes == [WSCloseCode.TRY_AGAIN_LATER]
