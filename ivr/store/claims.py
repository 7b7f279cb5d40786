"""Claiming a code: what telephony asks once the caller has keyed one in.

Knows codes as macs, budgets and calls. Cannot open attributes.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from ivr.errors import IllegalMoveError, NotFoundError, StoreError
from ivr.session.model import Move, sources, target
from ivr.session.upgrade import SPOKEN_TRIES
from ivr.store.budget import Budget
from ivr.store.keyspace import ALIVE, CALLS, TOMBSTONE
from ivr.store.sessions import as_spoken, close, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.session.attributes import Secret
    from ivr.store.client import Store
    from ivr.store.keyspace import CallId, Member
    from ivr.store.sealing import Macs

CLAIMABLE: Final = listed(sources(Move.CLAIM))
UNDER_WAY: Final = target(Move.CONNECT).value


@dataclass(frozen=True, slots=True)
class Claimed:
    """The code was right: it is used up, and the session is bound to this call."""

    session: str
    purpose: str
    language: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Unknown, used or expired: the caller hears the same for each (requirement P5)."""


@dataclass(frozen=True, slots=True)
class ExtraNeeded:
    """There has been much guessing: ask for the extra digits. Says nothing of this code."""


@dataclass(frozen=True, slots=True)
class Shut:
    """The code was right, but nobody answers its subject now: it was left as it is."""

    language: str


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such call under way, another member has it, or it is identified already."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Wrong digits were typed for this call too often: the agent must ask anew."""


Claim: TypeAlias = Claimed | Wrong | ExtraNeeded | Shut | Gone | Spent
"""Whatever a claim may come to."""


class Claims:
    """Claims codes. ``macs`` are the ones of the code keys."""

    def __init__(self, store: Store, macs: Macs, budget: Budget | None = None) -> None:
        self._store = store
        self._keys = store.keys
        self._macs = macs
        lives = int(ALIVE * 1000), int(TOMBSTONE * 1000), int(CALLS)
        self._limits = " ".join(map(str, ((budget or Budget()).as_args() + lives)))

    async def claim(
        self, call: CallId, code: Secret, extra: Secret | None, number: str, closed: Iterable[str] = ()
    ) -> Claimed | Wrong | ExtraNeeded | Shut:
        """Consume the code for this call, in one atomic step; raise StoreError when that is not sure.

        ``number`` is the caller's number as digits, or nothing when withheld; it is counted, not kept.
        ``closed`` are the purposes whose codes are not to be used up now.
        """
        macs = self._macs.all(code.reveal())
        answer = await self._run(call, macs, self._extra(code, extra), number, ",".join(closed), "", "", 0)
        return cast("Claimed | Wrong | ExtraNeeded | Shut", answer)

    async def join(
        self, call: CallId, code: Secret, extra: Secret | None, number: str
    ) -> Claimed | Wrong | ExtraNeeded | Gone:
        """Do the same for a call under way, which whoever has it keeps."""
        macs = self._macs.all(code.reveal())
        answer = await self._run(call, macs, self._extra(code, extra), number, "", UNDER_WAY, "", 0)
        return cast("Claimed | Wrong | ExtraNeeded | Gone", answer)

    async def confirm(
        self, call: CallId, member: Member, spoken: Secret
    ) -> Claimed | Wrong | ExtraNeeded | Gone | Spent:
        """Do the same by digits that a caller reads out to this member, who has the call and types them.

        They count for the call that they were issued for. `ExtraNeeded`: there has been much guessing, so
        that only a keyed code will do now.
        """
        macs = self._macs.all(as_spoken(spoken.reveal()))
        answer = await self._run(call, macs, "", "", "", UNDER_WAY, member.interface, SPOKEN_TRIES)
        return cast("Claimed | Wrong | ExtraNeeded | Gone | Spent", answer)

    def _extra(self, code: Secret, extra: Secret | None) -> str:
        return ",".join(self._macs.all(f"{code.reveal()}/{extra.reveal()}")) if extra else ""

    async def _run(self, call: CallId, macs: list[str], extra: str, number: str, *more: str | int) -> Claim:
        """Make the claim; ``more`` is what the script is told at its end."""
        keys = self._keys
        answer, confirmed = await self._store.run_durably(
            "claim",
            [
                keys.budget_all(),
                keys.call(call),
                keys.calls(call.asterisk),
                *(keys.code(mac) for mac in macs),
            ],
            [
                *(keys.prefix, str(call), call.uniqueid, secrets.token_hex(8), CLAIMABLE),
                *(extra, self._limits, self._macs.first(number) if number else "", *more),
            ],
        )
        claim = _read(answer)
        if not confirmed:
            await self._take_back(claim)
        return claim

    async def _take_back(self, claim: Claim) -> None:
        """Let nobody be identified by a claim that a failover could undo: its code would work again."""
        if isinstance(claim, Claimed):
            with suppress(IllegalMoveError, NotFoundError):
                await close(self._store, claim.session, Move.END)
        raise StoreError("too few replicas confirmed the claim")


def _read(answer: object) -> Claim:
    match answer:
        case [b"claimed", bytes() as session, bytes() as purpose, bytes() as language]:
            return Claimed(session.decode(), purpose.decode(), language.decode())
        case [b"closed", bytes() as language]:
            return Shut(language.decode())
        case [b"wrong"]:
            return Wrong()
        case [b"extra"]:
            return ExtraNeeded()
        case [b"gone"]:
            return Gone()
        case [b"spent"]:
            return Spent()
        case _:
            raise StoreError("the claim was answered with nonsense")
