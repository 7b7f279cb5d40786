"""A proven identity as it is kept: one envelope, sealed for its session and purpose.

All of it is inside, the level and the time too: they go when the envelope goes, and nobody who can write to
the store can raise a level.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ivr.errors import SealError
from ivr.session.attributes import Attributes, Identity, Level

if TYPE_CHECKING:
    from ivr.store.sealing import Sealer

SCHEMA: Final = "identity/1"
"""Bound into every seal: a later form does not open as this one."""


def seal(sealer: Sealer, session: str, purpose: str, identity: Identity) -> bytes:
    """Return the envelope that only this session, with this purpose, opens."""
    plain = {
        "attributes": dict(identity.attributes.reveal()),
        "level": int(identity.level),
        "method": identity.method,
        "at": identity.at,
    }
    return sealer.seal(json.dumps(plain).encode(), session, _context(purpose))


def unseal(sealer: Sealer, session: str, purpose: str, envelope: bytes) -> Identity | None:
    """Return the identity, or None when there is no envelope or it does not open here."""
    try:
        plain = json.loads(sealer.open(envelope, session, _context(purpose)))
    except SealError:
        return None
    return Identity(Attributes(plain["attributes"]), Level(plain["level"]), plain["method"], plain["at"])


def _context(purpose: str) -> str:
    return f"{purpose}|{SCHEMA}"
