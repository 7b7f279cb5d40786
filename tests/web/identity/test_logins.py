"""web.identity.logins: what a log-in must bring, and what nobody can make it bring."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import jwt
import pytest

from ivr.errors import IdentityError, IllegalMoveError, InputError
from ivr.session.attributes import Attributes, Identity, Level
from ivr.session.model import Identification
from ivr.session.part import Part
from ivr.session.purpose import AttributeSpec, Purpose
from ivr.store import identities
from ivr.store.sealing import Sealer
from tests.lab.citizens import LOGGED_IN_AT, PERSON, identity
from tests.lab.front import options
from web.identity.logins import (
    ALGORITHM,
    AUDIENCE,
    ISSUER,
    MAX_STATE_CHARS,
    STATE_SECONDS,
    Login,
    Logins,
    judge,
)
from web.identity.refusal import Refusal

if TYPE_CHECKING:
    from ivr.session.purpose import Purposes
    from ivr.store.client import Store
    from ivr.store.sealing import KeySet
    from ivr.store.sessions import Sessions, Started

RETURN_URL = "https://bellen.example.nl/nl/call"


async def begun(logins: Logins, sessions: Sessions, purposes: Purposes) -> tuple[Started, Login]:
    """A session, and the log-in that was begun for it, as its state says."""
    purpose = purposes.get("verhuizing")
    started = await sessions.create(purpose, "nl")
    return started, logins.read(logins.begin(Login(started.id, purpose, "demo", "nl"), RETURN_URL).state)


async def identification(sessions: Sessions, started: Started) -> Identification:
    """How the session stands."""
    return (await sessions.find(started.ticket)).session.identification


async def test_a_login_asks_for_its_purpose_and_says_where_to_return(
    logins: Logins, purposes: Purposes
) -> None:
    """All that a provider needs, and nothing of the session in the clear."""
    purpose = purposes.get("afval")
    request = logins.begin(Login("s" * 32, purpose, "demo", "en"), RETURN_URL)
    assert (request.purpose, request.language, request.return_url) == (purpose, "en", RETURN_URL)
    assert logins.read(request.state) == Login("s" * 32, purpose, "demo", "en")
    assert len(request.state) < MAX_STATE_CHARS


@pytest.mark.req("C4", "S1")
async def test_enough_verifies_and_only_the_purposes_attributes_are_kept(
    logins: Logins, sessions: Sessions, purposes: Purposes, store: Store, seal_keys: KeySet
) -> None:
    """A provider that returns more than was asked does not get it past us; what is kept is sealed."""
    started, login = await begun(logins, sessions, purposes)
    await logins.finish(login, identity({**PERSON, "income": "canary"}))
    assert await identification(sessions, started) is Identification.VERIFIED
    sealed = await store.redis.get(store.keys.sealed(started.id))
    assert b"canary" not in sealed
    kept = identities.unseal(Sealer(seal_keys), started.id, "verhuizing", sealed)
    assert kept == identity({"fullname": PERSON["fullname"], "bsn": PERSON["bsn"]})


@pytest.mark.req("S8")
@pytest.mark.parametrize("level", [Level.NONE, Level.LOW])
async def test_a_level_lower_than_the_purpose_needs_fails(
    logins: Logins, sessions: Sessions, purposes: Purposes, store: Store, level: Level
) -> None:
    """Whatever was asked: what came back counts. Nothing is kept."""
    started, login = await begun(logins, sessions, purposes)
    with pytest.raises(IdentityError) as refused:
        await logins.finish(login, identity(level=level))
    assert refused.value.reason == Refusal.TOO_LOW
    assert PERSON["bsn"] not in str(refused.value)
    assert await identification(sessions, started) is Identification.FAILED
    assert not await store.redis.exists(store.keys.sealed(started.id))


@pytest.mark.req("S8")
@pytest.mark.parametrize("level", [Level.SUBSTANTIAL, Level.HIGH])
async def test_the_level_that_is_needed_or_a_higher_one_will_do(purposes: Purposes, level: Level) -> None:
    """No more is asked than the purpose says."""
    assert judge(purposes.get("verhuizing"), identity(level=level)) is None


@pytest.mark.parametrize(
    "values", [{"fullname": "A"}, {"fullname": "A", "bsn": ""}, {"fullname": "A", "bsn": " "}, {}]
)
async def test_a_missing_or_empty_attribute_is_not_verified(
    logins: Logins, sessions: Sessions, purposes: Purposes, values: dict[str, str]
) -> None:
    """Half an identity is none."""
    started, login = await begun(logins, sessions, purposes)
    with pytest.raises(IdentityError) as refused:
        await logins.finish(login, identity(values))
    assert refused.value.reason == Refusal.INCOMPLETE
    assert await identification(sessions, started) is Identification.FAILED


@pytest.mark.req("C4", "S1")
async def test_of_a_date_the_year_is_kept_and_the_rest_is_nowhere(
    logins: Logins, sessions: Sessions, store: Store, seal_keys: KeySet
) -> None:
    """Dropped before it is sealed; a date that cannot be read is none."""
    label = {"nl": "Geboortejaar"}
    purpose = Purpose("p", "q", label, label, (AttributeSpec("birthyear", label, Part.YEAR),))
    started = await sessions.create(purpose, "nl")
    login = Login(started.id, purpose, "demo", "nl")
    await logins.finish(login, identity({"birthyear": "10-03-1965"}))
    sealed = await store.redis.get(store.keys.sealed(started.id))
    kept = identities.unseal(Sealer(seal_keys), started.id, "p", sealed)
    assert kept.attributes.reveal() == {"birthyear": "1965"}
    assert judge(purpose, identity({"birthyear": "maart 1965"})) is Refusal.INCOMPLETE


async def test_another_methods_result_changes_nothing(
    logins: Logins, sessions: Sessions, purposes: Purposes
) -> None:
    """A state that was begun with one method is worth nothing with another."""
    started, login = await begun(logins, sessions, purposes)
    with pytest.raises(InputError, match="another login method"):
        await logins.finish(login, Identity(Attributes(PERSON), Level.HIGH, "irma", LOGGED_IN_AT))
    assert await identification(sessions, started) is Identification.PENDING


@pytest.mark.parametrize("reason", [Refusal.CANCELLED, Refusal.UNAVAILABLE, Refusal.LATE])
async def test_who_stopped_or_met_a_fault_may_log_in_again(
    logins: Logins, sessions: Sessions, purposes: Purposes, reason: Refusal
) -> None:
    """Only a result ends the matter."""
    started, login = await begun(logins, sessions, purposes)
    await logins.fail(login, reason)
    assert await identification(sessions, started) is Identification.PENDING
    await logins.finish(login, identity())
    assert await identification(sessions, started) is Identification.VERIFIED


async def test_a_result_counts_once(logins: Logins, sessions: Sessions, purposes: Purposes) -> None:
    """Played again, it moves nothing; neither does a refusal after it."""
    started, login = await begun(logins, sessions, purposes)
    await logins.finish(login, identity())
    with pytest.raises(IllegalMoveError):
        await logins.finish(login, identity())
    with pytest.raises(IllegalMoveError):
        await logins.fail(login, Refusal.TOO_LOW)
    assert await identification(sessions, started) is Identification.VERIFIED


async def test_a_result_for_a_session_that_was_stopped_is_not_kept(
    logins: Logins, sessions: Sessions, purposes: Purposes, store: Store
) -> None:
    """Stopping wipes, also what comes later."""
    started, login = await begun(logins, sessions, purposes)
    await sessions.cancel(started.id)
    with pytest.raises(IllegalMoveError):
        await logins.finish(login, identity())
    assert not await store.redis.exists(store.keys.sealed(started.id))


def test_a_login_that_took_too_long_says_so(sessions: Sessions, purposes: Purposes) -> None:
    """Its state has a life of `STATE_SECONDS`."""
    slow = Logins(options(), sessions, purposes, now=lambda: time.time() - STATE_SECONDS - 1)
    login = Login("s" * 32, purposes.get("verhuizing"), "demo", "nl")
    with pytest.raises(IdentityError) as refused:
        slow.read(slow.begin(login, RETURN_URL).state)
    assert refused.value.reason == Refusal.LATE


LONG = 86_400  # made when tests are collected, and used long after


def _claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "s", "iat": now, "exp": now + LONG}
    claims = {**usual, "purpose": "verhuizing", "method": "demo", "language": "nl", **changes}
    return {name: value for name, value in claims.items() if value is not None}


KEY = options().key("login")


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    "state",
    [
        "",
        "x",
        "a.b.c",
        "é" * 100,
        "x" * 100_000,
        jwt.encode(_claims(), "another key of at least thirty-two bytes", algorithm=ALGORITHM),
        jwt.encode(_claims(), options().key("ticket"), algorithm=ALGORITHM),
        jwt.encode(_claims(), None, algorithm="none"),
        jwt.encode(_claims(), KEY + KEY, algorithm="HS512"),
        jwt.encode(_claims(aud="citizen-live"), KEY, algorithm=ALGORITHM),
        jwt.encode(_claims(aud=[AUDIENCE, "citizen-live"]), KEY, algorithm=ALGORITHM),
        jwt.encode(_claims(iss="somebody"), KEY, algorithm=ALGORITHM),
        *(
            jwt.encode(_claims(**{name: None}), KEY, algorithm=ALGORITHM)
            for name in ("aud", "exp", "iat", "iss", "sub", "purpose", "method", "language")
        ),
    ],
)
def test_a_state_that_is_not_ours_is_refused(logins: Logins, state: str) -> None:
    """Pinned: one algorithm, one key, one audience, every claim."""
    with pytest.raises(InputError, match="not a log-in that we began"):
        logins.read(state)


@pytest.mark.req("S7")
def test_a_state_that_was_tampered_with_is_refused(logins: Logins, purposes: Purposes) -> None:
    """A change anywhere in it, in each part."""
    state = logins.begin(Login("s" * 32, purposes.get("verhuizing"), "demo", "nl"), RETURN_URL).state
    for place in range(0, len(state) - 1, 7):  # the last character holds spare bits
        other = "A" if state[place] != "A" else "B"
        with pytest.raises(InputError):
            logins.read(state[:place] + other + state[place + 1 :])
