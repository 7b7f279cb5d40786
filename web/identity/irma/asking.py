"""What is asked of the app for a purpose: cards, their attributes, alternatives, and how sure they are.

PURE. Attributes of one card stand in one conjunction: the app then shows them from one card, so that a name
and a level cannot come from two (Yivi docs, "condiscon").
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ivr.session.attributes import Level
    from ivr.session.purpose import Purpose

Source = tuple[str, ...]
"""Attributes in the app that together are one of ours."""


def card_of(attribute: str) -> str:
    """Return the card that an attribute stands on."""
    return attribute.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to answer a question: our names with their sources, and the attribute that tells the level."""

    sources: Mapping[str, Source]
    level: str = ""

    @property
    def attributes(self) -> tuple[str, ...]:
        """Return all that is asked of the app, each once."""
        asked = [attribute for source in self.sources.values() for attribute in source]
        return tuple(dict.fromkeys([*asked, *([self.level] if self.level else [])]))


Question = tuple[Alternative, ...]
"""Alternatives, of which the citizen picks one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Where our attributes are in the app, and what its cards say of their own assurance."""

    sources: Mapping[str, tuple[Source, ...]]
    level_attribute: str
    """Empty: no card tells."""
    levels: Mapping[str, Level]
    """By the values of that attribute; what does not stand here is none at all."""
    level: Level
    """Of cards that do not tell."""

    @property
    def highest(self) -> Level:
        """Return the highest level that there can be."""
        told: Iterable[Level] = self.levels.values() if self.level_attribute else ()
        return max((self.level, *told))

    def check(self, purpose: Purpose) -> None:
        """Raise SettingsError if the app does not have all that this purpose needs."""
        for name in purpose.attribute_names:
            if not self.sources.get(name):
                raise SettingsError(
                    f"purposes.{purpose.name}: irma.attributes does not say where {name!r} is in the app. "
                    f'For example: {name} = ["pbdf.gemeente.personalData.{name}"]; '
                    "or name the purpose's methods without irma"
                )

    def questions(self, purpose: Purpose) -> tuple[Question, ...]:
        """Return what to ask: the purpose's attributes, and the level where a card tells it."""
        names: defaultdict[tuple[frozenset[str], ...], list[str]] = defaultdict(list)
        for name in purpose.attribute_names:
            cards = tuple(frozenset(map(card_of, source)) for source in self.sources[name])
            names[cards].append(name)
        questions = [self._question(alike) for alike in names.values()]
        if self.level >= purpose.minimum:
            return tuple(questions)
        return tuple(self._with_level(questions))

    def _question(self, names: list[str]) -> Question:
        """Put names together whose alternatives stand on the same cards."""
        count = len(self.sources[names[0]])
        return tuple(
            self._alternative({name: self.sources[name][one] for name in names}) for one in range(count)
        )

    def _alternative(self, sources: Mapping[str, Source]) -> Alternative:
        cards = {card_of(attribute) for source in sources.values() for attribute in source}
        tells = bool(self.level_attribute) and card_of(self.level_attribute) in cards
        return Alternative(sources, self.level_attribute if tells else "")

    def _with_level(self, questions: list[Question]) -> list[Question]:
        """Leave out alternatives that cannot be enough; if no card tells the level, ask for it by itself."""
        telling = [tuple(one for one in question if one.level) for question in questions]
        if any(telling):
            return [sure or question for sure, question in zip(telling, questions, strict=True)]
        return [*questions, (Alternative({}, self.level_attribute),)]


def condiscon(questions: tuple[Question, ...]) -> list[list[list[str]]]:
    """Return the questions as the server wants them."""
    return [[list(alternative.attributes) for alternative in question] for question in questions]
