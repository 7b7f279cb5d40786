"""Facts about ports that cannot be had."""

from __future__ import annotations

import asyncio
import errno
import socket

import pytest
import uvloop

from idbellen.listening import port_errors
from ivr.agi import AgiServer
from ivr.errors import SettingsError

pytestmark = pytest.mark.req("O5")


async def serve(host: str, port: int) -> None:
    """Listen there for a moment."""

    async def flow(_: object) -> None:
        """Serve nobody."""

    async with AgiServer(flow) as server:
        with port_errors("ivr", "agi", host, port):
            await server.start(host, port)


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_port_that_is_taken_is_told_in_a_line(new_loop: object) -> None:
    """By either event loop, whose own words are longer."""
    with socket.create_server(("127.0.0.1", 0)) as taken, asyncio.Runner(loop_factory=new_loop) as runner:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError) as caught:
            runner.run(serve("127.0.0.1", port))
    assert str(caught.value) == (
        f"agi.port: cannot listen on 127.0.0.1:{port} (Address already in use); "
        f"is another `idbellen ivr` running? For example: agi.port = {port + 1}"
    )


def test_an_address_that_is_not_ours_is_told() -> None:
    """It is another machine's."""
    with (
        asyncio.Runner() as runner,
        pytest.raises(SettingsError, match=r"cannot listen on 192\.0\.2\.1:4573"),
    ):
        runner.run(serve("192.0.2.1", 4573))


def test_other_errors_pass() -> None:
    """What is not the port's is not blamed on it; an error without a number keeps its words."""
    with pytest.raises(ValueError, match="x"), port_errors("web", "web", "h", 1):
        raise ValueError("x")
    with pytest.raises(SettingsError, match=r"\(strange\)"), port_errors("web", "web", "h", 1):
        raise OSError(-2, "strange")
    with pytest.raises(SettingsError, match="Permission denied"), port_errors("web", "web", "h", 1):
        raise OSError(errno.EACCES, "long words")
