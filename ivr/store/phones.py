"""Telephones in agents' pages: the proof that each shows to Asterisk, kept with the log-in it was made for.

So it is gone when the log-in is, whatever ended that. Knows proofs as secrets, sealed to their member; not
what they are made of, nor who asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ivr.errors import AnonymousError, SealError, StoreError
from ivr.session.attributes import Secret
from ivr.store.logins import LONGEST_HOURS

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.keyspace import Member
    from ivr.store.sealing import Sealer

CONTEXT: Final = "phone/1"
LONGEST: Final = LONGEST_HOURS * 3_600_000


@dataclass(frozen=True, slots=True)
class Held:
    """A telephone that may come in now, and by whose log-in."""

    proof: Secret
    agent: str
    account: str


class Phones:
    """The proofs of all telephones in pages."""

    def __init__(self, store: Store, sealer: Sealer) -> None:
        self._store = store
        self._sealer = sealer

    async def issue(self, member: Member, login: str, proof: Secret) -> None:
        """Keep a member's proof in place of the one before; ``login`` is the log-in's id.

        Raises:
            AnonymousError: the log-in is over.
            StoreError: it cannot be kept.

        """
        keys = self._store.keys
        sealed = self._sealer.seal(proof.reveal().encode(), str(member), CONTEXT)
        places = [keys.login(login), keys.phone(member)]
        if await self._store.run("issue_phone", places, [sealed, login, LONGEST]) is None:
            raise AnonymousError("the log-in is over")

    async def find(self, member: Member) -> Held | None:
        """Return what this member's telephone has to prove, or None when it may not come in."""
        keys = self._store.keys
        match await self._store.run("phone", [keys.phone(member)], [keys.prefix, str(member)]):
            case None:
                return None
            case [bytes(sealed), bytes(agent), bytes(account)]:
                return self._held(member, sealed, agent.decode(), account.decode())
            case _:
                raise StoreError("a telephone was answered with nonsense")

    def _held(self, member: Member, sealed: bytes, agent: str, account: str) -> Held | None:
        try:
            proof = self._sealer.open(sealed, str(member), CONTEXT).decode()
        except SealError:
            return None
        return Held(Secret(proof), agent, account)
