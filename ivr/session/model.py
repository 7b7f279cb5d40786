"""A session and a call, as two tables and a few views.

What a citizen proved is one axis, where the phone call is the other::

    identification   pending ─verify─▶ verified
                        └────fail────▶ failed

    call             awaited ─claim─▶ claimed ─queue─▶ queued ◀─queue, connect─▶ connected ─end─▶ ended

    from        claim     queue    connect     end     cancel      expire    extend
    awaited     claimed   -        connected   ended   cancelled   expired   awaited
    claimed     -         queued   connected   ended   -           -         -
    queued      -         queued   connected   ended   -           -         -
    connected   -         queued   connected   ended   -           -         -

Only the tables below move anything. A move that is not listed changes nothing (`IllegalMoveError`). The store
is given the sources of a move from here, so that these tables are the only ones.

Viewers get the whole picture each time, never a change: `citizen_view`, and `ivr.session.line` for an agent,
hold exactly what that viewer may see, and nothing of a call that is not theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ivr.errors import IllegalMoveError
from ivr.session.code import EXTENSIONS

if TYPE_CHECKING:
    from ivr.session.attributes import Secret
    from ivr.session.wait import Place


class Identification(StrEnum):
    """What is known of who the citizen is."""

    PENDING = "pending"
    VERIFIED = "verified"
    FAILED = "failed"


class Proof(StrEnum):
    """What may happen to the identification."""

    VERIFY = "verify"
    FAIL = "fail"


class Call(StrEnum):
    """Where the phone call is."""

    AWAITED = "awaited"
    CLAIMED = "claimed"
    QUEUED = "queued"
    CONNECTED = "connected"
    ENDED = "ended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Move(StrEnum):
    """What may happen to the call."""

    CLAIM = "claim"
    QUEUE = "queue"
    CONNECT = "connect"
    END = "end"
    CANCEL = "cancel"
    EXPIRE = "expire"
    EXTEND = "extend"


PROOFS: Final = {
    (Identification.PENDING, Proof.VERIFY): Identification.VERIFIED,
    (Identification.PENDING, Proof.FAIL): Identification.FAILED,
}

MOVES: Final = {
    (Call.AWAITED, Move.CLAIM): Call.CLAIMED,
    (Call.AWAITED, Move.CONNECT): Call.CONNECTED,
    # The call under way that it was begun for is over.
    (Call.AWAITED, Move.END): Call.ENDED,
    (Call.AWAITED, Move.CANCEL): Call.CANCELLED,
    (Call.AWAITED, Move.EXPIRE): Call.EXPIRED,
    (Call.AWAITED, Move.EXTEND): Call.AWAITED,
    (Call.CLAIMED, Move.QUEUE): Call.QUEUED,
    # The event that the caller joined the queue may have been missed while AMI was away.
    (Call.CLAIMED, Move.CONNECT): Call.CONNECTED,
    (Call.CLAIMED, Move.END): Call.ENDED,
    # From the purpose's queue on to the ordinary one, when nobody was there.
    (Call.QUEUED, Move.QUEUE): Call.QUEUED,
    (Call.QUEUED, Move.CONNECT): Call.CONNECTED,
    (Call.QUEUED, Move.END): Call.ENDED,
    (Call.CONNECTED, Move.QUEUE): Call.QUEUED,
    # A pickup by another agent, without a stop in the queue between (an attended transfer).
    (Call.CONNECTED, Move.CONNECT): Call.CONNECTED,
    (Call.CONNECTED, Move.END): Call.ENDED,
}

LIVE: Final = frozenset({Call.CLAIMED, Call.QUEUED, Call.CONNECTED})
"""There is a phone call now."""
OVER: Final = frozenset({Call.ENDED, Call.CANCELLED, Call.EXPIRED})
"""Nothing of the citizen is kept any more."""


def move(state: Call, what: Move) -> Call:
    """Return where this move leads, or raise IllegalMoveError."""
    try:
        return MOVES[state, what]
    except KeyError:
        raise IllegalMoveError(f"a call that is {state.value} cannot {what.value}") from None


def prove(state: Identification, what: Proof) -> Identification:
    """Return where this proof leads, or raise IllegalMoveError."""
    try:
        return PROOFS[state, what]
    except KeyError:
        raise IllegalMoveError(f"an identification that is {state.value} cannot {what.value}") from None


def sources(what: Move) -> tuple[Call, ...]:
    """Return the states that this move may start from."""
    return tuple(state for (state, listed) in MOVES if listed is what)


def target(what: Move) -> Call:
    """Return the one state that this move leads to."""
    (state,) = {to for (_, listed), to in MOVES.items() if listed is what}
    return state


@dataclass(frozen=True, slots=True)
class Session:
    """One citizen's wish to call, as the store keeps it. Holds no personal data in the clear."""

    id: str
    purpose: str
    language: str
    identification: Identification
    call: Call
    version: int
    created: float
    expires: float
    """Until when the code may be used; both in seconds since the epoch, by the store's clock."""
    member: str = ""
    """The queue member who has the call now; what the citizen is told of it is the page's affair."""
    ended_at: float = 0.0
    extended: int = 0
    """How often it got more time."""
    place: Place | None = None
    """Where its call stands in the queue, as far as it is known."""
    bound: str = ""
    """The one call for which its code counts, when it was begun for a call under way."""

    @property
    def is_over(self) -> bool:
        """Tell whether all that was personal is gone."""
        return self.call in OVER


@dataclass(frozen=True, slots=True)
class CitizenView:
    """What the citizen's page shows: no attributes, ever."""

    version: int
    purpose: str
    language: str
    identification: Identification
    call: Call
    seconds_left: int
    """How much longer the code may be used; 0 once it is used or over."""
    expires: float
    """Until when that is; 0 as above."""
    can_extend: bool
    member: str
    place: Place | None
    ended_at: float
    code: Secret | None
    extra: Secret | None
    """The four digits that the phone asks for only when there has been much guessing."""
    spoken: Secret | None = None
    """What a caller who cannot key reads out; only for a call under way."""
    in_call: bool = False
    """Whether the citizen is on the phone with us already."""


def citizen_view(
    session: Session,
    now: float,
    code: Secret | None,
    extra: Secret | None,
    spoken: Secret | None = None,
) -> CitizenView:
    """Return what the citizen may see now. The code is shown only while it can be used."""
    awaited = session.call is Call.AWAITED
    return CitizenView(
        version=session.version,
        purpose=session.purpose,
        language=session.language,
        identification=session.identification,
        call=session.call,
        seconds_left=max(0, int(session.expires - now)) if awaited else 0,
        expires=session.expires if awaited else 0.0,
        can_extend=awaited and session.extended < EXTENSIONS,
        member=session.member if session.call is Call.CONNECTED else "",
        place=session.place if session.call is Call.QUEUED else None,
        ended_at=session.ended_at,
        code=code if awaited else None,
        extra=extra if awaited else None,
        spoken=spoken if awaited and session.bound else None,
        in_call=bool(session.bound),
    )
