"""web.tickets: one use, one purpose, half a minute."""

from __future__ import annotations

import time
import warnings
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from ivr.errors import AnonymousError, StoreError
from tests.lab.front import Spent, options
from web.tickets import ALGORITHM, CLAIMS, ISSUER, MAX_TICKET_CHARS, TICKET_SECONDS, Tickets

KEY = options().key("ticket")


def desk(spent: Spent | None = None) -> Tickets:
    """Where tickets are handed out and taken in."""
    return Tickets(options(), spent or Spent())


def forged(key: bytes | None = KEY, algorithm: str | None = ALGORITHM, **changes: object) -> str:
    """A ticket as ours, but for the changes; a claim that is changed to None is left out."""
    now = datetime.now(UTC)
    claims = {
        "aud": "agent",
        "exp": now + timedelta(seconds=TICKET_SECONDS),
        "iat": now,
        "iss": ISSUER,
        "jti": "once",
        "sub": "sanne",
    }
    kept = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    with warnings.catch_warnings(action="ignore", category=jwt.warnings.InsecureKeyLengthWarning):
        return jwt.encode(kept, key, algorithm=algorithm)


@pytest.mark.req("S5")
async def test_a_ticket_is_good_once() -> None:
    """The second time it is nobody's."""
    tickets = desk()
    ticket = tickets.issue("agent", "sanne")
    assert await tickets.redeem(ticket, "agent") == "sanne"
    with pytest.raises(AnonymousError):
        await tickets.redeem(ticket, "agent")


@pytest.mark.req("S5")
async def test_a_spent_ticket_is_remembered_as_long_as_it_would_live() -> None:
    """No shorter, or it could come back; under its identifier, not itself."""
    spent = Spent()
    tickets = desk(spent)
    ticket = tickets.issue("agent", "sanne")
    await tickets.redeem(ticket, "agent")
    assert list(spent.spent.values()) == [TICKET_SECONDS]
    assert ticket not in spent.spent


@pytest.mark.req("S5")
async def test_a_ticket_is_too_old_after_half_a_minute() -> None:
    """Handed out by a clock that was 31 seconds slow."""
    slow = Tickets(options(), Spent(), now=lambda: time.time() - TICKET_SECONDS - 1)
    with pytest.raises(AnonymousError):
        await desk().redeem(slow.issue("agent", "sanne"), "agent")


async def test_the_sample_that_the_forgeries_start_from_is_good() -> None:
    """Else the refusals below would prove nothing."""
    assert await desk().redeem(forged(), "agent") == "sanne"


@pytest.mark.req("S5", "S7")
@pytest.mark.parametrize("claim", CLAIMS)
async def test_a_ticket_that_lacks_a_claim_is_refused(claim: str) -> None:
    """Every one is required."""
    with pytest.raises(AnonymousError):
        await desk().redeem(forged(**{claim: None}), "agent")


@pytest.mark.req("S5", "S7")
@pytest.mark.parametrize(
    "ticket",
    [
        "",
        "x",
        "a.b.c",
        "a.\udcff.c",  # as a byte in a header that is no text is read
        "x" * (MAX_TICKET_CHARS + 1),
        forged(options(secret=b"another secret of more than 32 bytes").key("ticket")),
        forged(options().key("csrf")),
        forged(algorithm="HS384"),
        forged(None, algorithm="none"),
        forged(iss="somebody else"),
        forged(aud="citizen"),
        forged(aud=["agent", "citizen"]),
        forged(iat=datetime.now(UTC) + timedelta(hours=1)),
        forged(sub=7),
        forged(jti=7),
    ],
)
async def test_a_ticket_that_is_not_ours_to_the_letter_is_refused(ticket: str) -> None:
    """Another key, algorithm, issuer, audience, time or type. Nothing is spent on it."""
    spent = Spent()
    with pytest.raises(AnonymousError):
        await desk(spent).redeem(ticket, "agent")
    assert not spent.spent


@pytest.mark.req("S5")
async def test_what_cannot_be_remembered_is_not_taken() -> None:
    """Without the store a ticket could be used twice, so it is not used at all."""

    async def away(_jti: str, _seconds: int) -> bool:
        raise StoreError("away")

    tickets = Tickets(options(), away)
    with pytest.raises(StoreError):
        await tickets.redeem(tickets.issue("agent", "sanne"), "agent")
