"""web.app and web.route: who may call what, and what no request gets past."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from yarl import URL

from ivr.errors import AnonymousError, SettingsError
from tests.lab.front import Spent, build_frontend, front, options
from web import keys
from web.app import MAX_BODY_BYTES, make_app
from web.health import health_room
from web.pages import page
from web.route import Audience, Room, Route, get, post, socket


async def hello(request: web.Request) -> web.StreamResponse:
    """A page that says in which language it was asked."""
    return web.Response(text=request.match_info.get("lang", "-"))


async def form(request: web.Request) -> web.StreamResponse:
    """A page with a form."""
    return page(request, "gallery.html")


async def nobody(_request: web.Request) -> None:
    """A guard that lets nobody in."""
    raise AnonymousError("not logged in")


GUARDS = {Audience.CITIZEN: nobody, Audience.AGENT: nobody}
PAGES = Room(
    name="pages",
    guards=GUARDS,
    routes=(
        get("/", hello, Audience.PUBLIC, "home"),
        get("/start/{purpose}", hello, Audience.PUBLIC, "start"),
        get("/call", hello, Audience.CITIZEN, "call"),
        post("/call", hello, Audience.CITIZEN, "call"),
        get("/agent", hello, Audience.AGENT, "agent"),
        post("/agent/pause", hello, Audience.AGENT, "pause", localized=False),
        socket("/agent/live", hello, Audience.AGENT, "agent-live"),
        post("/machine", hello, Audience.PUBLIC, "machine", localized=False, csrf=False),
    ),
)


@pytest.mark.req("S4")
async def test_every_route_that_is_not_public_refuses_an_anonymous_call(sample_pages: None) -> None:
    """Walk the router's own table, with a valid CSRF token, so that only the guard can refuse."""
    asker = Room(name="form", routes=(get("/form", form, Audience.PUBLIC, "form"),))
    async with front(PAGES, asker, health_room({})) as running:
        token = await running.token("/en/form")
        entries = running.app[keys.ROUTES].items()
        closed = [(route, entry) for route, entry in entries if entry.audience is not Audience.PUBLIC]
        assert {entry.name for _, entry in closed} == {"call", "agent", "pause", "agent-live"}
        for route, entry in closed:
            assert route.resource is not None
            path = route.resource.canonical.replace("{lang}", "en")
            async with running.client.request(route.method, path, headers=token) as answer:
                assert answer.status == 401, (entry, path)


@pytest.mark.req("S4")
async def test_a_route_put_in_past_our_table_stops_the_start() -> None:
    """The router knows it, our table does not: nobody said for whom it is."""
    build_frontend()
    app = make_app(options(), (PAGES,), Spent())
    app.router.add_get("/forgotten", hello)
    with pytest.raises(TypeError, match=r"forgotten.*has no audience"):
        await web.AppRunner(app).setup()


@pytest.mark.req("S4")
@pytest.mark.parametrize("audience", [Audience.CITIZEN, Audience.AGENT, "everybody", None])
def test_an_audience_that_nobody_guards_stops_the_start(audience: Audience) -> None:
    """A room with a closed page, and no room with its guard."""
    build_frontend()
    route = Route(method="GET", path="/x", handler=hello, audience=audience, name="x")
    with pytest.raises(TypeError, match="/x is for"):
        make_app(options(), (Room(name="x", routes=(route,)),), Spent())


@pytest.mark.req("S4")
def test_two_rooms_that_guard_one_audience_stop_the_start() -> None:
    """Else the later one would silently let in whom the earlier would not."""
    build_frontend()
    other = Room(name="other", routes=(), guards={Audience.AGENT: nobody})
    with pytest.raises(TypeError, match=r"other.*guards"):
        make_app(options(), (PAGES, other), Spent())


@pytest.mark.req("O5")
def test_missing_stylesheets_stop_the_start_and_say_what_to_run(tmp_path) -> None:  # noqa: ANN001 # pytest's
    """The message names the script."""
    with pytest.raises(SettingsError, match="scripts/frontend"):
        make_app(options(dist=tmp_path), (), Spent())


async def test_a_page_stands_under_each_language() -> None:
    """The handler learns the language from the path."""
    async with front(PAGES) as running:
        for language in ("nl", "en"):
            async with running.client.get(f"/{language}/start/verhuizen") as answer:
                assert (answer.status, await answer.text()) == (200, language)


@pytest.mark.req("C1")
@pytest.mark.parametrize(
    ("asked", "path", "found"),
    [
        ("en-GB,nl;q=0.5", "/", "/en"),
        ("nl", "/", "/nl"),
        ("fr", "/", "/nl"),
        ("en", "/?from=letter", "/en?from=letter"),
        ("en", "/start/verhuizen?from=letter", "/en/start/verhuizen?from=letter"),
    ],
)
async def test_a_path_without_a_language_leads_to_the_readers_own(asked: str, path: str, found: str) -> None:
    """As in a letter: short, and the same for everybody."""
    async with (
        front(PAGES) as running,
        running.client.get(path, headers={"Accept-Language": asked}, allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (303, found)
        assert answer.headers["Vary"] == "Accept-Language, Cookie"


@pytest.mark.parametrize("path", ["/nl/start/verhuizen/", "/nl//start/verhuizen", "//nl/start/verhuizen/"])
async def test_slashes_too_many_lead_to_the_page_itself(path: str) -> None:
    """As people type them. Never to another host."""
    async with front(PAGES) as running:
        address = f"{running.url.origin()}{path}"
        async with running.client.get(URL(address, encoded=True), allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (308, "/nl/start/verhuizen")


async def test_a_closed_page_without_a_language_only_leads_on() -> None:
    """The short address is public; what it leads to is not."""
    async with front(PAGES) as running, running.client.get("/agent") as answer:
        assert (answer.status, answer.url.path) == (401, "/nl/agent")


@pytest.mark.req("S7")
async def test_a_body_larger_than_our_largest_form_is_refused() -> None:
    """Before it is kept."""
    reader = Room(
        name="reader", routes=(post("/read", _read, Audience.PUBLIC, "read", localized=False, csrf=False),)
    )
    async with front(reader) as running:
        async with running.client.post("/read", data=b"x" * (MAX_BODY_BYTES + 1)) as answer:
            assert answer.status == 413
        async with running.client.post("/read", data=b"x" * 100) as answer:
            assert await answer.text() == "100"


@pytest.mark.req("S7")
async def test_a_page_that_takes_too_long_says_what_to_do_instead() -> None:
    """A handler that never ends is cancelled at the route's limit."""
    ended = asyncio.Event()

    async def frozen(_request: web.Request) -> web.StreamResponse:
        try:
            return await asyncio.get_running_loop().create_future()
        finally:
            ended.set()

    route = Route(
        method="GET", path="/frozen", handler=frozen, audience=Audience.PUBLIC, name="frozen", seconds=0.01
    )
    async with front(Room(name="frozen", routes=(route,))) as running:
        async with running.client.get("/en/frozen") as answer:
            assert answer.status == 503
            assert "14 012" in await answer.text()
        async with asyncio.timeout(5):
            await ended.wait()


async def test_head_is_answered_where_get_is() -> None:
    """For checks that only want the status."""
    async with front(PAGES, health_room({})) as running:
        async with running.client.head("/en") as answer:
            assert (answer.status, await answer.read()) == (200, b"")
        async with running.client.head("/healthz") as answer:
            assert answer.status == 200


async def test_what_a_room_lives_by_starts_and_ends_with_the_server() -> None:
    """A room's lifetime runs up to its yield, and on when the server stops."""
    story: list[str] = []

    async def lifetime(_app: web.Application):  # noqa: ANN202 # an async generator, as aiohttp's cleanup_ctx
        story.append("up")
        yield
        story.append("down")

    async with front(Room(name="living", routes=(), lifetimes=(lifetime,))):
        assert story == ["up"]
    assert story == ["up", "down"]


async def _read(request: web.Request) -> web.StreamResponse:
    return web.Response(text=str(len(await request.read())))
