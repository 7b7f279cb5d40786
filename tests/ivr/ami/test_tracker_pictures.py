"""Facts about what a picture makes up for: answers, ends and transfers that nobody told us of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.ami.picture import Picture, draw
from ivr.errors import StoreError
from ivr.session.model import Call
from ivr.store.calls import Calls
from ivr.store.keyspace import CallId
from tests.lab.channels import caller, comes, completed, connected, entry, goes, hung_up, joined, phone
from tests.lab.tracked import (
    ASTERISK,
    LOCAL,
    MEMBERS,
    ONE,
    PROVEN,
    SANNE,
    TOM,
    TWO,
    World,
)

if TYPE_CHECKING:
    from ivr.ami.events import ChannelListed

pytestmark = pytest.mark.req("P3", "S2", "O6")

NOTHING = Picture(frozenset(), (), {})


async def test_an_answer_that_was_missed_is_found(world: World) -> None:
    """The manager connection was away; the first picture is enough."""
    citizen = await world.claimed()
    await world.picture([caller(ONE, "b", reference=citizen.session), phone(SANNE, "b")])
    assert await world.sees(SANNE) == PROVEN


async def test_a_hangup_that_was_missed_is_found(world: World) -> None:
    """Whether this connection knew the call or only the store does."""
    citizen = await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE))
    await world.picture()
    assert await world.state(citizen) == Call.ENDED
    other = await world.claimed(TWO)
    world.starts_again()
    await world.picture()
    assert await world.state(other) == Call.ENDED
    assert await world.sealed() == []


async def test_who_waits_is_found_waiting(world: World) -> None:
    """Back in a queue while nobody listened: from the screen at once."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE))
    world.starts_again()
    await world.picture([caller(ONE), phone(SANNE)], [entry(ONE, "second")])
    assert await world.sees(SANNE) is None
    await world.follow(connected(ONE, TOM))
    assert await world.sees(TOM) == PROVEN


@pytest.mark.req("P12")
async def test_a_transfer_to_another_member_that_was_missed_is_found(world: World) -> None:
    """From one screen to the other in one step."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE))
    await world.picture([caller(ONE, "b"), phone(TOM, "b")])
    assert (await world.sees(SANNE), await world.sees(TOM)) == (None, PROVEN)


@pytest.mark.req("P12")
@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("application", ["Queue", "Dial"])
async def test_a_transfer_away_that_was_missed_leaves_the_screen(
    world: World, application: str, *, restarted: bool
) -> None:
    """At once when others are with the caller, also when what was before is known from the store alone."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE))
    if restarted:
        world.starts_again()
    await world.picture([caller(ONE, "b", application=application), phone("PJSIP/colleague", "b")])
    assert await world.sees(SANNE) is None
    assert await world.sees("PJSIP/colleague") == PROVEN


@pytest.mark.req("P12")
@pytest.mark.parametrize("restarted", [False, True])
async def test_who_is_nowhere_leaves_the_screen(world: World, *, restarted: bool) -> None:
    """In the second picture: in the first one the conversation may not have begun yet."""
    citizen = await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE))
    if restarted:
        world.starts_again()
    elsewhere = [caller(ONE, application="Playback"), phone(SANNE)]
    await world.picture(elsewhere)
    assert await world.sees(SANNE) == PROVEN
    await world.picture(elsewhere)
    assert await world.sees(SANNE) is None
    assert await world.state(citizen) == Call.QUEUED


async def test_a_phone_that_is_not_in_its_conversation_yet_keeps_the_screen(world: World) -> None:
    """One picture between the answer and the bridge takes nothing, however often that is so."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE))
    for _ in range(3):
        await world.picture([caller(ONE), phone(SANNE)])
        await world.picture([caller(ONE, "b"), phone(SANNE, "b")])
        assert await world.sees(SANNE) == PROVEN


@pytest.mark.parametrize(
    "talking",
    [
        [caller(ONE, "b"), phone(SANNE, "c")],
        [caller(ONE, "b"), phone(SANNE, "b"), phone(TOM, "b", number=2)],
    ],
)
async def test_on_hold_or_in_company_it_is_still_theirs(world: World, talking: list[ChannelListed]) -> None:
    """Who asks a colleague, or has one listen in, keeps the screen."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE))
    for _ in range(3):
        await world.picture(talking)
        assert (await world.sees(SANNE), await world.sees(TOM)) == (PROVEN, None)


@pytest.mark.req("P11", "S2")
async def test_who_hung_up_loses_a_caller_who_still_keys_a_code(world: World) -> None:
    """Asterisk now and then tells of no end then, and the caller stays in the conversation for a while."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE), comes(caller(ONE), "b"), comes(phone(SANNE), "b"))
    await world.picture([caller(ONE, "b", application="AGI"), phone(SANNE, "b")])
    await world.follow(goes(phone(SANNE), "b"))
    await world.look([caller(ONE, "b", application="AGI")])
    assert await world.seen() == {}


@pytest.mark.parametrize("behind", ["Local/1@agents", "PJSIP/phone-behind-it"])
async def test_a_local_member_keeps_the_screen(world: World, behind: str) -> None:
    """By its own channel, or by the phone that has taken its place."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, LOCAL))
    for _ in range(3):
        await world.picture([caller(ONE, "b"), phone(behind, "b")])
        assert await world.sees(LOCAL) == PROVEN


async def test_what_lives_goes_on_living(world: World) -> None:
    """A picture that shows the channel proves it; one that does not is its end."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE))
    keys = [*await world.sealed(), world.store.keys.call(CallId(ASTERISK, ONE))]
    for key in keys:
        await world.store.redis.pexpire(key, 1000)
    await world.picture([caller(ONE, "b"), phone(SANNE, "b")])
    assert all([await world.store.redis.pttl(key) > 1000 for key in keys])


async def test_a_store_that_began_anew_is_told_again(world: World) -> None:
    """The conversation is on the line, not proven: who it is went with the store."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE))
    await world.empty_store()
    await world.picture([caller(ONE, "b"), phone(SANNE, "b")])
    assert await world.sees(SANNE) == {}


async def test_what_ran_out_is_told_again_once_forgotten(world: World) -> None:
    """The store knew the call but lost its record: as after any gap, the picture is the truth."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE), joined(TWO), hung_up(TWO))
    await world.store.redis.delete(world.store.keys.call(CallId(ASTERISK, ONE)))
    talking = [caller(ONE, "b"), phone(SANNE, "b")]
    await world.picture(talking)
    assert await world.sees(SANNE) is None
    world.tracker.forget()
    await world.picture(talking)
    assert await world.sees(SANNE) == {}
    await world.follow(joined(TWO))
    assert not await world.kept(TWO)


async def test_an_event_during_the_picture_is_newer(world: World) -> None:
    """What it moved is left alone, in each direction."""
    await world.claimed(ONE)
    await world.claimed(TWO)
    await world.follow(joined(ONE), joined(TWO), connected(TWO, TOM))
    known = await world.known()
    await world.follow(connected(ONE, SANNE), completed(TWO, TOM, "transfer"))
    old = draw([caller(ONE), caller(TWO, "b"), phone(TOM, "b")], [entry(ONE)], MEMBERS)
    await world.tracker.reconcile(*known, old)
    assert (await world.sees(SANNE), await world.sees(TOM)) == (PROVEN, None)


async def test_an_event_that_the_store_did_not_take_is_newer_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture under way may not know it; the next one does."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE))
    known = await world.known()
    with monkeypatch.context() as away:
        away.setattr(Calls, "queued", _away)
        with pytest.raises(StoreError):
            await world.follow(completed(ONE, SANNE, "transfer"))
    await world.tracker.reconcile(*known, draw([caller(ONE, "b"), phone(TOM, "b")], [], MEMBERS))
    assert await world.sees(TOM) is None
    for _ in range(2):
        await world.picture([caller(ONE), phone(SANNE)], [])
    assert await world.sees(SANNE) is None


async def test_a_call_that_begins_during_the_picture_does_not_end(world: World) -> None:
    """It is not in the list because it was not there yet."""
    known = await world.known()
    citizen = await world.claimed()
    await world.follow(joined(ONE))
    await world.tracker.reconcile(*known, NOTHING)
    assert await world.state(citizen) == Call.QUEUED


async def test_a_call_that_ended_does_not_come_back(world: World) -> None:
    """A list that is older than the hangup shows it in vain, and so does every late event."""
    await world.claimed()
    await world.follow(joined(ONE), connected(ONE, SANNE))
    known = await world.known()
    await world.follow(hung_up(ONE))
    await world.tracker.reconcile(*known, draw([caller(ONE, "b"), phone(SANNE, "b")], [entry(ONE)], MEMBERS))
    await world.picture([caller(ONE, "b"), phone(SANNE, "b")], [entry(ONE)])
    await world.follow(joined(ONE), connected(ONE, SANNE))
    assert not await world.kept()
    assert await world.sees(SANNE) is None


async def _away(*_: object, **__: object) -> None:
    raise StoreError("away")
