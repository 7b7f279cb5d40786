"""What can come out of a FastAGI conversation.

Knows the shape of a request and of a reply, and hides in every ``repr`` what is the caller's. Must not know
how they are read from bytes, nor what is done with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.errors import AgiProtocolError


@dataclass(frozen=True, slots=True)
class Request:
    """The call that Asterisk tells us of. Values are as Asterisk has them: any characters but LF."""

    headers: Mapping[str, str] = field(repr=False)

    @property
    def script(self) -> str:
        """What follows the host in ``agi://host/script``; empty when nothing does."""
        return self.headers.get("agi_network_script", "")

    @property
    def channel(self) -> str:
        """The channel's name, as in ``PJSIP/trunk-0000002a``."""
        return self.headers["agi_channel"]

    @property
    def uniqueid(self) -> str:
        """The channel's id, unique on its Asterisk."""
        return self.headers["agi_uniqueid"]

    @property
    def caller_number(self) -> str:
        """As the network gave it, any characters; ``unknown`` when withheld. A signal, never a proof."""
        return self.headers.get("agi_callerid", "unknown")

    @property
    def language(self) -> str:
        """The channel's language, as in ``nl``."""
        return self.headers.get("agi_language", "")

    @property
    def extension(self) -> str:
        """The number that was dialled, as the dialplan has it."""
        return self.headers.get("agi_extension", "")

    @property
    def args(self) -> tuple[str, ...]:
        """What the dialplan passed: ``agi_arg_1`` and on, up to the first that is missing."""
        found: list[str] = []
        while (arg := self.headers.get(f"agi_arg_{len(found) + 1}")) is not None:
            found.append(arg)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Reply:
    """What Asterisk answered to one command. Hidden but for its code: a result can be a digit of a code."""

    code: int
    """200 done; 510 unknown command; 511 not on a dead channel; 520 wrong arguments."""
    text: str = field(repr=False)
    """All after the code; of a usage text, its lines."""
    result: int | None = field(default=None, repr=False)
    """The number after ``result=``; None where there is none, as in ``200 result= (timeout)``."""
    data: str = field(default="", repr=False)
    """What stands in the parentheses."""
    endpos: int | None = field(default=None, repr=False)
    """Where a prompt stopped, in samples."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller hung up. Told once; a reply to the command under way may still come."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The other side closed the connection. Nothing follows."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The other side does not speak FastAGI. Nothing follows."""

    error: AgiProtocolError


Event = Request | Reply | HungUp | Ended | Broken
