"""web.identity.returns: a browser brings its own result, once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from ivr.session.attributes import Secret
from ivr.session.model import Identification
from tests.lab.front import options
from web.identity.logins import STATE_SECONDS, Login, Logins

if TYPE_CHECKING:
    from ivr.session.purpose import Purposes
    from ivr.store.sessions import Sessions
    from tests.lab.visitors import Visitors


@pytest.mark.req("S7")
async def test_a_log_in_that_was_begun_in_another_browser_is_refused(
    visitors: Visitors, sessions: Sessions
) -> None:
    """Login CSRF: neither shown, nor finished, nor stopped; both sessions stay as they were."""
    async with visitors.visitor() as attacker, visitors.visitor() as victim:
        theirs, own = await attacker.start(), await victim.start()
        state = theirs.form("/login/demo").fields["state"]
        assert (await victim.open(theirs.path.removeprefix("/nl"))).status == 403
        assert (await victim.send(own, "/login/demo", state=state)).status == 403
        assert (await victim.send(own, "/login/demo/cancel", state=state)).status == 403
        for visitor in (attacker, victim):
            assert (
                await sessions.find(Secret(visitor.cookie))
            ).session.identification is Identification.PENDING


@pytest.mark.req("S4")
async def test_a_log_in_without_the_browsers_ticket_is_refused(visitors: Visitors) -> None:
    """The address alone is worth nothing."""
    async with visitors.visitor() as somebody, visitors.visitor() as stranger:
        page = await somebody.start()
        assert (await stranger.open(page.path.removeprefix("/nl"))).status == 401


async def test_sent_twice_it_counts_once(visitors: Visitors) -> None:
    """Back, and the button again: the page with the same code."""
    async with visitors.visitor() as visitor:
        page = await visitor.start()
        first = await visitor.send(page, "/login/demo")
        code = await visitors.citizen(visitor.cookie)
        second = await visitor.send(page, "/login/demo")
        assert (first.status, second.status, second.path) == (200, 200, "/nl/call")
        assert await visitors.citizen(visitor.cookie) == code


async def test_who_took_too_long_is_told_so_and_can_log_in_again(
    visitors: Visitors, sessions: Sessions, purposes: Purposes
) -> None:
    """Reading the page of the log-in, and sending it."""
    slow = Logins(options(), sessions, purposes, now=lambda: time.time() - STATE_SECONDS - 1)
    async with visitors.visitor() as visitor:
        page = await visitor.start()
        session = (await sessions.find(Secret(visitor.cookie))).session
        state = slow.begin(Login(session.id, purposes.get("verhuizing"), "demo", "nl"), "").state
        for late in (
            await visitor.open(f"/login/demo?state={state}"),
            await visitor.send(page, "/login/demo", state=state),
        ):
            assert (late.status, late.path) == (200, "/nl/call?login=late")
            assert "duurde te lang" in late.text
            assert late.has_form("/call/login")


async def test_who_stopped_meanwhile_is_not_logged_in_after_all(
    visitors: Visitors, sessions: Sessions
) -> None:
    """In another tab; the page says that it was stopped."""
    async with visitors.visitor() as visitor:
        page = await visitor.start()
        await visitor.send(await visitor.open("/call"), "/call/stop")
        for done in (
            await visitor.send(page, "/login/demo"),
            await visitor.send(page, "/login/demo", level="1"),
            await visitor.send(page, "/login/demo/cancel"),
        ):
            assert done.status == 200
            assert "U bent gestopt" in done.text
        found = await sessions.find(Secret(visitor.cookie))
        assert found.session.identification is not Identification.VERIFIED
