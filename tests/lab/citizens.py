"""Citizens who got as far as a test needs them, and what they proved: values that must be found nowhere.

Knows the store's public face. Does not know the web's pages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ivr.session.attributes import Attributes, Identity, Level, Secret
from ivr.session.purpose import AttributeSpec, Purpose, Purposes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.session.model import Session
    from ivr.store.keyspace import CallId
    from ivr.store.sessions import Sessions

PERSON: Final = {"fullname": "Kanarie Vogelzang", "bsn": "999990019", "postcode": "9999ZZ"}
"""A made-up person, whose values occur nowhere else."""
NOTHING: Final = Secret("")
LOGGED_IN_AT: Final = 1_700_000_000.0


def _spec(name: str) -> AttributeSpec:
    return AttributeSpec(name, {"nl": f"{name} (nl)", "en": f"{name} (en)"})


def _purpose(name: str, queue: str, attributes: tuple[str, ...], minimum: Level = Level.LOW) -> Purpose:
    words = {"nl": f"{name} in het Nederlands", "en": f"{name} in English"}
    return Purpose(name, queue, words, words, tuple(_spec(one) for one in attributes), minimum)


PURPOSES: Final = Purposes(
    (
        _purpose("verhuizing", "verhuizen", ("fullname", "bsn"), Level.SUBSTANTIAL),
        _purpose("afval", "afval", ("postcode",)),
    )
)

MASKED: Final = Purposes(
    tuple(
        replace(one, attributes=tuple(replace(spec, masked=spec.name == "bsn") for spec in one.attributes))
        for one in PURPOSES
    )
)
"""The same, with a BSN that agents must ask for."""


def identity(values: Mapping[str, str] | None = None, level: Level = Level.SUBSTANTIAL) -> Identity:
    """What a log-in gave."""
    return Identity(Attributes(PERSON if values is None else values), level, "demo", LOGGED_IN_AT)


@dataclass(frozen=True, slots=True)
class Citizen:
    """Someone with a code: all that they and their browser know."""

    session: str
    ticket: Secret
    code: Secret
    extra: Secret
    spoken: Secret = NOTHING


class Citizens:
    """Makes citizens. Each has a session and a code of their own."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def pending(self, purpose: str = "verhuizing", bound: CallId | None = None) -> Citizen:
        """Someone with a code who has not logged in yet; perhaps for a call under way."""
        started = await self._sessions.create(PURPOSES.get(purpose), "nl", bound)
        await self._sessions.issue(started.id)
        found = await self._sessions.find(started.ticket)
        assert found.code is not None
        assert found.extra is not None
        assert found.spoken is not None
        return Citizen(started.id, started.ticket, found.code, found.extra, found.spoken)

    async def verified(
        self,
        values: Mapping[str, str] | None = None,
        purpose: str = "verhuizing",
        bound: CallId | None = None,
    ) -> Citizen:
        """Someone with a code who has proven ``values``, or those of `PERSON`."""
        citizen = await self.pending(purpose, bound)
        await self._sessions.verify(citizen.session, PURPOSES.get(purpose), identity(values))
        return citizen

    async def session(self, citizen: Citizen) -> Session:
        """What the citizen's page is made from."""
        return (await self._sessions.find(citizen.ticket)).session
