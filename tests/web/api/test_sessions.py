"""web.api.sessions and web.api.waiting: how a session stands, news as it comes, and the citizen's buttons."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from ivr.store.feed import Watch
from tests.web.api.conftest import PHONE
from web.api import waiting
from web.api.waiting import LONGEST_SECONDS, MAX_OF_ONE, Waiting

if TYPE_CHECKING:
    from tests.lab.programs import Answer, Opened, Program, Programs
    from tests.lab.switchboard import Switchboard
    from tests.lab.visitors import Visitor

PATIENT = "wait=25"
BOUND_SECONDS = 15


async def wait(program: Program, session: Opened, known: Answer) -> Answer:
    """Ask for news."""
    return await program.look(session, **{"If-None-Match": known.headers["ETag"], "Prefer": PATIENT})


@pytest.mark.req("C6")
async def test_who_waits_is_told_each_change(
    both: Programs, program: Program, visitor: Visitor, switchboard: Switchboard
) -> None:
    """The answer is there when the call moves, not before; after the end nobody waits any more."""
    session = await program.arrive(visitor)
    citizen = await both.visitors.citizen(session.token)
    known = await program.look(session)
    async with asyncio.timeout(BOUND_SECONDS), asyncio.TaskGroup() as tasks:
        news = tasks.create_task(wait(program, session, known))
        call = await switchboard.arrives(citizen)
    seen = [news.result()]
    async with asyncio.timeout(BOUND_SECONDS):
        while seen[-1].body["call"] != "queued":
            seen.append(await wait(program, session, seen[-1]))
        await switchboard.answers(call, PHONE)
        seen.append(await wait(program, session, seen[-1]))
        assert seen[-1].body["call"] == "connected"
        await switchboard.hangs_up(call)
        seen.append(await wait(program, session, seen[-1]))
        assert seen[-1].body["call"] == "ended"
        assert (await wait(program, session, seen[-1])).status == 304


@pytest.mark.req("C6", "O6")
async def test_a_call_that_nobody_follows_any_more_is_told_as_ended(
    both: Programs, program: Program, visitor: Visitor, switchboard: Switchboard
) -> None:
    """Telephony dies without a word."""
    session = await program.arrive(visitor)
    await switchboard.arrives(await both.visitors.citizen(session.token))
    known = await program.look(session)
    await switchboard.dies()
    async with asyncio.timeout(BOUND_SECONDS):
        assert (await wait(program, session, known)).body["call"] == "ended"


async def test_without_a_wish_to_wait_the_answer_comes_at_once(program: Program, visitor: Visitor) -> None:
    """Nothing new is 304 with no body; seconds that tick away are nothing new."""
    session = await program.arrive(visitor)
    known = await program.look(session)
    same = await program.look(session, **{"If-None-Match": known.headers["ETag"]})
    assert (same.status, same.body, same.headers["ETag"]) == (304, None, known.headers["ETag"])
    assert (await program.look(session, Prefer=PATIENT)).status == 200
    assert (await program.look(session, **{"If-None-Match": 'W/"0"', "Prefer": PATIENT})).status == 200


@pytest.mark.req("S7")
async def test_no_more_than_a_few_wait_for_one_session(program: Program, visitor: Visitor) -> None:
    """One more is answered at once, so that nobody can fill the house; a change lets all go."""
    session = await program.arrive(visitor)
    known = await program.look(session)
    many = [asyncio.create_task(wait(program, session, known)) for _ in range(MAX_OF_ONE + 1)]
    done, _ = await asyncio.wait(many, timeout=BOUND_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    assert [one.result().status for one in done] == [304]
    await program.call("POST", f"{session.path}/codes", token=session.token)
    answers = await asyncio.wait_for(asyncio.gather(*many), BOUND_SECONDS)
    assert sorted(answer.status for answer in answers) == [200] * MAX_OF_ONE + [304]


async def test_seats_are_given_back_and_none_is_taken_when_we_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """In all there are so many; who has one is woken at the end."""
    monkeypatch.setattr(waiting, "MAX_WAITING", 2)
    house, watches = Waiting(), [Watch() for _ in range(4)]
    with house.seat("a", watches[0]) as first, house.seat("b", watches[1]) as second:
        with house.seat("c", watches[2]) as third:
            assert (first, second, third, house.count) == (True, True, False, 2)
        await house.end()
        assert await watches[0].changed(0)
        assert await watches[1].changed(0)
    with house.seat("c", watches[3]) as late:
        assert (late, house.count) == (False, 0)


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("wait=5", 5),
        ("respond-async, wait=7", 7),
        ("Wait = 9; foo", 9),
        ("wait=99999", LONGEST_SECONDS),
        ("wait=-1", 0),
        ("wait", 0),
        ("await=5", 0),
        ("wait=1e3", 0),
        ("", 0),
        ("wait=99999999999999999999", 0),
    ],
)
def test_a_wish_is_taken_up_to_its_limit(wish: str, seconds: int) -> None:
    """One that is not understood is none (RFC 7240)."""
    assert waiting.patience_in(wish) == seconds


@pytest.mark.req("C7")
async def test_a_new_code_more_time_and_stopping(program: Program, visitor: Visitor) -> None:
    """Each once more says how it stands; after stopping nothing but that can be read."""
    session = await program.arrive(visitor)
    first = (await program.look(session)).body
    renewed = await program.call("POST", f"{session.path}/codes", token=session.token)
    assert (renewed.status, renewed.headers["Location"]) == (201, session.path)
    assert renewed.body["code"]["digits"] != first["code"]["digits"]
    longer = await program.call("POST", f"{session.path}/extensions", token=session.token)
    assert longer.body["code"] == renewed.body["code"]
    assert longer.body["version"] > renewed.body["version"] > first["version"]
    for _ in range(2):
        assert (await program.call("DELETE", session.path, token=session.token)).status == 204
    stopped = (await program.look(session)).body
    assert (stopped["call"], stopped["code"], stopped["canExtend"]) == ("cancelled", None, False)
    for what in ("codes", "extensions"):
        refused = await program.call("POST", f"{session.path}/{what}", token=session.token)
        assert (refused.status, refused.body["title"]) == (409, "Dat moment is voorbij")


async def test_once_called_there_is_no_stopping(
    both: Programs, program: Program, visitor: Visitor, switchboard: Switchboard
) -> None:
    """The citizen hangs up instead."""
    session = await program.arrive(visitor)
    await switchboard.arrives(await both.visitors.citizen(session.token))
    assert (await program.call("DELETE", session.path, token=session.token)).status == 409
    assert (await program.look(session)).body["call"] == "queued"


@pytest.mark.req("S7")
async def test_new_codes_are_counted_as_on_our_own_pages(program: Program, visitor: Visitor) -> None:
    """Five in ten minutes, for one session."""
    session = await program.arrive(visitor)
    answers = [await program.call("POST", f"{session.path}/codes", token=session.token) for _ in range(6)]
    assert [answer.status for answer in answers] == [201] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
