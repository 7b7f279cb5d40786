"""Links from an agent's screen into the organisation's other systems, with what the caller proved in them.

Pure. Knows addresses with names in braces, checked by `ivr.settings.back_office`, and values that may be
anything. A value never gets out of its place: percent-encoded whole, and no step up in the path. A link of
which a value is not on the screen is not there; so one with a masked value comes when that is asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from ivr.session.attributes import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_URL: Final = 2_000
"""Characters of an address with its values; longer ones are cut off or refused by browsers and proxies."""
_PLACE: Final = re.compile(r"\{([^{}]+)\}")
_STEPS: Final = frozenset({".", ".."})


@dataclass(frozen=True, slots=True)
class Template:
    """A link before there is a caller."""

    title: Mapping[str, str]
    url: str
    """With attributes' names in braces."""
    purposes: frozenset[str] = frozenset()
    """For which purposes it is; empty: for all."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link for one caller."""

    title: str
    url: Secret

    def to_json(self) -> dict[str, Any]:
        """The link as the browser gets it."""
        return {"title": self.title, "url": self.url.reveal()}


def fill(
    templates: Iterable[Template], purpose: str, values: Mapping[str, Secret], language: str
) -> Iterator[Link]:
    """Give the links for this purpose of which all values are there, in the operator's order."""
    for template in templates:
        if template.purposes and purpose not in template.purposes:
            continue
        url = _filled(template.url, values)
        if url:
            title = template.title.get(language) or next(iter(template.title.values()))
            yield Link(title, Secret(url))


def _filled(url: str, values: Mapping[str, Secret]) -> str:
    """Return the address, or nothing when it cannot be made."""
    names = _PLACE.findall(url)
    if not all(name in values and values[name].reveal() for name in names):
        return ""
    filled = _PLACE.sub(lambda place: quote(values[place[1]].reveal(), safe=""), url)
    up = _STEPS.intersection(urlsplit(filled).path.split("/"))
    return "" if len(filled) > MAX_URL or up else filled
