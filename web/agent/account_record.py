"""What is written down of an account, and what makes it wrong.

Knows fields, and how accounts may not clash. Not what a password is: it holds hashes; nor where all of it is
kept: see `account_file`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from ivr.settings.kinds import AsteriskName, QueueName
from ivr.store.keyspace import Member
from web.agent.person import Agent, Person, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAX_AGENTS: Final = 10_000
MAX_QUEUES: Final = 50
"""That one agent is put into."""

AccountName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]
"""Small letters, digits, dot, dash, underscore."""
DisplayName = Annotated[str, StringConstraints(pattern=r"^\S(?:.{0,78}\S)?$")]
Interface = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+/[A-Za-z0-9][A-Za-z0-9/@._+-]{0,77}$")]
"""As in Asterisk's queue, for example ``PJSIP/sanne``."""
Subject = Annotated[str, StringConstraints(pattern=r"^\S(?:.{0,253}\S)?$")]
"""What the organisation's OpenID Connect calls somebody: a number, a name, an address."""
Envelope = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=-]{1,512}$")]
"""Sealed bytes, in base64url."""


SHAPES: Final = {
    "name": "at most 40 small letters, digits, dots, dashes and underscores, for example anna",
    "display_name": "1 to 80 characters on one line, for example Anna",
    "interface": "a queue member as Asterisk names it, for example PJSIP/anna",
    "asterisk": "at most 40 letters, digits, dots, dashes and underscores, for example pbx",
    "subject": "1 to 255 characters, as the organisation's OpenID Connect tells it",
}
"""What is expected, in words, by field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class MemberRecord(_Strict):
    """A queue member, as it is written."""

    asterisk: AsteriskName
    interface: Interface


class Record(_Strict):
    """One account, as it is written."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    """Drawn with the account, and anew when who may come in by it, or what for, changes."""
    name: AccountName
    display_name: DisplayName
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=len(Role))] = (Role.AGENT,)
    member: MemberRecord | None = None
    """The phone of who answers calls."""
    queues: Annotated[tuple[QueueName, ...], Field(max_length=MAX_QUEUES)] = ()
    softphone: bool = False
    password: Annotated[str, StringConstraints(pattern=r"^\$argon2id\$[ -~]{1,400}$")] | None = Field(
        default=None, repr=False
    )
    subject: Subject | None = None
    """Who this is at the organisation's OpenID Connect."""
    totp: Envelope | None = Field(default=None, repr=False)
    """The secret of the second factor, sealed."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if faults := list(_faults(self)):
            raise ValueError(f"account {self.name}: {faults[0]}")
        return self

    def to_person(self) -> Person:
        """Return whom it is of."""
        roles = frozenset(self.roles)
        if self.member is None:
            return Person(name=self.name, display_name=self.display_name, account=self.id, roles=roles)
        return Agent(
            name=self.name,
            display_name=self.display_name,
            account=self.id,
            roles=roles,
            member=Member(self.member.asterisk, self.member.interface),
            queues=self.queues,
            softphone=self.softphone,
        )


def _faults(record: Record) -> Iterator[str]:
    for what, text in (("display_name", record.display_name), ("subject", record.subject or "")):
        if not text.isprintable():
            yield f"{what} holds control characters"
    for what, items in (("role", record.roles), ("queue", record.queues)):
        if len(set(items)) < len(items):
            yield f"a {what} is there twice"
    yield from _at_work(record)
    yield from _at_the_door(record)


def _at_work(record: Record) -> Iterator[str]:
    if Role.AGENT not in record.roles and (record.member or record.queues or record.softphone):
        yield "a member, queues or a softphone are for the role agent; add it, or leave them out"
    if Role.AGENT in record.roles and record.member is None:
        yield "who answers calls has a phone; a member is missing, for example PJSIP/sanne"


def _at_the_door(record: Record) -> Iterator[str]:
    if record.password is None and record.subject is None:
        yield "nobody could log in with it: there is neither a password nor a subject"
    if record.password is None and record.totp:
        yield "a second factor goes with a password, and there is none"


class Contents(_Strict):
    """The whole file. Version 1 had agents with a password and a phone only; it is read as it is."""

    version: Literal[1, 2] = 2
    agents: Annotated[tuple[Record, ...], Field(max_length=MAX_AGENTS)] = ()

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if twice := _second(self.agents, lambda record: record.name):
            raise ValueError(f"account {twice.name} is there twice")
        if (shared := _second(self.agents, _phone)) and shared.member:
            raise ValueError(
                f"queue member {shared.member.interface} of {shared.member.asterisk} is another "
                f"account's than {shared.name}'s already: two people would see one call"
            )
        if same := _second(self.agents, lambda record: record.subject):
            raise ValueError(f"the subject of account {same.name} is another account's already")
        return self


def explain(error: ValidationError) -> str:
    """Return the first fault: where it is and what is wrong, without the value itself."""
    fault = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    reason = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "string_pattern_mismatch" and fault["loc"]:
        reason = SHAPES.get(str(fault["loc"][-1]), reason)
    return f"{place}: {reason}" if place else reason


def _second(records: Iterable[Record], of: Callable[[Record], object]) -> Record | None:
    """Return the first record that has what one before it has; None is nothing to have."""
    seen: set[object] = set()
    for record in records:
        if (mark := of(record)) in seen:
            return record
        if mark is not None:
            seen.add(mark)
    return None


def _phone(record: Record) -> object:
    """Asterisk compares queue members without regard to case (app_queue.c, member_cmp_fn)."""
    return (record.member.asterisk, record.member.interface.casefold()) if record.member else None
