"""web.citizen.holder: the cookie by which a browser holds its session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.session.attributes import Secret
from ivr.session.model import Call
from web import cookies

if TYPE_CHECKING:
    from ivr.store.sessions import Sessions
    from tests.lab.visitors import Visitors


async def test_agreeing_starts_a_session_that_only_this_browser_holds(visitors: Visitors) -> None:
    """By a cookie that no script reads and no neighbour sets; nothing of it in an address."""
    async with visitors.visitor() as visitor:
        page = await visitor.open("/verhuizing")
        form = {**page.form("/verhuizing").fields, "agree": "yes", "method": "demo"}
        async with visitor.http.post("/nl/verhuizing", data=form, allow_redirects=False) as answer:
            assert answer.status == 303
            (cookie,) = [text for text in answer.headers.getall("Set-Cookie") if cookies.CITIZEN in text]
            assert visitor.cookie
            assert visitor.cookie not in answer.headers["Location"]
        for part in ("__Host-", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie


@pytest.mark.req("S7")
async def test_a_ticket_that_somebody_planted_is_never_taken_over(
    visitors: Visitors, sessions: Sessions
) -> None:
    """Session fixation: starting gives a ticket that nobody knew, and the planted one stays unknown."""
    for planted in ("known-to-the-attacker", "x" * 5000):
        async with visitors.visitor() as visitor:
            page = await visitor.open("/verhuizing")
            form = {**page.form("/verhuizing").fields, "agree": "yes", "method": "demo"}
            async with visitor.http.post(
                "/nl/verhuizing", data=form, cookies={cookies.CITIZEN: planted}, allow_redirects=False
            ) as answer:
                assert answer.cookies[cookies.CITIZEN].value != planted
            started = await sessions.find(Secret(visitor.cookie))
            assert started.session.call is Call.AWAITED
