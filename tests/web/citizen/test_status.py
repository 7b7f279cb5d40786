"""web.citizen.status: one picture of one moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.session.attributes import Secret
from ivr.session.model import Call, Identification, citizen_view
from tests.lab.citizens import PURPOSES
from web.citizen.status import panel_of

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
