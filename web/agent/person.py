"""Who works here: people, what each may do, and the phone of those who answer calls.

Knows roles. Where people are written down is `accounts`'; which pages are whose is `web.route`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ivr.store.keyspace import Member


class Role(StrEnum):
    """What somebody does here. One person may do several of these."""

    AGENT = "agent"
    """Answers calls, at a phone of their own: sees who is calling."""
    LEADER = "leader"
    """Leads a team: sees queues and who is at work; never a caller's data."""
    OPERATOR = "operator"
    """Keeps all of it running: may do what a leader may."""


_MAY_ALSO: Final = {Role.OPERATOR: frozenset({Role.LEADER})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who can log in."""

    name: str
    display_name: str
    """What citizens, and colleagues, see."""
    account: str
    """Names the account as it is: drawn anew when who may come in by it, or what for, changes."""
    roles: frozenset[Role]

    def may_act_as(self, role: Role) -> bool:
        """Tell whether what is for this role is for them."""
        return any(role == own or role in _MAY_ALSO.get(own, ()) for own in self.roles)

    @property
    def phone(self) -> str:
        """Their queue member in one word, as a session's ``member`` is written; nothing for who has none."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent(Person):
    """Somebody who answers calls: the only ones who ever see a caller's data."""

    member: Member
    queues: tuple[str, ...] = ()
    """Those that the member is put into at log-in and taken out of at log-out; none: not ours to do."""
    softphone: bool = False
    """The phone is in the page."""

    @property
    def phone(self) -> str:
        """Their queue member in one word."""
        return str(self.member)
