"""A network of a test's own, in which one address can be cut off in silence.

Packets are gone, and nobody is told: so it is with a cable that is pulled somewhere between, or a wireless
network out of reach; a closed port would tell. Needs root, as Asterisk's sandbox does. Knows no protocol.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

NEW_NETWORK: Final = 0x40000000
"""CLONE_NEWNET."""
SERVER: Final = "10.98.0.1"
"""What can be cut off."""
BROWSER: Final = "10.98.0.2"
PIT: Final = "pit"
"""A device that swallows whatever is sent by it."""
_libc = ctypes.CDLL(None, use_errno=True)


class Wire:
    """The way to `SERVER`."""

    def cut(self) -> None:
        """From now on nothing comes there, nor from there."""
        _ip("rule", "add", "pref", "10", "to", SERVER, "lookup", "98")
        _ip("rule", "add", "pref", "11", "from", SERVER, "lookup", "98")

    def mend(self) -> None:
        """All is as it was."""
        _ip("rule", "delete", "pref", "10")
        _ip("rule", "delete", "pref", "11")


@contextmanager
def own_network() -> Iterator[Wire]:
    """Live in a network of our own; processes that are started meanwhile stay in it."""
    before = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    _check(_libc.unshare(NEW_NETWORK))
    try:
        _ip("link", "set", "lo", "up")
        _ip("link", "add", PIT, "type", "ifb")
        _ip("link", "set", PIT, "up")
        _ip("address", "add", f"{SERVER}/32", "dev", "lo")
        _ip("address", "add", f"{BROWSER}/32", "dev", PIT)
        _ip("route", "add", "default", "dev", PIT, "table", "98")
        _ip("rule", "add", "pref", "100", "lookup", "local")
        _ip("rule", "delete", "pref", "0")
        yield Wire()
    finally:
        _check(_libc.setns(before, NEW_NETWORK))
        os.close(before)


def _ip(*words: str) -> None:
    subprocess.run(("ip", *words), check=True, capture_output=True)


def _check(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), "cannot change to another network")
