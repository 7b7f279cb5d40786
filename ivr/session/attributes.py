"""What a citizen proved, in types that do not show themselves by accident.

Knows names, values, levels and methods. ``repr``, ``str`` and ``format`` of anything that holds a value give
``…`` only, so that a log line, a traceback or an f-string cannot leak it (requirements S1, S2).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from ivr.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_ATTRIBUTES: Final = 64
MAX_NAME: Final = 128
MAX_VALUE: Final = 4096
"""Bounds on what an identity provider may hand over: count, characters of a name, characters of a value."""


class Secret:
    """A string that only ``reveal()`` shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the string itself. Search for calls of this to see where secrets go."""
        return self._value

    def __repr__(self) -> str:
        return "…"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "…"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


class Attributes:
    """Names and proven values: immutable, bounded, silent about its values."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        if len(values) > MAX_ATTRIBUTES:
            raise InputError(f"more than {MAX_ATTRIBUTES} attributes")
        for name, value in values.items():
            if not name or not _is_text(name, MAX_NAME):
                raise InputError(f"an attribute's name is not text of 1 to {MAX_NAME} characters")
            if not _is_text(value, MAX_VALUE):
                raise InputError(f"attribute {name!r} is not text of at most {MAX_VALUE} characters")
        self._values = MappingProxyType(dict(values))

    def reveal(self) -> Mapping[str, str]:
        """Return the values themselves, read-only."""
        return self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Attributes) and other._values == self._values

    __hash__ = None  # type: ignore[assignment] # values are personal: not for use as a key

    def __repr__(self) -> str:
        return f"Attributes({', '.join(self._values)}: …)"

    def __reduce__(self) -> str:
        raise TypeError("attributes are not pickled")


def _is_text(value: object, most: int) -> bool:
    """Tell whether this is a string that UTF-8 can hold: JSON can carry halves of surrogate pairs."""
    if not isinstance(value, str) or len(value) > most:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


class Level(IntEnum):
    """eIDAS assurance levels, lowest first, so that ``>=`` compares them (EU 910/2014, article 8)."""

    NONE = 0
    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3


@dataclass(frozen=True, slots=True)
class Identity:
    """What an identity provider gave back, as it was returned and not as it was asked."""

    attributes: Attributes
    level: Level
    method: str
    """The login method's tag, for example ``irma``."""
    at: float
    """When the citizen logged in, in seconds since the epoch."""
