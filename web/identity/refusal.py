"""Why a log-in gave nothing. PURE: words only; what a citizen is told of each is the page's affair."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why a log-in gave nothing. Stands in links, so it says nothing of anybody."""

    CANCELLED = "cancelled"
    """The citizen stopped it."""
    UNAVAILABLE = "unavailable"
    """The other party did not answer, or not sensibly."""
    LATE = "late"
    """It took longer than we wait for it."""
    TOO_LOW = "too-low"
    """Logged in, at a lower level than the purpose needs."""
    INCOMPLETE = "incomplete"
    """Logged in, without all that the purpose needs."""

    @property
    def is_final(self) -> bool:
        """Tell whether this ends the matter: after the others the citizen may simply try again."""
        return self in {Refusal.TOO_LOW, Refusal.INCOMPLETE}
