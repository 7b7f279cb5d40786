"""What the operator has to say to whoever comes by: a word, a disruption, or the end of the service.

PURE. Knows kinds and texts. Does not know where a notice is kept, nor how it looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ivr.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_TEXT: Final = 400
"""Characters; a notice is read on a phone."""


class Kind(StrEnum):
    """What a notice means for who wants to start."""

    NOTICE = "notice"
    """Good to know; everything works."""
    DISRUPTED = "disrupted"
    """Nobody can start for now."""
    ENDED = "ended"
    """Nobody can start any more: a pilot is over."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; raises InputError if it says nothing, or more than a notice can."""

    kind: Kind
    text: Mapping[str, str]
    """By language, at least one of them."""

    def __post_init__(self) -> None:
        if not self.text:
            raise InputError("a notice needs a text")
        for said in self.text.values():
            if not (said.strip() and said.isprintable() and len(said) <= MAX_TEXT):
                raise InputError(f"a notice is one line of at most {MAX_TEXT} characters")

    @property
    def stops(self) -> bool:
        """Whether nobody can start while this holds."""
        return self.kind is not Kind.NOTICE
