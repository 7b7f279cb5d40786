"""Agents' log-ins: a random token in a browser, and here whose it is, until they leave or go idle.

Knows tokens as macs, and the name, account and queue member that a log-in was made for; whether those still
are so is for `web.agent.access` to see. Does not know passwords.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ivr.errors import StoreError
from ivr.session.attributes import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.store.client import Store
    from ivr.store.keyspace import Member
    from ivr.store.sealing import Macs

LONGEST_HOURS: Final = 12
"""A log-in ends after a long working day, however busy it was."""
TOKEN_BYTES: Final = 32
FIELDS: Final = 6
"""Of a log-in, as its script gives them."""


@dataclass(frozen=True, slots=True)
class Login:
    """A log-in that is there now."""

    id: str
    """Names the log-in without opening it."""
    agent: str
    account: str
    member: str
    way: str = ""
    """How somebody logged in, in a word of the web's."""
    roles: tuple[str, ...] = ()
    """In which roles, if that was said there and then; none: those of the account."""
    display_name: str = ""
    """Of who has no account."""


class Logins:
    """Log-ins of agents. ``idle`` is after how many seconds without use one ends."""

    def __init__(self, store: Store, macs: Macs, *, idle: float) -> None:
        self._store = store
        self._macs = macs
        self._idle = int(idle * 1000)
        self._longest = LONGEST_HOURS * 3_600_000

    async def enter(
        self,
        agent: str,
        account: str,
        member: Member | None,
        *,
        way: str = "",
        roles: Iterable[str] = (),
        display_name: str = "",
    ) -> Secret:
        """Make a log-in; return its token, which is shown to that browser alone. Not all have a phone."""
        token = Secret(secrets.token_urlsafe(TOKEN_BYTES))
        keys, mac = self._store.keys, self._macs.first(token.reveal())
        kept = (mac, agent, account, str(member or ""), way, " ".join(sorted(roles)), display_name)
        places = [keys.login(mac), keys.logins(account)]
        await self._store.run("enter", places, [self._idle, self._longest, *kept])
        return token

    async def seen(self, token: Secret) -> Login | None:
        """Return whose log-in this is and count it as used now, or None when there is none (any more)."""
        macs = self._macs.all(token.reveal())
        answer = await self._store.run("seen", [self._store.keys.login(mac) for mac in macs], [self._idle])
        match answer:
            case None:
                return None
            case [int(index), *fields] if len(fields) == FIELDS and all(map(_is_text, fields)):
                agent, account, member, way, roles, shown = (field.decode() for field in fields)
                return Login(macs[index - 1], agent, account, member, way, tuple(roles.split()), shown)
            case _:
                raise StoreError("a log-in was answered with nonsense")

    async def end(self, account: str, phone: str) -> None:
        """End all log-ins of an account at once, in any browser; whatever is open for them looks again.

        ``phone`` is its queue member as a log-in has it, or nothing.
        """
        keys = self._store.keys
        await self._store.run("end", [keys.logins(account)], [keys.prefix, account, phone])

    async def leave(self, token: Secret) -> None:
        """End the log-in at once. That there is none is not an error."""
        macs = self._macs.all(token.reveal())
        await self._store.run(
            "leave", [self._store.keys.login(mac) for mac in macs], [self._store.keys.prefix]
        )


def _is_text(field: object) -> bool:
    return isinstance(field, bytes)
