"""The number that citizens call: as it is dialled, read and scanned. Knows tel: links and QR codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import segno
from markupsafe import Markup

from ivr.session.code import grouped

if TYPE_CHECKING:
    from ivr.session.attributes import Secret

PAUSE: Final = ",,"
"""Two seconds a comma, on both kinds of smartphone; they do not key `;`, `*` and `#` from a link."""
DUTCH: Final = "+31"


@dataclass(frozen=True, slots=True)
class Line:
    """One phone number."""

    number: str
    groups: tuple[str, ...]
    """As people read it, in the groups that they know."""

    @classmethod
    def of(cls, number: str, display: str = "") -> Line:
        """Make it from the settings; without a number to display, the number itself in groups."""
        if display:
            return cls(number, tuple(display.split()))
        if number.startswith(DUTCH):
            return cls(number, grouped("0" + number.removeprefix(DUTCH)))
        plus = "+" if number.startswith("+") else ""
        first, *others = grouped(number.removeprefix("+"))
        return cls(number, (plus + first, *others))

    def address(self, code: Secret) -> str:
        """Return the tel: link that calls and keys the code in by itself (requirement P9)."""
        return f"tel:{self.number}{PAUSE}{code.reveal()}"


def picture(address: str) -> Markup:
    """Draw a tel: link for the camera of a phone, as an SVG in the page; on white, also when it is dark."""
    drawn = segno.make(address, micro=False, error="m").svg_inline(
        omitsize=True, light="#fff", svgclass="idb-qr__svg"
    )
    return Markup(drawn)  # noqa: S704 - segno's own drawing: no text of anybody's is in it
