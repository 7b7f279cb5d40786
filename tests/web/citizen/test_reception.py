"""web.citizen.reception: closed, disrupted, nobody at work; and what is not known counts as open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from ivr.session.notice import Kind, Notice
from ivr.session.opening import ALWAYS, Hours, Span
from ivr.session.purpose import Purposes
from ivr.session.queue import QueueFacts
from ivr.store.client import Store
from ivr.store.keyspace import Keyspace
from ivr.store.notices import Notices
from ivr.store.queues import Queues
from tests.lab.citizens import PURPOSES
from web.citizen.reception import Bar, Reception

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.lease import Lease

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()
NEVER = Hours(((),) * 7)
LATER, EARLIER = (Hours(((Span(hour * 60, 24 * 60),),) * 7) for hour in (15, 13))
STAFFED = QueueFacts(logged_in=2, serving=2.0, available=0, waiting=9, hold_seconds=None, talk_seconds=None)
EMPTY = replace(STAFFED, logged_in=0, serving=0.0)
STORM, OVER, WORD = (Notice(kind, {"nl": kind.value}) for kind in (Kind.DISRUPTED, Kind.ENDED, Kind.NOTICE))


def with_hours(moving: Hours, waste: Hours) -> Purposes:
    """The two subjects with these hours."""
    return Purposes(
        tuple(replace(one, hours=own) for one, own in zip(PURPOSES, (moving, waste), strict=True))
    )


def reception(store: Store, purposes: Purposes = PURPOSES, **more: Any) -> Reception:
    """The reception of these subjects, on a Monday at noon."""
    usual = {"ordinary": ALWAYS, "ordinary_queue": "ordinary", "now": lambda: NOW}
    return Reception(purposes, notices=Notices(store), queues=Queues(store), **(usual | more))


async def bars(store: Store, purposes: Purposes = PURPOSES, **more: Any) -> tuple[str, str, str]:
    """What is in the way: of all together, of moving, of waste. Alone a subject is as it is among all."""
    asked = reception(store, purposes, **more)
    together, each = await asked.of_all()
    for purpose in purposes:
        assert await asked.of(purpose) == each[purpose.name]
    return together.bar, each["verhuizing"].bar, each["afval"].bar


async def test_without_anything_known_nothing_is_in_the_way(store: Store) -> None:
    """Nor said."""
    assert await bars(store) == ("", "", "")
    assert (await reception(store).of(PURPOSES.get("afval"))).notice is None


@pytest.mark.req("P8")
@pytest.mark.parametrize(
    ("moving", "waste", "expected"),
    [
        (NEVER, ALWAYS, ("", "closed", "")),
        (ALWAYS, NEVER, ("", "", "closed")),
        (NEVER, NEVER, ("closed", "closed", "closed")),
    ],
)
async def test_all_is_closed_when_every_subject_is(
    store: Store, moving: Hours, waste: Hours, expected: tuple[str, str, str]
) -> None:
    """Each by its own hours."""
    assert await bars(store, with_hours(moving, waste)) == expected


@pytest.mark.parametrize(
    ("moving", "waste"), [(LATER, EARLIER), (EARLIER, LATER), (NEVER, EARLIER), (EARLIER, NEVER)]
)
async def test_all_together_open_when_the_first_of_them_does(
    store: Store, moving: Hours, waste: Hours
) -> None:
    """At one o'clock, whichever that is."""
    together, _ = await reception(store, with_hours(moving, waste)).of_all()
    assert together.status.until == datetime(2026, 11, 23, 13, tzinfo=UTC)


@pytest.mark.req("P8")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ("", "", "")),
        ({"verhuizen": EMPTY}, ("", "", "")),  # the ordinary queue: not known
        ({"verhuizen": EMPTY, "ordinary": STAFFED}, ("", "", "")),  # there they go on to
        ({"verhuizen": EMPTY, "ordinary": EMPTY}, ("", "empty", "")),
        ({"verhuizen": EMPTY, "ordinary": EMPTY, "afval": STAFFED}, ("", "empty", "")),
        ({"verhuizen": EMPTY, "ordinary": EMPTY, "afval": EMPTY}, ("empty", "empty", "empty")),
    ],
)
async def test_nobody_is_at_work_only_when_that_is_known(
    store: Store, lease: Lease, facts: dict[str, QueueFacts], expected: tuple[str, str, str]
) -> None:
    """In the subject's queue and in the ordinary one, to which its callers go on."""
    await Queues(store).put(lease, facts)
    assert await bars(store) == expected
    standing = await reception(store).of(PURPOSES.get("verhuizing"))
    assert not standing.stops


@pytest.mark.req("C11")
async def test_a_notice_says_or_stops(store: Store) -> None:
    """The store's goes before the settings'; taken down, that one is there again."""
    notices = Notices(store)
    assert await bars(store, notice=OVER) == ("ended", "ended", "ended")
    await notices.put(WORD, hours=1)
    standing = await reception(store, notice=OVER).of(PURPOSES.get("afval"))
    assert (standing.bar, standing.notice, standing.stops) == (Bar.NONE, WORD, False)
    await notices.put(STORM, hours=1)
    assert await bars(store) == ("disrupted", "disrupted", "disrupted")
    await notices.clear()
    assert await bars(store) == ("", "", "")


async def test_what_stops_goes_before_what_is_closed(store: Store) -> None:
    """Whoever comes back in the morning would find the disruption."""
    await Notices(store).put(STORM, hours=1)
    assert await bars(store, with_hours(NEVER, NEVER)) == ("disrupted", "disrupted", "disrupted")


async def test_the_ordinary_number_has_its_own_hours(store: Store) -> None:
    """Told beside what is closed."""
    standing = await reception(store, with_hours(NEVER, ALWAYS), ordinary=EARLIER).of(PURPOSES.get("afval"))
    assert not standing.ordinary.open
    assert standing.status.open


@pytest.mark.req("P8", "O6")
async def test_a_fault_of_ours_turns_nobody_away(tmp_path: Path) -> None:
    """The store is away: hours and the settings' notice still hold, all else counts as open."""
    store = Store(f"unix://{tmp_path}/nothing.sock", Keyspace())
    with capture_logs() as logs:
        assert await bars(store) == ("", "", "")
        assert await bars(store, with_hours(NEVER, ALWAYS)) == ("", "closed", "")
        assert await bars(store, notice=OVER) == ("ended", "ended", "ended")
    assert [log["event"] for log in logs] == ["reception.store_lost"] * 3  # once for each reception
    await store.close()


async def test_nonsense_in_the_store_counts_as_open(store: Store) -> None:
    """As if nobody had said anything."""
    await store.redis.set(store.keys.notice(), b"nonsense", ex=60)
    now = (await store.redis.time())[0]
    await store.redis.hset(store.keys.queue("ordinary"), "pbx", f"{now} nonsense")
    await store.redis.expire(store.keys.queue("ordinary"), 60)
    with capture_logs():
        assert await bars(store) == ("", "", "")
