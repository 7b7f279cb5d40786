"""Saying once that something is lost, and once that it is back, however often we notice.

Knows two names for the log. Decides nothing.
"""

from __future__ import annotations

import structlog

log = structlog.get_logger()


class Trouble:
    """One thing that can be lost for a while, such as the store."""

    def __init__(self, lost: str, back: str) -> None:
        """``lost`` and ``back`` are the names of the two log lines."""
        self._lost = lost
        self._back = back
        self._lasts = False

    def tell(self, error: Exception) -> None:
        """It is lost, or still is: the first time is logged with the reason."""
        if not self._lasts:
            self._lasts = True
            log.warning(self._lost, reason=str(error))

    def over(self) -> None:
        """It is there: logged if it was lost."""
        if self._lasts:
            self._lasts = False
            log.info(self._back)
