"""What a citizen may call about: the purpose, its queue, and the attributes that it needs.

Knows the words, the hours and the limits of each purpose. Does not know sessions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.errors import NotFoundError
from ivr.session.attributes import Attributes, Level
from ivr.session.opening import ALWAYS
from ivr.session.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from ivr.session.opening import Hours


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """One attribute that a purpose asks for."""

    name: str
    label: Mapping[str, str]
    """What people call it, per language."""
    keep: Part = Part.WHOLE
    """How much of what is proven is kept."""
    masked: bool = False
    """Whether agents see it only when they ask."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """One subject that citizens call about."""

    name: str
    """Short and stable: it stands in links on letters."""
    queue: str
    title: Mapping[str, str]
    why: Mapping[str, str]
    """One or two plain sentences: why these data are needed."""
    attributes: tuple[AttributeSpec, ...]
    minimum: Level = Level.LOW
    methods: tuple[str, ...] = ()
    """Tags of the login methods that are allowed, in the order shown; empty means all that are set up."""
    hours: Hours = ALWAYS
    """When its callers are answered."""

    @property
    def attribute_names(self) -> tuple[str, ...]:
        """Return the names only, in the purpose's order."""
        return tuple(spec.name for spec in self.attributes)

    def take(self, attributes: Attributes) -> Attributes:
        """Keep what this purpose asks for, in its order, of each the part that it needs; drop all else."""
        values = attributes.reveal()
        return Attributes(
            {spec.name: spec.keep.of(values[spec.name]) for spec in self.attributes if spec.name in values}
        )


class Purposes:
    """All purposes, in the operator's order."""

    __slots__ = ("_by_name",)

    def __init__(self, purposes: tuple[Purpose, ...]) -> None:
        self._by_name = {purpose.name: purpose for purpose in purposes}

    def __iter__(self) -> Iterator[Purpose]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def closed(self, now: datetime) -> frozenset[str]:
        """Return the names of those whose callers nobody answers at this moment."""
        return frozenset(purpose.name for purpose in self if not purpose.hours.at(now).open)

    @property
    def masked(self) -> frozenset[str]:
        """Return the names of the attributes that agents see only when they ask."""
        return frozenset(spec.name for purpose in self for spec in purpose.attributes if spec.masked)

    def get(self, name: str) -> Purpose:
        """Return the purpose of this name, or raise NotFoundError."""
        try:
            return self._by_name[name]
        except KeyError:
            raise NotFoundError("there is no such purpose") from None
