"""web.api.bearer: a token opens its own session, from its own header, for as long as that lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from web import cookies, keys
from web.route import Audience

if TYPE_CHECKING:
    from ivr.store.client import Store
    from tests.lab.programs import Program, Programs
    from tests.lab.visitors import Visitor

NOBODY = "0" * 32


def closed(program: Program, session: str) -> list[tuple[str, str]]:
    """Every route that is for who holds a token."""
    return [
        (route.method, route.resource.canonical.replace("{sessionId}", session))
        for route, entry in program.front.app[keys.ROUTES].items()
        if entry.audience is Audience.PROGRAM and route.resource is not None
    ]


@pytest.mark.req("S4")
async def test_every_closed_route_refuses_who_has_no_token(program: Program, visitor: Visitor) -> None:
    """None, a made-up one, another scheme, two at once, or in a cookie: all alike, and nothing is changed."""
    session = await program.arrive(visitor)
    before = (await program.look(session)).body
    wrong: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer " + "x" * 43},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": f"Basic {session.token}"},
        {"Authorization": session.token},
        {"Cookie": f"{cookies.CITIZEN}={session.token}"},
        {"X-Authorization": f"Bearer {session.token}"},
    ]
    routes = closed(program, session.id)
    assert len(routes) == 5
    for method, path in routes:
        for headers in wrong:
            answer = await program.call(method, path, headers=headers)
            assert answer.status == 401, (method, path, headers)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    after = (await program.look(session)).body
    assert {**after, "secondsLeft": 0} == {**before, "secondsLeft": 0}


@pytest.mark.req("S4", "S7")
async def test_a_token_opens_no_other_session(both: Programs, program: Program) -> None:
    """Not that of another citizen, nor one that is not there: the two look the same."""
    async with both.visitors.visitor() as one, both.visitors.visitor() as other:
        mine, theirs = await program.arrive(one), await program.arrive(other)
    before = (await program.look(theirs)).body
    for session in (theirs.id, NOBODY):
        for method, path in closed(program, session):
            answer = await program.call(method, path, token=mine.token)
            assert answer.status == 404, (method, path)
            assert answer.body is None or answer.body["title"] == "Dit is er niet"
    after = (await program.look(theirs)).body
    assert {**after, "secondsLeft": 0} == {**before, "secondsLeft": 0}


@pytest.mark.req("S1", "S7")
@pytest.mark.parametrize("name", ["token", "access_token", "authorization"])
async def test_a_token_in_an_address_is_not_read(program: Program, visitor: Visitor, name: str) -> None:
    """Alone it opens nothing; beside the right header it is refused."""
    session = await program.arrive(visitor)
    alone = await program.call("GET", f"{session.path}?{name}={session.token}")
    beside = await program.call("GET", f"{session.path}?{name}={session.token}", token=session.token)
    assert (alone.status, beside.status) == (401, 400)


async def test_a_token_ends_with_its_session(program: Program, visitor: Visitor, store: Store) -> None:
    """First the code runs out, and that can be read; then all is gone."""
    session = await program.arrive(visitor)
    await store.redis.hset(store.keys.session(session.id), "expires", "1")
    over = (await program.look(session)).body
    assert (over["call"], over["code"], over["secondsLeft"]) == ("expired", None, 0)
    await store.redis.delete(store.keys.session(session.id))
    assert (await program.look(session)).status == 401


async def test_the_scheme_is_read_as_people_write_it(program: Program, visitor: Visitor) -> None:
    """Large or small."""
    session = await program.arrive(visitor)
    for scheme in ("bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {session.token}"}
        assert (await program.call("GET", session.path, headers=headers)).status == 200
