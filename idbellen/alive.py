"""``python -m idbellen.alive``: does what runs here answer? For a container's HEALTHCHECK.

Whatever listens on one of our two ports must answer, and something must listen; so one question fits ``ivr``,
``web`` and ``up``. Asks nothing of Asterisk or of the store: that they are away is no reason to be restarted.
"""

from __future__ import annotations

import http.client
import socket
import sys
from typing import TYPE_CHECKING, Final

from ivr.errors import IdBellenError
from ivr.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS: Final = 2.0
"""The longest that one answer may take."""


def agi(host: str, port: int) -> None:
    """A FastAGI server that lives closes a connection on which nobody will speak; raise OSError if not."""
    with socket.create_connection((host, port), SECONDS) as sock:
        sock.shutdown(socket.SHUT_WR)
        if sock.recv(1):
            raise ConnectionError("this is not FastAGI")


def pages(host: str, port: int) -> None:
    """The web server says that it lives; raise OSError if not."""
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except http.client.HTTPException as error:
        raise ConnectionError(type(error).__name__) from None
    finally:
        connection.close()
    if status != http.HTTPStatus.OK:
        raise ConnectionError(f"status {status}")


def examine(parts: dict[str, Callable[[], None]]) -> dict[str, str]:
    """Return what became of each part that listens: ``answers``, or what is wrong with it."""
    found = {}
    for name, ask in parts.items():
        try:
            ask()
        except ConnectionRefusedError:
            continue
        except ConnectionResetError:
            # Closed in our face, by a server at its limit of connections: busy, but not stuck.
            found[name] = "answers"
        except OSError as error:
            found[name] = f"does not answer: {str(error) or type(error).__name__}"
        else:
            found[name] = "answers"
    return found


def main() -> int:
    """Print what became of each; return 0 if all that listen answer."""
    try:
        settings = load().settings
    except IdBellenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    found = examine(
        {
            "ivr": lambda: agi(settings.agi.host, settings.agi.port),
            "web": lambda: pages(settings.web.host, settings.web.port),
        }
    )
    for name, state in found.items():
        sys.stdout.write(f"{name} {state}\n")
    return int(not found or any(state != "answers" for state in found.values()))


if __name__ == "__main__":
    sys.exit(main())
