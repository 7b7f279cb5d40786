"""Facts about what the doctor says of opening hours and of the notice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from idbellen.doctor_opening import examine
from idbellen.verdict import Verdict
from ivr.session.notice import Kind, Notice
from ivr.settings import Settings
from ivr.store.notices import Notices

if TYPE_CHECKING:
    from ivr.store.client import Store
    from tests.lab.valkey import Valkey

pytestmark = pytest.mark.req("O2")

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
"""A Monday, by the clock at home."""
SUBJECT: dict[str, Any] = {"title": {"nl": "t"}, "why": {"nl": "w"}, "attributes": ["bsn"]}


async def said(valkey: Valkey, **settings: Any) -> list[tuple[Verdict, str, str]]:
    """What it says with these settings."""
    given = Settings(redis={"url": valkey.url}, **settings)
    return [(result.verdict, result.part, result.found) async for result in examine(given, NOON)]


async def test_without_hours_it_asks_for_them(valkey: Valkey, store: Store) -> None:
    """Day and night may be right, but then somebody has said so."""
    ((verdict, part, found),) = await said(valkey)
    assert (verdict, part) == (Verdict.WARNING, "opening")
    assert found.startswith("no hours are set")
    ((verdict, _, found),) = await said(valkey, opening={"hours": ["mon-sun 00:00-24:00"], "holidays": []})
    assert verdict is Verdict.FINE
    assert found.endswith("open, day and night")


async def test_it_says_how_it_stands_with_each(valkey: Valkey, store: Store) -> None:
    """Those alike on one line; one that never opens is a mistake."""
    purposes = [
        {"name": "a", **SUBJECT},
        {"name": "b", "hours": ["tue 09:00-12:00"], **SUBJECT},
        {"name": "c", "hours": ["mon 08:00-08:30"], **SUBJECT},
    ]
    dates = ["2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21"]
    opening = {"hours": ["mon-fri 08:30-17:00"], "dates": dates}
    assert await said(valkey, opening=opening, purposes=purposes) == [
        (Verdict.FINE, "opening", "ordinary queue, a: open until Mon 23 Nov 17:00"),
        (Verdict.FINE, "opening", "b: closed until Tue 24 Nov 09:00"),
        (Verdict.WARNING, "opening", "c: never open in the next 31 days"),
    ]


@pytest.mark.req("C11")
async def test_a_notice_that_stops_citizens_is_a_warning(valkey: Valkey, store: Store) -> None:
    """With how to take it down; one that stops nobody is fine."""
    hours = {"opening": {"hours": ["mon-fri 08:30-17:00"]}}
    await Notices(store).put(Notice(Kind.DISRUPTED, {"nl": "Storing."}), hours=1)
    _, (verdict, part, found) = await said(valkey, **hours)
    assert (verdict, part, found) == (Verdict.WARNING, "notice", "disrupted (nobody can start): nl: Storing.")
    await Notices(store).clear()
    _, (verdict, _, found) = await said(valkey, **hours, notice={"nl": "Druk."})
    assert (verdict, found) == (Verdict.FINE, "notice (everything works): nl: Druk.")


async def test_without_a_store_the_hours_are_still_told(own_valkey: Valkey) -> None:
    """That the store is away is told by its own check."""
    own_valkey.kill()
    assert [part for _, part, _ in await said(own_valkey)] == ["opening"]
