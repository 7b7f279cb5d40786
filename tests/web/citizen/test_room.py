"""web.citizen.room: which page stands where, and who may not come in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.errors import SettingsError
from ivr.session.purpose import Purposes
from ivr.store.feed import Feed
from tests.lab.citizens import PURPOSES
from tests.lab.visitors import pages
from web import keys
from web.citizen.room import RESERVED
from web.route import Audience

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.sessions import Sessions
    from tests.lab.visitors import Visitors


@pytest.mark.req("O5")
@pytest.mark.parametrize("name", sorted(RESERVED))
async def test_a_purpose_cannot_take_the_name_of_another_page(
    sessions: Sessions, store: Store, name: str
) -> None:
    """The operator hears it at the start."""
    purpose = replace(PURPOSES.get("afval"), name=name)
    with pytest.raises(SettingsError, match=rf"purposes\.{name}.*choose another"):
        async with pages(sessions, Feed(store), Purposes((purpose,))):
            pass


@pytest.mark.req("S4")
async def test_whoever_holds_no_ticket_gets_none_of_the_pages_behind_it(visitors: Visitors) -> None:
    """Every closed route, with a right token, so that only the guard can refuse; and a way to start."""
    async with visitors.visitor("en") as visitor:
        closed = [
            (route.method, route.resource.canonical.replace("{lang}", "en"))
            for route, entry in visitors.front.app[keys.ROUTES].items()
            if entry.audience is Audience.CITIZEN and route.resource is not None
        ]
        assert len(closed) > 8
        token = (await visitor.open("/afval")).form("/afval").fields["csrf"]
        for method, path in closed:
            async with visitor.http.request(method, path, headers={"X-CSRF-Token": token}) as answer:
                assert answer.status == 401, (method, path)
                if method != "HEAD":
                    assert 'href="/en"' in await answer.text()


@pytest.mark.req("S7")
async def test_whatever_changes_something_needs_the_pages_own_token(
    visitors: Visitors, sessions: Sessions
) -> None:
    """Cross-site request forgery: without the token nothing moves, and no session is started."""
    async with visitors.visitor() as visitor:
        await visitor.arrive()
        before = await visitors.citizen(visitor.cookie)
        changing = [
            route.resource.canonical.replace("{lang}", "nl")
            for route, entry in visitors.front.app[keys.ROUTES].items()
            if route.method == "POST" and route.resource is not None and entry.localized
        ]
        assert len(changing) > 6
        for path in changing:
            fields = {"agree": "yes", "method": "demo"}
            async with visitor.http.post(path.replace("{purpose}", "afval"), data=fields) as answer:
                assert answer.status == 403, path
        assert await visitors.citizen(visitor.cookie) == before


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "path",
    [
        "/nl/nergens",
        "/nl/verhuizing%0d%0aSet-Cookie:%20a=b",
        "/nl/verhuizing/..%2f..%2fetc",
        "/nl/%3Cscript%3E",
        "/de/verhuizing",
        "/nl/call/live/x",
        "/%0d%0aLocation:%20http:%2f%2fevil.example",
    ],
)
async def test_an_address_that_is_none_gives_a_clear_page_and_no_header(
    visitors: Visitors, path: str
) -> None:
    """Header injection and other guesses."""
    async with visitors.visitor() as visitor, visitor.http.get(path) as answer:
        assert answer.status == 404
        assert "evil" not in str(answer.headers)
        assert "a=b" not in answer.headers.getall("Set-Cookie", [])
        assert "14 012" in await answer.text()
