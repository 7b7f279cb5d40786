"""A session as a program sees it: what `CitizenView` holds, so no attribute ever. Knows names in JSON."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ivr.session.code import grouped

if TYPE_CHECKING:
    from ivr.session.attributes import Secret
    from ivr.session.model import CitizenView
    from web.citizen.status import Board

TICKING: Final = "secondsLeft"
"""Differs at every look; that alone is no news."""
TAG_CHARS: Final = 22


def shown(session: str, view: CitizenView, board: Board) -> dict[str, Any]:
    """Return the representation of a session."""
    return {
        "id": session,
        "version": view.version,
        "purpose": view.purpose,
        "language": view.language,
        "identification": view.identification.value,
        "call": view.call.value,
        TICKING: view.seconds_left,
        "canExtend": view.can_extend,
        "phone": {"number": board.line.number, "display": " ".join(board.line.groups)},
        "code": _code(view.code, view.extra, board),
        "queue": {"ahead": view.place.ahead, "minutes": view.place.minutes} if view.place else None,
        "agent": (board.display_name(view.member) or None) if view.member else None,
        "endedAt": moment(datetime.fromtimestamp(view.ended_at, tz=UTC)) if view.ended_at else None,
    }


def entity_tag(representation: dict[str, Any]) -> str:
    """Return the ETag of a representation: weak, since the seconds that tick away do not count (RFC 9110)."""
    news = {name: value for name, value in representation.items() if name != TICKING}
    return f'W/"{hashlib.sha256(json.dumps(news).encode()).hexdigest()[:TAG_CHARS]}"'


def _code(code: Secret | None, extra: Secret | None, board: Board) -> dict[str, str] | None:
    if code is None or extra is None:
        return None
    return {
        "digits": code.reveal(),
        "display": " ".join(grouped(code.reveal())),
        "extra": extra.reveal(),
        "telUrl": board.line.address(code),
    }


def moment(when: datetime | None) -> str | None:
    """Write a moment as RFC 3339 in UTC, to the second; none when there is none."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if when else None
