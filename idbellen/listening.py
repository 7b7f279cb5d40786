"""A port that cannot be had, in the operator's words."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ivr.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def port_errors(part: str, setting: str, host: str, port: int) -> Iterator[None]:
    """Begin to listen inside: what keeps us from it is a SettingsError that names ``setting``."""
    try:
        yield
    except OSError as error:
        number = error.errno or 0  # below 0 are those of getaddrinfo(3), which has words of its own
        why = os.strerror(number) if number > 0 else error.strerror
        raise SettingsError(
            f"{setting}.port: cannot listen on {host}:{port} ({why}); is another `idbellen {part}` running? "
            f"For example: {setting}.port = {port + 1}"
        ) from None
