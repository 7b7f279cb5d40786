"""Agents' local accounts: who they are, which queue member is theirs, and whether a password is right.

Knows names, members and display names. What the file looks like is `account_file`'s, what a hash is
`passwords`'. Changes on disk (``idbellen agent add``) hold at once, without a restart.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from pydantic import ValidationError

from ivr.errors import IdBellenError, InputError, NotFoundError, SettingsError
from ivr.store.keyspace import Member
from web.agent.account_file import AccountFile, MemberRecord, Record, explain
from web.agent.passwords import Passwords

if TYPE_CHECKING:
    from pathlib import Path

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone who answers calls."""

    name: str
    display_name: str
    """What citizens see during the call."""
    member: Member
    account: str
    """Drawn with the account: changes when it is removed and made again."""


class Accounts:
    """The accounts in one file. Every read is of the file as it is now."""

    def __init__(self, path: Path, passwords: Passwords | None = None) -> None:
        self._file = AccountFile(path)
        self._passwords = passwords or Passwords()
        self._of: object = None
        self._by_name: dict[str, Record] = {}
        self._by_member: dict[str, Record] = {}

    def list(self) -> tuple[Agent, ...]:
        """Return everybody, by name; raise SettingsError when the file is not right."""
        self._read()
        return tuple(_agent(self._by_name[name]) for name in sorted(self._by_name))

    def find(self, name: str) -> Agent | None:
        """Return who has this name now."""
        self._read()
        record = self._by_name.get(name)
        return _agent(record) if record else None

    def at(self, member: str) -> Agent | None:
        """Return whose queue member this is, written as a session's ``member`` is.

        For the citizen's page, which goes on without a name: None also while the file is not right.
        """
        try:
            self._read()
        except SettingsError:
            return None
        record = self._by_member.get(member)
        return _agent(record) if record else None

    def add(self, name: str, password: str, display_name: str, member: Member) -> Agent:
        """Make an account; raise InputError or SettingsError saying what is wrong with it. Blocks."""
        with self._file.locked():
            agents = self._file.read().agents
            if any(record.name == name for record in agents):
                raise InputError(f"account {name} is there already; remove it first")
            record = self._new(name, password, display_name, member)
            self._file.write((*agents, record))
        return _agent(record)

    def remove(self, name: str) -> None:
        """Remove an account; its log-ins end at once. Raise NotFoundError when there is none. Blocks."""
        with self._file.locked():
            agents = self._file.read().agents
            kept = tuple(record for record in agents if record.name != name)
            if len(kept) == len(agents):
                raise NotFoundError(f"there is no account {name}")
            self._file.write(kept)

    async def authenticate(self, name: str, password: str) -> Agent | None:
        """Return the agent if name and password go together. A wrong name takes as long as a password."""
        self._read()
        record = self._by_name.get(name)
        if not await self._passwords.check(record.password if record else None, password) or not record:
            return None
        await self._renew(record, password)
        agent = self.find(name)  # as it is after all that time
        return agent if agent and agent.account == record.id else None

    def close(self) -> None:
        """End what hashes passwords."""
        self._passwords.close()

    def _new(self, name: str, password: str, display_name: str, member: Member) -> Record:
        try:
            return Record(
                id=secrets.token_hex(8),
                name=name,
                display_name=display_name,
                member=MemberRecord(asterisk=member.asterisk, interface=member.interface),
                password=self._passwords.hash(password),
            )
        except ValidationError as error:
            raise InputError(explain(error)) from None

    def _read(self) -> None:
        contents = self._file.read()
        if contents is not self._of:
            self._by_name = {record.name: record for record in contents.agents}
            self._by_member = {str(_agent(record).member): record for record in contents.agents}
            self._of = contents

    async def _renew(self, record: Record, password: str) -> None:
        """Keep the hash under today's parameters. That it cannot be kept hinders nobody's log-in."""
        renewed = await self._passwords.renewed(record.password, password)
        if renewed is None:
            return
        try:
            await asyncio.to_thread(self._replace, record, record.model_copy(update={"password": renewed}))
        except (IdBellenError, OSError) as error:
            log.warning("accounts.hash_not_renewed", agent=record.name, error=type(error).__name__)

    def _replace(self, old: Record, new: Record) -> None:
        with self._file.locked():
            agents = AccountFile(self._file.path).read().agents
            self._file.write(tuple(new if record == old else record for record in agents))


def _agent(record: Record) -> Agent:
    member = Member(record.member.asterisk, record.member.interface)
    return Agent(record.name, record.display_name, member, record.id)
