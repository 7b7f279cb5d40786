"""Facts about signs of life: who listens hears them, and who does not is not needed (sd_notify(3))."""

from __future__ import annotations

import asyncio
import secrets
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from idbellen import notify
from idbellen.notify import VARIABLE, Notifier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.req("O6")

WAIT_SECONDS = 10.0


@contextmanager
def ear(address: str) -> Iterator[socket.socket]:
    """Whoever started us, listening."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.settimeout(WAIT_SECONDS)
        sock.bind(address)
        yield sock


def test_a_word_is_one_datagram(tmp_path: Path) -> None:
    """As it is."""
    with ear(str(tmp_path / "ear")) as sock:
        Notifier(str(tmp_path / "ear")).say("STATUS=fine")
        assert sock.recv(100) == b"STATUS=fine"


def test_an_abstract_socket_is_found() -> None:
    """Systemd writes its NUL as ``@``."""
    name = f"idbellen-{secrets.token_hex(8)}"
    with ear(f"\0{name}") as sock:
        Notifier(f"@{name}").say("READY=1")
        assert sock.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", [None, ""])
def test_without_anybody_nothing_is_said(address: str | None) -> None:
    """Started by hand."""
    Notifier(address).say("READY=1")


def test_nobody_at_the_address_is_no_error(tmp_path: Path) -> None:
    """Gone, never there, or no socket at all."""
    (tmp_path / "file").touch()
    for address in (tmp_path / "gone", tmp_path / "file", tmp_path):
        Notifier(str(address)).say("READY=1")
    Notifier("x" * 200).say("READY=1")


def test_a_full_ear_does_not_hold_us(tmp_path: Path) -> None:
    """Who does not listen any more must not stop our loop."""
    with ear(str(tmp_path / "ear")) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        for _ in range(1000):
            Notifier(str(tmp_path / "ear")).say("WATCHDOG=1")


def test_the_address_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As systemd and ``idbellen up`` pass it."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "ear"))
    with ear(str(tmp_path / "ear")) as sock:
        Notifier.from_environment().say("READY=1")
        assert sock.recv(100) == b"READY=1"
    monkeypatch.delenv(VARIABLE)
    Notifier.from_environment().say("READY=1")


async def test_it_is_ready_once_and_alive_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From inside the loop: a loop that is stuck says nothing."""
    monkeypatch.setattr(notify, "BEAT_SECONDS", 0.001)
    with ear(str(tmp_path / "ear")) as sock:
        sock.settimeout(0)
        beat = asyncio.create_task(Notifier(str(tmp_path / "ear")).beat())
        async with asyncio.timeout(WAIT_SECONDS):
            heard = [await asyncio.get_running_loop().sock_recv(sock, 100) for _ in range(4)]
        assert heard == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]
        beat.cancel()
        with pytest.raises(asyncio.CancelledError):
            await beat
