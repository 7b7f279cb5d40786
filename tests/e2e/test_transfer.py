"""A caller goes from hand to hand: who has them sees who it is, at once; nobody else ever does.

Real Asterisk, real phones, the real pages, whose every frame to every screen is kept.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from ivr.session.model import Call
from tests.lab import house as houses
from tests.lab.house import OUTSIDE, RING_SECONDS, House, Visitor, Worker, desk_phone
from tests.lab.page_phone import PagePhone, page_phone
from tests.lab.phone import talk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.session.model import Session

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.req("P12", "P3", "S2", "A5"),
    pytest.mark.asyncio(loop_scope="module"),
]

AGENTS = 3
RUNG_SECONDS = RING_SECONDS + 15.0


KINDS = (desk_phone, pytest.param(page_phone, marks=pytest.mark.slow))


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=KINDS, ids=lambda kind: kind.__name__)
async def opened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """Three agents of this kind at work, for all tests."""
    pages = AGENTS if request.param is page_phone else 0
    async with houses.house(
        tmp_path_factory.mktemp("house"), *[request.param] * AGENTS, pages=pages
    ) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def house(opened: House) -> AsyncIterator[House]:
    """The same, with nobody in conversation."""
    yield opened
    await opened.rests()


def with_phones_on_desks(house: House) -> None:
    """What a telephone in a page does not do, by design: two calls at once, and leaving before an answer."""
    if isinstance(house.agent(1).phone, PagePhone):
        pytest.skip("a telephone in a page cannot do this")


async def consults(worker: Worker, whom: str) -> None:
    """Put the caller on hold and call a colleague, who is rung."""
    await worker.phone.hold()
    await worker.phone.consult(whom)


async def consulted(worker: Worker, colleague: Worker) -> None:
    """The colleague picks up."""
    await colleague.phone.wait("incoming")
    await colleague.phone.answer()
    await asyncio.gather(colleague.phone.wait("confirmed"), worker.phone.wait("second confirmed"))


async def dialled(caller: Visitor, worker: Worker) -> None:
    """This agent's phone rings for the caller, which shows nothing to anybody; then the agent picks up."""
    before = caller.seen_by()
    await worker.phone.wait("incoming")
    await caller.is_with_nobody()
    assert caller.seen_by() == before
    await caller.picked_up(worker)


async def queued(caller: Visitor, worker: Worker, queue: str) -> None:
    """The caller waits in a queue, first in line, on nobody's screen; then this agent picks up."""
    await caller.rings(worker)
    await caller.is_with_nobody()
    await caller.house.desks.told(caller.citizen, first_in_line, seconds=25)
    await caller.picked_up(worker)
    assert queue in repr(worker.screen.pictures[-1])


def first_in_line(told: Session) -> bool:
    """Whether the citizen's page says so."""
    return told.call is Call.QUEUED and told.place is not None and told.place.ahead == 0


async def outside(caller: Visitor) -> None:
    """The caller talks with a number outside: on nobody's screen; the citizen is told of a conversation."""
    phone = caller.house.outside
    await phone.wait("incoming")
    await caller.is_with_nobody()
    await phone.answer()
    await phone.wait("confirmed")
    await caller.house.desks.told(caller.citizen, lambda now: now.call is Call.CONNECTED)
    await talk(caller.phone, phone)
    assert caller.on_screens() == set()


async def test_from_hand_to_hand(house: House) -> None:
    """From the queue, sent on to a phone, after a consultation, back in the queue, outside; over."""
    one, two, three = (house.agent(number) for number in (1, 2, 3))
    await house.takes(one)
    async with house.visitor() as caller:
        await caller.answered(one)
        await one.phone.transfer(two.name)
        await dialled(caller, two)
        await consults(two, three.name)
        await consulted(two, three)
        assert (caller.on_screens(), caller.seen_by()) == ({two.name}, {one.name, two.name})
        await two.phone.join()
        await caller.is_with(three)
        await house.takes(two)
        await three.phone.transfer("queue1")
        await queued(caller, two, "queue1")
        await two.phone.transfer(OUTSIDE)
        await outside(caller)
        await caller.ends()


async def test_whoever_picks_up_sees_it_and_those_who_were_rung_do_not(house: House) -> None:
    """All phones ring, of which one declines."""
    one, two, three = (house.agent(number) for number in (1, 2, 3))
    await house.takes(one, two, three)
    async with house.visitor() as caller:
        for worker in (one, two, three):
            await caller.rings(worker)
        await one.phone.decline()
        await caller.picked_up(three)
        await caller.ends()
        assert caller.seen_by() == {three.name}


# Each way by itself, from a queue and from a phone: run by scripts/test-slow.


@pytest.mark.slow
async def test_a_caller_who_hangs_up_while_all_are_rung_is_seen_by_nobody(house: House) -> None:
    """Nor is anything of theirs kept."""
    workers = [house.agent(number) for number in (1, 2, 3)]
    await house.takes(*workers)
    async with house.visitor() as hasty:
        for worker in workers:
            await hasty.rings(worker)
        await hasty.ends()
        assert hasty.seen_by() == set()


@pytest_asyncio.fixture(loop_scope="module", params=["queue", "phone"])
async def caller(request: pytest.FixtureRequest, house: House) -> AsyncIterator[Visitor]:
    """Somebody with the first agent, who has them from a queue, or from the third agent; over in the end."""
    one, three = house.agent(1), house.agent(3)
    await house.takes(three if request.param == "phone" else one)
    async with house.visitor() as visitor:
        if request.param == "phone":
            await visitor.answered(three)
            await three.phone.transfer(one.name)
            await dialled(visitor, one)
            house.skips()
        else:
            await visitor.answered(one)
        await house.takes(house.agent(2))
        yield visitor
        await visitor.ends()


@pytest.mark.slow
@pytest.mark.parametrize("number", ["agent2", "local-agent2", "chain-agent2"])
async def test_sent_on_to_a_phone(house: House, caller: Visitor, number: str) -> None:
    """Called directly, and by Local channels that give way or stay."""
    one, two = house.agent(1), house.agent(2)
    before = caller.seen_by()
    await one.phone.transfer(number)
    await dialled(caller, two)
    await caller.stays_with(two)
    assert caller.seen_by() == before | {two.name}


@pytest.mark.slow
@pytest.mark.parametrize("queue", ["queue1", "queue2"])
async def test_sent_on_to_a_queue(house: House, caller: Visitor, queue: str) -> None:
    """Another one, or back to the one they came from: with a place in it."""
    one, two = house.agent(1), house.agent(2)
    before = caller.seen_by()
    await one.phone.transfer(queue)
    await queued(caller, two, queue)
    await caller.stays_with(two)
    assert caller.seen_by() == before | {two.name}


@pytest.mark.slow
async def test_sent_to_a_number_outside(house: House, caller: Visitor) -> None:
    """On nobody's screen any more, for as long as it lasts."""
    before = caller.seen_by()
    await house.agent(1).phone.transfer(OUTSIDE)
    await outside(caller)
    await house.desks.seen_alive(caller.citizen)
    assert (caller.on_screens(), caller.seen_by()) == (set(), before)


@pytest.mark.slow
@pytest.mark.parametrize("end", ["hung up", "declined"])
async def test_sent_on_to_a_phone_that_nobody_answers(house: House, caller: Visitor, end: str) -> None:
    """Nobody sees it: neither while it rings nor after that."""
    before = caller.seen_by()
    await house.agent(1).phone.transfer("agent2")
    await house.agent(2).phone.wait("incoming")
    await caller.is_with_nobody()
    if end == "declined":
        await house.agent(2).phone.decline()  # then the lab's dialplan is at its end
    await caller.ends()
    assert caller.seen_by() == before


@pytest.mark.slow
@pytest.mark.parametrize("through", ["agent2", "queue2"])
async def test_after_a_consultation(house: House, caller: Visitor, through: str) -> None:
    """The colleague sees nothing of the citizen's until they are together; sent on from there it goes on."""
    one, two = house.agent(1), house.agent(2)
    before = caller.seen_by()
    await consults(one, through)
    await consulted(one, two)
    await caller.stays_with(one)
    assert caller.seen_by() == before
    await one.phone.join()
    await caller.is_with(two)
    await caller.stays_with(two)
    await house.takes(one)
    house.skips()
    await two.phone.transfer("agent1")
    await dialled(caller, one)
    await caller.stays_with(one)
    assert caller.seen_by() == before | {two.name}


@pytest.mark.slow
async def test_handed_over_while_the_colleague_is_rung(house: House, caller: Visitor) -> None:
    """Off the first screen at once; on the second when the colleague picks up."""
    with_phones_on_desks(house)
    one, two = house.agent(1), house.agent(2)
    await consults(one, two.name)
    await asyncio.gather(two.phone.wait("incoming"), one.phone.wait("second ringing"))
    await one.phone.join()
    await caller.is_with_nobody()
    await caller.picked_up(two)
    await caller.stays_with(two)


@pytest.mark.slow
@pytest.mark.parametrize("answered", [False, True])
async def test_a_consultation_that_is_given_up(house: House, caller: Visitor, *, answered: bool) -> None:
    """The caller stays with who had them; the colleague's screen was empty throughout."""
    one, two = house.agent(1), house.agent(2)
    frames = len(two.screen.pictures)
    await consults(one, two.name)
    if answered:
        await consulted(one, two)
    await caller.stays_with(one)
    await one.phone.give_up()
    await one.phone.wait("second disconnected")
    await one.phone.unhold()
    await caller.is_with(one)
    assert len(two.screen.pictures) == frames


@pytest.mark.slow
async def test_on_hold_and_back(house: House, caller: Visitor) -> None:
    """The screen stays as it is."""
    one = house.agent(1)
    frames = len(one.screen.pictures)
    await one.phone.hold()
    await caller.stays_with(one)
    await one.phone.unhold()
    await caller.is_with(one)
    assert len(one.screen.pictures) == frames


@pytest.mark.slow
@pytest.mark.parametrize("how", ["listen", "whisper", "barge"])
async def test_who_listens_in_sees_nothing(house: House, caller: Visitor, how: str) -> None:
    """A colleague who hears all, also when they speak to the agent or to both."""
    with_phones_on_desks(house)
    one, two = house.agent(1), house.agent(2)
    before, frames = caller.seen_by(), len(two.screen.pictures)
    await two.phone.call(f"{how}-{one.name}")
    await two.phone.wait("confirmed")
    await caller.is_with(one)
    await two.phone.hears()
    await caller.stays_with(one)
    await two.phone.hangup()
    await caller.stays_with(one)
    assert (caller.seen_by(), len(two.screen.pictures)) == (before, frames)


@pytest.mark.slow
async def test_the_next_agent_is_rung_when_the_first_does_not_answer(house: House) -> None:
    """Who did not pick up sees nothing."""
    one, two = house.agent(1), house.agent(2)
    await house.takes(one)
    async with house.visitor() as caller:
        await caller.rings(one)
        await house.takes(two)  # while the first phone rings: the queue rings the second when it tries anew
        await house.manager.wait("AgentRingNoAnswer", seconds=RUNG_SECONDS, Uniqueid=caller.call.uniqueid)
        await caller.answered(two)
        await caller.ends()
        assert caller.seen_by() == {two.name}


@pytest.mark.slow
async def test_an_ordinary_caller_goes_from_hand_to_hand_as_well(house: House) -> None:
    """Not identified on the first screen, then on the second; the same call."""
    one, two = house.agent(1), house.agent(2)
    await house.takes(one)
    async with house.visitor(proven=False) as caller:
        await caller.rings(one)
        await one.phone.answer()
        await one.screen.shows("ordinary", value=str(caller.call))
        await one.phone.wait("confirmed")
        await one.phone.transfer("agent2")
        await one.screen.shows("empty")
        await two.phone.wait("incoming")
        assert two.screen.state == "empty"
        await two.phone.answer()
        await two.screen.shows("ordinary", value=str(caller.call))
        await two.phone.wait("confirmed")
        await caller.phone.hangup()
        await two.screen.shows("empty")


@pytest.mark.slow
async def test_two_callers_whom_an_agent_brings_together(house: House) -> None:
    """Neither is on any screen then; the agent's, who has let them go, is the first to be empty."""
    with_phones_on_desks(house)
    one, two = house.agent(1), house.agent(2)
    await house.takes(one)
    async with house.visitor() as first:
        await first.answered(one)
        await house.takes(two)
        async with house.visitor() as second:
            await second.answered(two)
            await consults(one, two.name)  # who is busy with the second
            assert (first.on_screens(), second.on_screens()) == ({one.name}, {two.name})
            await one.phone.give_up()
            await one.phone.unhold()
            await first.is_with(one)
            await two.phone.transfer(one.name)  # who is busy with the first
            await second.is_with_nobody()
            await second.ends()
        await first.stays_with(one)
        await first.ends()
        assert (first.seen_by(), second.seen_by()) == ({one.name}, {two.name})
