"""The invented people of the demonstration. Nobody has their numbers: 9999… is kept for tests."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)
DIVISOR: Final = 11
POSTCODE_CHARS: Final = len("1234 AB")
OTHER: Final = "demo"
"""What the demonstration fills in for an attribute that these people do not have."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    tag: str
    values: Mapping[str, str]

    @property
    def name(self) -> str:
        """What they are called."""
        return self.values["fullname"]

    def value(self, attribute: str) -> str:
        """Return what they have for this attribute; never nothing."""
        return self.values.get(attribute, OTHER)


def _person(name: str, born: str, bsn: str, street: str, place: str) -> Person:
    first, _, family = name.partition(" ")
    road, _, number = street.rpartition(" ")
    tag = first.lower()
    values = {
        "fullname": name,
        "firstnames": first,
        "familyname": family,
        "dateofbirth": born,
        "birthyear": born,
        "bsn": bsn,
        "street": road,
        "housenumber": number,
        "postcode": place[:POSTCODE_CHARS],
        "city": place[POSTCODE_CHARS:].strip(),
        "email": f"{tag}@example.nl",
        "over18": "Ja",
    }
    return Person(tag, MappingProxyType(values))


PEOPLE: Final = (
    _person("Willeke de Bruijn", "10-03-1965", "999990019", "Dorpsstraat 1", "1234 AB Ons Dorp"),
    _person("Youssef el Amrani", "22-11-1988", "999993653", "Kade 12", "2345 CD Waterstad"),
    _person("Greet Hooghiemstra", "05-08-1942", "999991772", "Lindelaan 105", "3456 EF Bosveld"),
)


def passes_eleven_test(bsn: str) -> bool:
    """Tell whether a citizen service number could exist (the elfproef)."""
    if len(bsn) != len(WEIGHTS) or not (bsn.isascii() and bsn.isdigit()):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, bsn, strict=True))
    return total % DIVISOR == 0 and int(bsn) > 0
