"""Accounts of who works here: who they are, which queue member is theirs, and whether a password is right.

Knows names, people and their ways in. What the file looks like is `account_file`'s, what an account holds
`account_record`'s, what a hash is `passwords`'. Changes on disk (``idbellen agent add``) hold at once, and
need no restart.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any, Final

import structlog
from pydantic import ValidationError

from ivr.errors import IdBellenError, InputError, NotFoundError, SettingsError
from web.agent.account_file import AccountFile
from web.agent.account_record import Record, explain
from web.agent.passwords import Passwords
from web.agent.person import Agent, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ivr.store.keyspace import Member
    from web.agent.person import Person

ID_BYTES: Final = 8
WAYS_IN: Final = ("roles", "member", "password", "subject", "totp")
"""Who may come in, and what for: when one of these changes, log-ins of before are over."""

log = structlog.get_logger()


class Accounts:
    """The accounts in one file. Every read is of the file as it is now."""

    def __init__(self, path: Path, passwords: Passwords | None = None) -> None:
        self._file = AccountFile(path)
        self._passwords = passwords or Passwords()
        self._of: object = None
        self._by_name: dict[str, Record] = {}
        self._by_member: dict[str, Record] = {}
        self._by_subject: dict[str, Record] = {}

    def records(self) -> tuple[Record, ...]:
        """Return all accounts as they are written, by name; raise SettingsError if the file is not right."""
        self._read()
        return tuple(self._by_name[name] for name in sorted(self._by_name))

    def record(self, name: str) -> Record | None:
        """Return the account of this name as it is written now; raise as `records`."""
        self._read()
        return self._by_name.get(name)

    def list(self) -> tuple[Person, ...]:
        """Return everybody, by name; raise as `records`."""
        return tuple(record.to_person() for record in self.records())

    def agents(self) -> tuple[Agent, ...]:
        """Return everybody who answers calls, by name; raise as `records`."""
        return tuple(person for person in self.list() if isinstance(person, Agent))

    def find(self, name: str) -> Person | None:
        """Return who has this name now."""
        self._read()
        record = self._by_name.get(name)
        return record.to_person() if record else None

    def known_as(self, subject: str) -> Person | None:
        """Return who this is at the organisation's OpenID Connect."""
        self._read()
        record = self._by_subject.get(subject)
        return record.to_person() if record else None

    def at(self, member: str) -> Person | None:
        """Return whose queue member this is, written as a session's ``member`` is.

        For the citizen's page, which goes on without a name: None also while the file is not right.
        """
        try:
            self._read()
        except SettingsError:
            return None
        record = self._by_member.get(member)
        return record.to_person() if record else None

    def add(
        self,
        name: str,
        password: str | None,
        display_name: str,
        member: Member | None,
        *,
        roles: tuple[Role, ...] = (Role.AGENT,),
        **others: object,
    ) -> Person:
        """Make an account; raise InputError or SettingsError saying what is wrong with it. Blocks.

        ``others`` are further fields of `Record`: ``queues``, ``softphone``, ``subject``.
        """
        with self._file.locked():
            agents = self._now()
            if any(record.name == name for record in agents):
                raise InputError(f"account {name} is there already; remove it first")
            fields = {"name": name, "display_name": display_name, "roles": roles, **others}
            record = _record(fields | self._kept(member=member, password=password))
            self._file.write((*agents, record))
        return record.to_person()

    def change(self, name: str, **changes: object) -> Person:
        """Change fields of an account; its log-ins end if one of `WAYS_IN` does. Raise as `add`. Blocks.

        ``member`` is a `Member`, ``password`` a password; None takes them away, as well as a ``subject``.

        Raises:
            NotFoundError: there is no such account.

        """
        changes |= self._kept(**{key: changes[key] for key in ("member", "password") if key in changes})
        return self._rewrite(name, lambda record: _changed(record, changes)).to_person()

    def remove(self, name: str) -> None:
        """Remove an account; its log-ins end at once. Raise NotFoundError when there is none. Blocks."""
        self._rewrite(name, lambda _record: None)

    async def authenticate(self, name: str, password: str) -> Person | None:
        """Return whose name and password go together. A wrong name takes as long as a password."""
        self._read()
        record = self._by_name.get(name)
        kept = record.password if record else None
        if not await self._passwords.check(kept, password) or not record or not kept:
            return None
        await self._renew(record, kept, password)
        person = self.find(name)  # as it is after all that time
        return person if person and person.account == record.id else None

    def close(self) -> None:
        """End what hashes passwords."""
        self._passwords.close()

    def _kept(self, **given: Any) -> dict[str, object]:
        """Turn a member and a password into what is written of them."""
        if member := given.get("member"):
            given["member"] = {"asterisk": member.asterisk, "interface": member.interface}
        if (password := given.get("password")) is not None:
            given["password"] = self._passwords.hash(password)
        return given

    def _rewrite(self, name: str, change: Callable[[Record], Record | None]) -> Record:
        """Put another account, or none, in the place of one; return the new one, or else what it was."""
        with self._file.locked():
            agents = self._now()
            old = next((record for record in agents if record.name == name), None)
            if old is None:
                raise NotFoundError(f"there is no account {name}")
            new = change(old)
            if new != old:
                kept = (new if record is old else record for record in agents)
                self._file.write(tuple(filter(None, kept)))
        return new or old

    def _now(self) -> tuple[Record, ...]:
        """Read all as it is on disk; in whatever thread, so nothing of it is kept here."""
        return AccountFile(self._file.path).read().agents

    def _read(self) -> None:
        contents = self._file.read()
        if contents is not self._of:
            self._by_name = {record.name: record for record in contents.agents}
            phones = {record.to_person().phone: record for record in contents.agents}
            self._by_member = {phone: record for phone, record in phones.items() if phone}
            self._by_subject = {record.subject: record for record in contents.agents if record.subject}
            self._of = contents

    async def _renew(self, record: Record, kept: str, password: str) -> None:
        """Keep the hash under today's parameters."""
        if renewed := await self._passwords.renewed(kept, password):
            await self.keep(record, password=renewed)

    async def keep(self, record: Record, **same: str) -> None:
        """Write the same secrets in another form; no log-in ends. That it cannot be done hinders nobody."""
        new = record.model_copy(update=same)
        try:
            await asyncio.to_thread(self._rewrite, record.name, lambda now: new if now == record else now)
        except (IdBellenError, OSError) as error:
            log.warning("accounts.not_renewed", agent=record.name, error=type(error).__name__)


def _record(fields: Mapping[str, object]) -> Record:
    try:
        return Record.model_validate({"id": secrets.token_hex(ID_BYTES), **fields})
    except ValidationError as error:
        raise InputError(explain(error)) from None


def _changed(record: Record, changes: Mapping[str, object]) -> Record:
    new = _record({**record.model_dump(), **changes})
    same = all(getattr(new, way) == getattr(record, way) for way in WAYS_IN)
    return new if same else _record(new.model_dump(exclude={"id"}))
