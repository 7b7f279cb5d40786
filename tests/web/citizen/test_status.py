"""web.citizen.status: one picture of one moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.session.attributes import Secret
from ivr.session.model import Call, Identification, Session, citizen_view
from ivr.session.wait import Place
from tests.lab.citizens import PURPOSES
from web.citizen.status import news_of, panel_of
from web.i18n import load_words

if TYPE_CHECKING:
    from ivr.store.sessions import Sessions
    from tests.lab.visitors import Visitors


@pytest.mark.req("S7")
@pytest.mark.parametrize("reason", ["<script>", "x" * 3000, "", "too-low%0d%0a"])
async def test_a_made_up_reason_in_the_address_changes_nothing(visitors: Visitors, reason: str) -> None:
    """It only picks words of ours."""
    async with visitors.visitor() as visitor:
        await visitor.arrive()
        page = await visitor.open(f"/call?login={reason}")
        assert page.status == 200
        assert "<script>" not in page.text.partition("<main")[2]
        assert "U kunt ons nu bellen" in page.text


@pytest.mark.parametrize(
    ("identification", "call", "code", "panel"),
    [
        (Identification.PENDING, Call.AWAITED, None, "login"),
        (Identification.PENDING, Call.AWAITED, Secret("1"), "code"),
        (Identification.VERIFIED, Call.AWAITED, Secret("1"), "code"),
        (Identification.FAILED, Call.AWAITED, Secret("1"), "failed"),
        (Identification.FAILED, Call.QUEUED, None, "queued"),
        *(
            (Identification.VERIFIED, call, None, panel)
            for call, panel in (
                (Call.CLAIMED, "called"),
                (Call.CONNECTED, "connected"),
                (Call.ENDED, "ended"),
                (Call.CANCELLED, "stopped"),
                (Call.EXPIRED, "expired"),
            )
        ),
    ],
)
async def test_every_moment_has_one_panel(
    sessions: Sessions, identification: Identification, call: Call, code: Secret | None, panel: str
) -> None:
    """Both axes of a session come down to one thing to tell."""
    started = await sessions.create(PURPOSES.get("afval"), "nl")
    found = await sessions.find(started.ticket)
    session = replace(found.session, identification=identification, call=call)
    assert panel_of(citizen_view(session, found.now, code, code)) == panel


@pytest.mark.req("C6", "C9")
def test_who_listens_is_told_what_matters_and_not_each_step() -> None:
    """A code that ends soon; that the wait is another; that one is next."""
    words = load_words()["en"]

    def news(call: Call, seconds: float = 0, place: Place | None = None) -> str:
        session = Session(
            "s", "afval", "nl", Identification.VERIFIED, call, 1, created=0, expires=seconds, place=place
        )
        return news_of(words, citizen_view(session, 0, Secret("1"), Secret("2")))

    assert news(Call.AWAITED, 1000) == news(Call.QUEUED) == news(Call.CONNECTED, 0, Place(3, 5)) == ""
    assert "a few more minutes" in news(Call.AWAITED, 200)
    assert news(Call.QUEUED, 0, Place(5, 5)) == news(Call.QUEUED, 0, Place(4, 5)) != ""
    assert news(Call.QUEUED, 0, Place(4, 3)) != news(Call.QUEUED, 0, Place(4, 5))
    assert "first" in news(Call.QUEUED, 0, Place(0, 1))
