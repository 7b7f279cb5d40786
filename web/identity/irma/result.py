"""What the server says came back: attributes and level, or why there are none.

PURE, and mistrustful: a result counts only when it is of this very session, done, valid, and answers every
question.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from ivr.errors import IdentityError, InputError
from ivr.session.attributes import Attributes, Level
from web.identity.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.identity.irma.asking import Alternative, Asking, Question

VALID: Final = "VALID"
PRESENT: Final = "PRESENT"
DISCLOSING: Final = "disclosing"
MAX_DISCLOSED: Final = 256
"""Attributes in one answer that are looked at; we ask for far fewer."""


class Status(StrEnum):
    """How a session stands at the server."""

    INITIALIZED = "INITIALIZED"
    PAIRING = "PAIRING"
    CONNECTED = "CONNECTED"
    CANCELLED = "CANCELLED"
    TIMEOUT = "TIMEOUT"
    DONE = "DONE"


ENDED: Final = {Status.CANCELLED: Refusal.CANCELLED, Status.TIMEOUT: Refusal.LATE}


def read(
    result: object, token: str, questions: tuple[Question, ...], asking: Asking
) -> tuple[Attributes, Level]:
    """Return what was proven.

    Raises:
        IdentityError: ``unavailable`` when this is not the sound result of this session, ``incomplete`` when
            it does not answer every question.

    """
    answers = _sound(result, token)
    values: dict[str, str] = {}
    told: list[Level] = []
    for place, question in enumerate(questions):
        given = _present(answers[place]) if place < len(answers) else {}
        answered = _answered(question, given)
        values |= {name: " ".join(given[one] for one in ids) for name, ids in answered.sources.items()}
        if answered.level:
            told.append(asking.levels.get(given[answered.level], Level.NONE))
    try:
        return Attributes(values), min(told, default=asking.level)
    except InputError:
        raise _unsound() from None


def _sound(result: object, token: str) -> list[Any]:
    """Take the answers out of a result; raise IdentityError if it is not one of this session."""
    if not isinstance(result, dict) or result.get("token") != token:
        raise _unsound()
    sound = (
        result.get("status") == Status.DONE,
        result.get("type") == DISCLOSING,
        result.get("proofStatus") == VALID,
        not result.get("error"),
        isinstance(result.get("disclosed"), list),
    )
    if not all(sound):
        raise _unsound()
    answers: list[Any] = result["disclosed"]
    return answers


def _present(answer: object) -> Mapping[str, str]:
    """Return the values in an answer to one question; those that are absent or odd do not count."""
    if not isinstance(answer, list):
        raise _unsound()
    return {
        one["id"]: one["rawvalue"]
        for one in answer[:MAX_DISCLOSED]
        if isinstance(one, dict) and one.get("status") == PRESENT
        if isinstance(one.get("id"), str) and isinstance(one.get("rawvalue"), str)
    }


def _answered(question: Question, given: Mapping[str, str]) -> Alternative:
    for alternative in question:
        if given.keys() >= set(alternative.attributes):
            return alternative
    raise IdentityError("not all that was asked came back", reason=Refusal.INCOMPLETE)


def _unsound() -> IdentityError:
    return IdentityError("the server's result is not one that we can take", reason=Refusal.UNAVAILABLE)
