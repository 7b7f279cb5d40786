"""A part for the supervisor, which does as its name says: ``python part.py STORY BEHAVIOUR NAME``.

Appends to the file STORY what happens to it. On its own feet: it imports nothing of ours, so it starts fast.
BEHAVIOUR: ``lives``, ``mute`` (never says that it is ready), ``stubborn`` (does not end when asked),
``brief`` (ends at once), ``slow`` (from the second start on, takes its time to be ready).
"""

import os
import signal
import socket
import sys
import time
from pathlib import Path

BEAT_SECONDS = 0.05
SLOW_SECONDS = 1.8

story, behaviour, name = sys.argv[1:]


def tell(what: str) -> None:
    """Write one line, whole."""
    file = os.open(story, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, f"{name} {what}\n".encode())
    os.close(file)


def say(what: bytes) -> None:
    """Tell the supervisor."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.sendto(what, os.environ["NOTIFY_SOCKET"])


def asked(*_: object) -> None:
    """SIGTERM."""
    tell("asked")
    if behaviour != "stubborn":
        sys.exit(0)


signal.signal(signal.SIGTERM, asked)
tell(f"started {os.getpid()}")
if behaviour == "brief":
    sys.exit(7)
if behaviour == "slow" and Path(story).read_text().count(f"{name} started") > 1:
    time.sleep(SLOW_SECONDS)
if behaviour != "mute":
    say(b"READY=1")
while True:
    if behaviour != "mute":
        say(b"WATCHDOG=1")
    time.sleep(BEAT_SECONDS)
