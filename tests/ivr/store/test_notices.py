"""ivr.store.notices: one notice, seen by every process at once, gone by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import InputError, StoreError
from ivr.session.notice import Kind, Notice
from ivr.store.client import Store
from ivr.store.keyspace import Keyspace
from ivr.store.notices import MAX_HOURS, Notices

if TYPE_CHECKING:
    from pathlib import Path

STORM = Notice(Kind.DISRUPTED, {"nl": "Storing: “even” wachten", "en": "Disrupted"})
WORD = Notice(Kind.NOTICE, {"nl": "Druk"})


@pytest.mark.req("C11")
async def test_what_one_process_puts_up_another_reads(store: Store) -> None:
    """The later one in place of the earlier; taken down it is gone."""
    there = Notices(store)
    assert await Notices(store).current() is None
    await there.put(WORD, hours=1)
    await there.put(STORM, hours=1)
    assert await Notices(store).current() == STORM
    assert await there.clear()
    assert await Notices(store).current() is None
    assert not await there.clear()


@pytest.mark.req("C11")
async def test_a_forgotten_notice_goes_by_itself(store: Store) -> None:
    """After the hours that were said."""
    await Notices(store).put(WORD, hours=2)
    assert 7100 < await store.redis.ttl(store.keys.notice()) <= 7200


@pytest.mark.req("S7")
@pytest.mark.parametrize("hours", [0, -1, MAX_HOURS + 1])
async def test_a_time_that_is_none_puts_up_nothing(store: Store, hours: int) -> None:
    """What was up stays up."""
    await Notices(store).put(WORD, hours=1)
    with pytest.raises(InputError):
        await Notices(store).put(STORM, hours=hours)
    assert await Notices(store).current() == WORD


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "said", [b"", b"\xff", b"[]", b'{"kind": "loud", "text": {"nl": "x"}}', b'{"kind": "notice", "text": {}}']
)
async def test_nonsense_in_the_store_is_no_notice(store: Store, said: bytes) -> None:
    """An error, which whoever shows pages takes as nothing to say."""
    await store.redis.set(store.keys.notice(), said, ex=60)
    with pytest.raises(StoreError):
        await Notices(store).current()


async def test_without_a_store_nothing_can_be_told(tmp_path: Path) -> None:
    """For each of the three."""
    store = Store(f"unix://{tmp_path}/nothing.sock", Keyspace())
    notices = Notices(store)
    for asked in (notices.current(), notices.clear(), notices.put(WORD, hours=1)):
        with pytest.raises(StoreError):
            await asked
    await store.close()
