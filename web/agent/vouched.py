"""Who somebody is here by the word of the organisation's own OpenID Connect.

From what it says of somebody, and from their account if there is one, to a person with roles; or to why not.
Knows no browser and no network.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from web.agent.person import Agent, Person, Role
from web.agent.plain import plain
from web.oidc.claims import find, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ivr.store.logins import Login
    from web.oidc.claims import Path
    from web.oidc.party import Proof

WAY: Final = "organisation"
"""How somebody came in who logged in there."""
STRANGER: Final = "organisation:"
"""Begins what stands for the account of who has none. Accounts of ours are named by hexadecimal digits."""
WITHOUT_ACCOUNT: Final = frozenset({Role.LEADER, Role.OPERATOR})
"""What somebody may be without an account: it takes a phone to be an agent, and that stands in one."""
MAX_SHOWN: Final = 80
"""Characters of a name that is shown."""


class Refusal(StrEnum):
    """Why somebody does not come in by it."""

    LATE = "late"
    """The log-in took too long, was used before, or is another browser's."""
    CANCELLED = "cancelled"
    UNAVAILABLE = "unavailable"
    WEAK = "weak"
    """Logged in there in a way that will not do here."""
    UNKNOWN = "unknown"
    """Nobody here, and may be nobody."""
    IDLE = "idle"
    """Known, but there is nothing here for them to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed with the organisation's provider."""

    title: Mapping[str, str]
    """What people call an account there, by language."""
    subject: Path
    """Where it says who somebody is."""
    name: Path
    roles_at: Path
    """Where it says what they may do; nowhere: their account says it."""
    roles: Mapping[str, Role]
    acr: tuple[str, ...] = ()
    """Ways of logging in that will do; none named: all."""

    @property
    def wanted(self) -> tuple[Path, ...]:
        """The claims to ask for, beside ``sub``, which is always there."""
        return tuple(path for path in (self.subject, self.name, self.roles_at) if path and path != ("sub",))


def judge(terms: Terms, proof: Proof, known: Callable[[str], Person | None]) -> Person | Refusal:
    """Return who comes in. ``known`` gives who has an account with this subject."""
    if terms.acr and proof.acr not in terms.acr:
        return Refusal.WEAK
    subject = _subject(find(proof.claims, terms.subject))
    person = known(subject) if subject else None
    roles = _roles(terms, proof) if terms.roles_at else None
    if person is None:
        allowed = (roles or frozenset()) & WITHOUT_ACCOUNT
        return _stranger(terms, proof, subject, allowed) if subject and allowed else Refusal.UNKNOWN
    if roles is None:
        return person
    return acting_as(person, roles) or Refusal.IDLE


def acting_as(person: Person, roles: frozenset[Role]) -> Person | None:
    """Return the same person in these roles, as far as they can be in them: an agent has a phone."""
    if Role.AGENT in roles and isinstance(person, Agent):
        return replace(person, roles=roles)
    left = roles - {Role.AGENT}
    if not left:
        return None
    return Person(name=person.name, display_name=person.display_name, account=person.account, roles=left)


def remembered(login: Login, known: Callable[[str], Person | None]) -> Person | None:
    """Return whose log-in this is, as the provider vouched for them then and their account is now."""
    roles = frozenset(role for role in Role if role in login.roles)
    if login.roles and not roles:
        return None
    if login.account.startswith(STRANGER):
        name, shown = login.agent, login.display_name
        return Person(name=name, display_name=shown, account=login.account, roles=roles)
    person = known(login.agent)
    return acting_as(person, roles) if person and roles else person


def _subject(found: object) -> str:
    """Text or a number is who somebody is; nothing else is, least of all that something is true."""
    return str(found).strip() if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _roles(terms: Terms, proof: Proof) -> frozenset[Role]:
    said = find(proof.claims, terms.roles_at)
    values = said if isinstance(said, list) else [said]
    return frozenset(
        terms.roles[value] for value in values if isinstance(value, str) and value in terms.roles
    )


def _stranger(terms: Terms, proof: Proof, subject: str, roles: frozenset[Role]) -> Person:
    name, shown = (plain(part).reveal()[:MAX_SHOWN] for part in (subject, text(proof.claims, terms.name)))
    return Person(name=name, display_name=shown or name, account=stranger(subject), roles=roles)


def stranger(subject: str) -> str:
    """Return what stands for the account of who has none, by what the organisation calls them."""
    return STRANGER + hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:32]
