"""The health check of a container: whatever listens must answer, and something must listen."""

from __future__ import annotations

import asyncio
import socket
from functools import partial

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from idbellen import alive
from ivr.agi import AgiLimits, AgiServer
from tests.lab import guard

pytestmark = pytest.mark.req("O4")

HOST = "127.0.0.1"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for an answer that will not come no longer than needed."""
    monkeypatch.setattr(alive, "SECONDS", 0.05)


async def states(**parts: partial[None]) -> dict[str, str]:
    """Ask in a thread, as the servers are in this loop."""
    return await asyncio.to_thread(alive.examine, parts)


async def never(_: object) -> None:
    """A call flow that no connection here gets to."""
    raise AssertionError


async def page(status: int) -> TestServer:
    """A web server whose ``/healthz`` has this status."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    server = TestServer(app, host=HOST)
    await server.start_server()
    return server


@pytest.mark.parametrize("room", [10, 0], ids=["with room", "full"])
async def test_a_fastagi_server_that_lives_answers(room: int) -> None:
    """It closes a connection on which nobody will speak, whether it has room for it or not."""
    async with AgiServer(never, AgiLimits(connections=room)) as server:
        await server.start(HOST, 0)
        assert await states(ivr=partial(alive.agi, *server.address)) == {"ivr": "answers"}


async def test_pages_that_say_so_are_alive() -> None:
    """Status 200 is an answer."""
    async with await page(200) as server:
        assert await states(web=partial(alive.pages, HOST, server.port)) == {"web": "answers"}


async def test_pages_that_fail_are_not() -> None:
    """Any other status is none."""
    async with await page(500) as server:
        found = await states(web=partial(alive.pages, HOST, server.port))
    assert found == {"web": "does not answer: status 500"}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("ask", [alive.agi, alive.pages])
def test_what_listens_but_is_stuck_does_not_answer(ask: object) -> None:
    """The kernel takes the connection; nobody is there."""
    with socket.create_server((HOST, 0)) as stuck:
        found = alive.examine({"part": partial(ask, HOST, stuck.getsockname()[1])})
    assert found["part"].startswith("does not answer")


def test_what_does_not_listen_is_not_asked_for() -> None:
    """A container runs what it was told to run; the other part is elsewhere."""
    assert alive.examine({"ivr": partial(alive.agi, HOST, guard.free_port())}) == {}


def test_nothing_at_all_is_not_healthy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then the check fails, and says nothing of parts that are not there."""
    for part in ("AGI", "WEB"):
        monkeypatch.setenv(f"IDBELLEN_{part}__PORT", str(guard.free_port()))
    assert alive.main() == 1
    assert capsys.readouterr().out == ""


def test_wrong_settings_are_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The check fails with the setting's name."""
    monkeypatch.setenv("IDBELLEN_AGI__PORT", "none")
    assert alive.main() == 1
    assert "agi.port" in capsys.readouterr().err
