"""What a call flow may ask of a call.

Knows the few AGI commands that we use and what their results mean. Must not know sockets or prompts.

Every command may raise `HungUpError`, `DeadChannelError` or `ConnectionEndedError` (the caller is gone),
`TooSlowError` (no reply within its time), `AgiProtocolError` (not Asterisk, or not one that we know) and
`UnsafeValueError` (CR, LF or NUL in an argument; nothing was sent). After any of these but the last the
connection is closed, or about to be, and no more can be asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.agi.commands import quote
from ivr.errors import AgiProtocolError, HungUpError

if TYPE_CHECKING:
    import asyncio

    from ivr.agi.events import Reply, Request
    from ivr.agi.limits import AgiLimits
    from ivr.agi.link import Link

FAILED = -1
KEYS = {0: ""} | {ord(key): key for key in "0123456789*#ABCD"}


class Dialogue:
    """One call, one command at a time."""

    __slots__ = ("_limits", "_link", "request")

    def __init__(self, link: Link, request: Request, limits: AgiLimits) -> None:
        self.request = request
        self._link = link
        self._limits = limits

    @property
    def hung_up(self) -> bool:
        """Whether Asterisk has told us that the caller hung up. It may know before we do."""
        return self._link.wire.hung_up

    def command(self, line: str, seconds: float | None = None) -> asyncio.Future[Reply]:
        """Any AGI command, as one line; its reply, whatever its code but 511.

        `seconds` bounds the wait (default `AgiLimits.command_seconds`). A wait that is cancelled leaves the
        command under way: until its reply has come, which nobody gets, another is an `IllegalMoveError`.
        """
        return self._link.ask(line, self._limits.command_seconds if seconds is None else seconds)

    async def answer(self) -> None:
        """Pick up, if nobody has. `HungUpError` when that fails: only a channel that is going refuses."""
        if _number(await self.command("ANSWER")) == FAILED:
            raise HungUpError("the channel could not be answered")

    async def stream_file(self, name: str, escape_digits: str = "") -> str | None:
        """Play a prompt in the channel's language, until its end or until one of these keys.

        The key; "" when none came; None when Asterisk has no such prompt, or cannot read it. A hangup is a
        `ChannelGoneError`: Asterisk's -1 means either, so we ask again whether there is a channel.
        """
        line = f"STREAM FILE {quote(name)} {quote(escape_digits)}"
        result = _number(await self.command(line, self._limits.prompt_seconds))
        if result == FAILED:
            await self.command("CHANNEL STATUS")
            return None
        return _key(result)

    async def wait_for_digit(self, milliseconds: int) -> str:
        """The next key, or "" when none came in time."""
        seconds = milliseconds / 1000 + self._limits.command_seconds
        result = _number(await self.command(f"WAIT FOR DIGIT {milliseconds}", seconds))
        if result == FAILED:
            raise HungUpError("no more digits can come")
        return _key(result)

    async def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable, or write a dialplan function such as ``TIMEOUT(absolute)``."""
        _number(await self.command(f"SET VARIABLE {quote(name)} {quote(value)}"))

    async def get_variable(self, name: str) -> str | None:
        """A channel variable, or what a dialplan function reads; None when it is not set."""
        reply = await self.command(f"GET VARIABLE {quote(name)}")
        return reply.data if _number(reply) == 1 else None

    async def execute(self, application: str, arguments: str = "", seconds: float | None = None) -> int:
        """Run a dialplan application. Its result: -1 failed or hung up, -2 there is no such application."""
        return _number(await self.command(f"EXEC {quote(application)} {quote(arguments)}", seconds))


def _number(reply: Reply) -> int:
    """The result of a command that every Asterisk knows, and that has a number for result."""
    if reply.result is None:
        raise AgiProtocolError(f"no number in reply to a command of ours, but code {reply.code}")
    return reply.result


def _key(result: int) -> str:
    """The key that Asterisk tells as its ASCII code, 0 for none."""
    key = KEYS.get(result)
    if key is None:
        raise AgiProtocolError("a key that no telephone has")
    return key
