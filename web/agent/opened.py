"""Which of an agent's windows asks. The desktop may be open in many; one of them shows the calls.

Knows the name that each gives itself, and how requests carry it. Which one is active is in the store
(`ivr.store.desk`). The name counts within one log-in: nobody else's window can be meant by it.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from yarl import URL

from ivr.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.agent.access import Entry

FIELD: Final = "screen"
"""Of a form or a query."""
TAKE: Final = "take"
"""Beside it: this window was opened just now, or the agent said to go on here."""
ID_BYTES: Final = 16
_ID: Final = re.compile(rf"[0-9a-f]{{{2 * ID_BYTES}}}")


@dataclass(frozen=True, slots=True)
class Opened:
    """One window with the desktop in it."""

    id: str
    """As its page has drawn it."""
    name: str
    """As the store knows it."""

    def on(self, path: str) -> str:
        """Return this path with the window's name in its query."""
        return str(URL(path).update_query({FIELD: self.id}))


def opened(entry: Entry, given: Mapping[str, Any]) -> Opened:
    """Return the window that a form or a query names; raise InputError when it names none."""
    name = given.get(FIELD)
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise InputError("no window of the desktop is named")
    return Opened(name, f"{entry.login}.{name}")


def newly_opened(entry: Entry) -> Opened:
    """Return a window that has no name yet."""
    return opened(entry, {FIELD: secrets.token_hex(ID_BYTES)})
