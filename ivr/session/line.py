"""A call on an agent's line: what that agent may see of it, and no other.

PURE. Knows sessions and what was proven in them. A view holds nothing of a call that is not on this line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.session.attributes import Level, Secret
from ivr.session.model import Identification

if TYPE_CHECKING:
    from ivr.session.attributes import Attributes, Identity
    from ivr.session.model import Session
    from ivr.session.upgrade import Upgrade


@dataclass(frozen=True, slots=True)
class Line:
    """A call on an agent's line, with or without a session."""

    version: int
    queue: str
    connected_at: float
    caller_number: Secret | None
    upgrade: Upgrade | None = None


@dataclass(frozen=True, slots=True)
class AgentView:
    """What one agent's desktop shows of the one call that is theirs now."""

    version: int
    identification: Identification | None
    """None: an ordinary caller, who holds no code."""
    purpose: str
    queue: str
    method: str
    level: Level
    verified_at: float
    connected_at: float
    caller_number: Secret | None
    attributes: tuple[tuple[str, Secret], ...]
    """Name and value, in the purpose's order; filled only when verified."""
    upgrade: Upgrade | None = None
    """How far the identification of an ordinary caller is; None when nobody began."""


def agent_view(line: Line, session: Session | None, identity: Identity | None) -> AgentView:
    """Return what the agent on this line may see now.

    ``identity`` is what the session's seal held, or None when there is none or it does not open: even a
    verified session is then shown as not identified.
    """
    identification = session.identification if session else None
    if identification is Identification.VERIFIED and identity is None:
        identification = Identification.FAILED
    proven = identity if identification is Identification.VERIFIED else None
    return AgentView(
        version=line.version,
        identification=identification,
        purpose=session.purpose if session else "",
        queue=line.queue,
        method=proven.method if proven else "",
        level=proven.level if proven else Level.NONE,
        verified_at=proven.at if proven else 0.0,
        connected_at=line.connected_at,
        caller_number=line.caller_number,
        attributes=_secrets(proven.attributes) if proven else (),
        upgrade=None if session else line.upgrade,
    )


def _secrets(attributes: Attributes) -> tuple[tuple[str, Secret], ...]:
    return tuple((name, Secret(value)) for name, value in attributes.reveal().items())
