"""Facts about transfers that no queue tells of: who comes and goes asks for a picture, which decides.

The events are those of a real Asterisk (16.28 and 22.10 tell them alike), in its order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.ami.picture import draw
from ivr.session.model import Call
from tests.lab.channels import caller, comes, completed, connected, goes, halves, hung_up, joined, phone
from tests.lab.tracked import LOCAL, MEMBERS, ONE, PROVEN, SANNE, TOM, TWO, World

if TYPE_CHECKING:
    from tests.lab.citizens import Citizen

pytestmark = pytest.mark.req("P12", "P3")

FIRST, SECOND, THIRD = "b1", "b2", "b3"
SANNES, TOMS = phone(SANNE, FIRST, number=1), phone(TOM, SECOND, number=2)
COLLEAGUE = "PJSIP/colleague"


async def talks(world: World) -> Citizen:
    """A proven caller is in conversation with Sanne, who answered in the queue: nothing to be asked."""
    citizen = await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE))
    await world.follow(comes(SANNES, FIRST), comes(caller(ONE), FIRST))
    assert not world.tracker.curious
    assert await world.sees(SANNE) == PROVEN
    return citizen


async def dialled(world: World) -> None:
    """The same, sent on to Tom's phone, who answered there."""
    await talks(world)
    await world.follow(completed(ONE, SANNE, "transfer"), goes(SANNES, FIRST), goes(caller(ONE), FIRST))
    await world.look([caller(ONE, application="Dial"), phone(TOM)])
    assert await world.seen() == {}
    await world.follow(comes(TOMS, SECOND), comes(caller(ONE), SECOND))
    await world.look([caller(ONE, SECOND, application="Dial"), TOMS])
    assert await world.seen() == {TOM: PROVEN}


async def test_an_ordinary_call_asks_for_no_picture(world: World) -> None:
    """From the answer to the end; nor does what others do."""
    await talks(world)
    strangers = phone(COLLEAGUE, THIRD, number=7), phone(TOM, THIRD, number=8)
    await world.follow(
        *(comes(each, THIRD) for each in strangers), *(goes(each, THIRD) for each in strangers)
    )
    await world.follow(completed(ONE, SANNE), goes(SANNES, FIRST), goes(caller(ONE), FIRST), hung_up(ONE))
    assert not world.tracker.curious


async def test_sent_on_to_a_phone_it_is_shown_to_who_answers_there(world: World) -> None:
    """Nobody sees it while that phone rings."""
    await dialled(world)


async def test_sent_on_again_it_leaves_the_second_screen_at_once(world: World) -> None:
    """No queue tells of it: the caller's leaving is the first of two doubts."""
    await dialled(world)
    await world.follow(goes(TOMS, SECOND), goes(caller(ONE), SECOND))
    await world.look([caller(ONE, application="Dial"), phone(SANNE)])
    assert await world.seen() == {}


async def test_who_hangs_up_is_not_said_to_wait(world: World) -> None:
    """The caller's leaving comes before the hangup: what is asked for then is too late to matter."""
    citizen = await talks(world)
    await world.follow(goes(caller(ONE), FIRST))
    assert await world.state(citizen) == Call.CONNECTED
    await world.follow(hung_up(ONE))
    assert await world.state(citizen) == Call.ENDED


@pytest.mark.parametrize("order", ["told first", "told last", "told during the picture"])
async def test_after_a_consultation_it_goes_from_screen_to_screen(world: World, order: str) -> None:
    """The colleague comes into the caller's conversation; the queue tells of the end before or after that."""
    await talks(world)
    asking = phone(SANNE, SECOND, number=3)
    together = [caller(ONE, FIRST), phone(TOM, FIRST, number=2)]
    await world.follow(comes(TOMS, SECOND), comes(asking, SECOND))
    assert not world.tracker.curious  # to ask a colleague is nobody's business
    await world.picture([caller(ONE, FIRST), SANNES, asking, TOMS])
    assert await world.seen() == {SANNE: PROVEN}
    told = completed(ONE, SANNE, "transfer")
    if order == "told first":
        await world.follow(told)
    await world.follow(goes(TOMS, SECOND), goes(SANNES, FIRST), comes(TOMS, FIRST))
    if order == "told during the picture":
        held, stored = await world.known()
        await world.follow(told)
        await world.tracker.reconcile(held, stored, draw(together, [], MEMBERS, held | stored))
        assert await world.seen() == {}
    await world.look(together)
    if order == "told last":
        await world.follow(told)
    assert await world.seen() == {TOM: PROVEN}


async def test_after_a_consultation_through_a_queue_the_two_conversations_are_linked(world: World) -> None:
    """By a pair of Local channels, through which the caller is followed, also when sent on from there."""
    await talks(world)
    one, two = halves("Local/_attended@transfer", FIRST, SECOND)
    asking = replace(phone(SANNE, SECOND, number=3), uniqueid=TWO)
    await world.follow(joined(TWO), connected(TWO, TOM), comes(TOMS, SECOND), comes(asking, SECOND))
    assert (await world.sees(SANNE), await world.sees(TOM)) == (PROVEN, {})
    await world.follow(goes(asking, SECOND), comes(two, SECOND), completed(TWO, TOM, "caller"))
    await world.follow(goes(SANNES, FIRST), comes(one, FIRST), completed(ONE, SANNE, "transfer"))
    assert await world.seen() == {}
    await world.look([caller(ONE, FIRST), one, two, TOMS])
    assert await world.seen() == {TOM: PROVEN}
    await world.follow(goes(TOMS, SECOND), goes(two, SECOND))
    await world.look([caller(ONE, FIRST), one, replace(two, bridge=""), phone(SANNE)])
    assert await world.seen() == {}
    await world.follow(comes(phone(SANNE), THIRD), comes(replace(two, bridge=THIRD), THIRD))
    await world.look([caller(ONE, FIRST), one, replace(two, bridge=THIRD), phone(SANNE, THIRD)])
    assert await world.seen() == {SANNE: PROVEN}


async def test_a_consultation_that_was_given_up_changes_nothing(world: World) -> None:
    """On hold with music, in the same conversation."""
    await talks(world)
    asking = phone(SANNE, SECOND, number=3)
    await world.follow(comes(TOMS, SECOND), comes(asking, SECOND), goes(asking, SECOND), goes(TOMS, SECOND))
    assert not world.tracker.curious
    for _ in range(3):
        await world.picture([caller(ONE, FIRST), SANNES])
        assert await world.seen() == {SANNE: PROVEN}


async def test_sent_to_a_number_outside_nobody_sees_it_and_it_lives(world: World) -> None:
    """The citizen is told of a conversation, not of a queue; at the end all is wiped."""
    citizen = await talks(world)
    await world.follow(completed(ONE, SANNE, "transfer"), goes(caller(ONE), FIRST))
    outside = phone("PJSIP/trunk", SECOND, number=5)
    await world.follow(comes(outside, SECOND), comes(caller(ONE), SECOND))
    await world.look([caller(ONE, SECOND, application="Dial"), outside])
    assert await world.seen() == {}
    assert await world.state(citizen) == Call.CONNECTED
    await world.follow(hung_up(ONE))
    assert await world.sealed() == []


async def test_in_a_crowd_of_strangers_nobody_sees_it(world: World) -> None:
    """Who of them has the caller cannot be told."""
    await talks(world)
    crowd = [phone(f"PJSIP/guest{number}", FIRST, number=number) for number in (5, 6)]
    await world.picture([caller(ONE, FIRST), *crowd])
    assert await world.seen() == {}
    assert [await world.sees(f"PJSIP/guest{number}") for number in (5, 6)] == [None, None]


async def test_a_caller_whom_we_do_not_know_is_found_with_queue_members_only(world: World) -> None:
    """Not with whoever is called through our Asterisk."""
    await world.picture([caller(ONE, FIRST), phone(COLLEAGUE, FIRST)])
    await world.picture([caller(TWO, SECOND, application="Dial"), phone(TOM, SECOND)])
    assert [await world.sees(each) for each in (COLLEAGUE, TOM)] == [None, None]


@pytest.mark.parametrize("parked", ["Park", "BridgeWait", "ConfBridge", "MeetMe", ""])
async def test_a_caller_who_is_put_aside_is_with_nobody(world: World, parked: str) -> None:
    """Others who wait in the same place do not talk with them."""
    await talks(world)
    await world.follow(completed(ONE, SANNE, "transfer"), goes(caller(ONE), FIRST))
    aside = [caller(ONE, SECOND, application=parked), phone(TOM, SECOND)]
    await world.follow(comes(caller(ONE), SECOND))
    await world.look(aside)
    await world.picture(aside)
    assert await world.seen() == {}


async def test_a_local_member_may_be_followed_to_the_phone_behind(world: World) -> None:
    """It answered as a Local channel: that is who has the caller, whatever phone rang."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, LOCAL))
    one, two = halves("Local/1@agents", FIRST, SECOND)
    behind = phone(COLLEAGUE, SECOND)
    await world.follow(*(comes(each, SECOND) for each in (behind, two)))
    await world.follow(*(comes(each, FIRST) for each in (one, caller(ONE))))
    for _ in range(3):
        await world.picture([caller(ONE, FIRST), one, two, behind])
        assert await world.sees(LOCAL) == PROVEN


async def test_two_callers_whom_an_agent_brought_together_are_on_no_screen(world: World) -> None:
    """The one of the other least of all."""
    await talks(world)
    await world.claimed(TWO)
    await world.follow(joined(TWO), connected(TWO, SANNE))
    await world.follow(completed(ONE, SANNE, "transfer"), goes(SANNES, FIRST), comes(caller(TWO), FIRST))
    for _ in range(2):
        await world.picture([caller(ONE, FIRST), caller(TWO, FIRST)])
    assert await world.seen() == {}


async def test_events_of_conversations_that_we_do_not_know_are_kept_nowhere(world: World) -> None:
    """However many: memory has a bound."""
    for number in range(100):
        others = phone(COLLEAGUE, number=number), caller(f"9.{number}")
        for each in others:
            await world.follow(comes(each, f"b{number}"), goes(each, f"b{number}"))
    assert not world.tracker._rooms
    assert not world.tracker._doubted
    await talks(world)
    await world.follow(hung_up(ONE))
    await world.picture()
    assert not world.tracker._rooms
