"""A short note, kept for whoever shows its name: what one request leaves for another one, in any process.

The name is random and shown to one party alone. The store knows it as a mac, and the note as an envelope that
opens under that name only; so whoever reads the store learns neither. Knows nothing of what notes are about.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from ivr.errors import NotFoundError, SealError
from ivr.session.attributes import Secret

if TYPE_CHECKING:
    from ivr.store.client import Store
    from ivr.store.sealing import Macs, Sealer

NAME_BYTES: Final = 32
MAX_NAME: Final = 64
"""Characters of a name that are looked at; ours have 43."""


class Notes:
    """Notes of one kind: one kind's names open no other's. ``seconds`` is how long each is kept."""

    def __init__(self, store: Store, sealer: Sealer, macs: Macs, *, kind: str, seconds: int) -> None:
        self._store = store
        self._sealer = sealer
        self._macs = macs
        self._kind = kind
        self.seconds = seconds

    async def leave(self, text: str) -> Secret:
        """Keep a note; return the name under which it is found."""
        name = Secret(secrets.token_urlsafe(NAME_BYTES))
        (mac, *_) = self._places(name)
        sealed = self._sealer.seal(text.encode(), mac, self._kind)
        async with self._store.asked() as redis:
            await redis.set(self._store.keys.note(mac), sealed, ex=self.seconds)
        return name

    async def read(self, name: Secret) -> str:
        """Return a note and leave it there; raise NotFoundError if there is none of this name (any more)."""
        return await self._found(name, take=False)

    async def take(self, name: Secret) -> str:
        """Return a note, which is gone then: whoever comes second gets NotFoundError."""
        return await self._found(name, take=True)

    async def _found(self, name: Secret, *, take: bool) -> str:
        for mac in self._places(name):
            key = self._store.keys.note(mac)
            async with self._store.asked() as redis:
                sealed = await (redis.getdel(key) if take else redis.get(key))
            if isinstance(sealed, bytes):
                return self._opened(sealed, mac)
        raise NotFoundError("there is no such note")

    def _opened(self, sealed: bytes, mac: str) -> str:
        try:
            return self._sealer.open(sealed, mac, self._kind).decode()
        except SealError:
            raise NotFoundError("there is no such note") from None

    def _places(self, name: Secret) -> list[str]:
        if len(name.reveal()) > MAX_NAME:
            raise NotFoundError("there is no such note")
        return self._macs.all(f"{self._kind}/{name.reveal()}")
