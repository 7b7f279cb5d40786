"""web.identity.irma.server: the requestor API, by a server that misbehaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ivr.errors import IdentityError
from tests.lab.guard import free_port
from tests.lab.irma_stand_in import (
    fails,
    floods,
    hangs_up,
    has_forgotten,
    sends_away,
    sound,
    stand_in,
)
from web.identity.irma.requestor import Requestor
from web.identity.irma.result import Status
from web.identity.irma.server import MAX_ANSWER, IrmaServer
from web.identity.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

BROKEN: dict[str, Any] = {
    "fails": fails,
    "floods": floods,
    "hangs up": hangs_up,
    "sends away": sends_away,
    "garbage": b"<html>",
    "deep": b"[" * 100_000,
    "not text": b"\xff\xfe",
    "half": b'{"token":',
}


def api(url: str, seconds: float = 3.0) -> IrmaServer:
    """The server, as we see it."""
    return IrmaServer(url, Requestor("us", "none", ""), seconds=seconds)


async def refusal(server: IrmaServer, ask: Callable[[IrmaServer], Any]) -> str:
    """Why a question gave nothing."""
    async with server.running():
        with pytest.raises(IdentityError) as refused:
            await ask(server)
    return refused.value.reason


async def test_a_session_is_begun_looked_at_fetched_and_stopped() -> None:
    """One connection for all of it."""
    async with stand_in() as peer:
        server = api(f"{peer.url}/")
        async with server.running():
            begun: Any = await server.start({"request": {}})
            token = begun["token"]
            assert await server.status(token) is Status.DONE
            assert await server.result(token) == sound(token)
            await server.stop(token)
        assert peer.asked == ["start", "status", "result", "stop"]


@pytest.mark.req("S7")
@pytest.mark.parametrize("way", BROKEN)
async def test_whatever_it_does_wrong_it_is_unavailable(way: str) -> None:
    """And nothing of its answer is taken."""
    broken = BROKEN[way]
    async with stand_in(start=broken, status=broken, result=broken, stop=broken) as peer:
        asks: tuple[Callable[[IrmaServer], Any], ...] = (
            lambda server: server.start({}),
            lambda server: server.status("token"),
            lambda server: server.result("token"),
        )
        for ask in asks:
            assert await refusal(api(peer.url), ask) == Refusal.UNAVAILABLE
        server = api(peer.url)
        async with server.running():
            await server.stop("token")  # who stops need not hear of it


@pytest.mark.req("S7")
@pytest.mark.parametrize("status", ["", "done", "FINISHED", None, 7, {"status": "DONE"}, []])
async def test_a_status_that_there_is_not_is_no_status(status: object) -> None:
    """Least of all that it is done."""
    async with stand_in(status=status) as peer:
        assert await refusal(api(peer.url), lambda server: server.status("token")) == Refusal.UNAVAILABLE


async def test_one_that_is_too_slow_is_not_waited_for() -> None:
    """A limit for each answer."""
    async with stand_in() as peer:
        peer.says["status"] = peer.never
        assert (
            await refusal(api(peer.url, seconds=0.2), lambda server: server.status("token"))
            == Refusal.UNAVAILABLE
        )


async def test_one_that_is_not_there_is_unavailable() -> None:
    """Nobody listens."""
    nowhere = api(f"http://127.0.0.1:{free_port()}")
    assert await refusal(nowhere, lambda server: server.start({})) == Refusal.UNAVAILABLE


async def test_a_session_that_it_forgot_took_too_long() -> None:
    """It was restarted, or much time has passed: the citizen logs in once more."""
    async with stand_in(status=has_forgotten) as peer:
        assert await refusal(api(peer.url), lambda server: server.status("token")) == Refusal.LATE


async def test_the_largest_answer_that_we_take_is_far_larger_than_any() -> None:
    """A result with 64 attributes of 1,000 characters fits."""
    async with stand_in() as peer:
        result = sound("token1")
        result["disclosed"] = [[{"id": "a.b.c.d", "rawvalue": "x" * 1000, "status": "PRESENT"}] * 64]
        peer.says["result"] = result
        server = api(peer.url)
        async with server.running():
            assert await server.result("token1") == result
    assert MAX_ANSWER < 1 << 20
