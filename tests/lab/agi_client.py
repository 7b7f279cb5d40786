"""Asterisk and a caller's fingers, for one FastAGI call after another, on a clock of their own.

Answers each command of the server as Asterisk 22 does, and keys what the test says at each prompt. Time does
not pass: each command moves the clock by as long as it would have taken, so a test can prove what Asterisk's
dead man's switch would have done. ::

    client = AgiClient(server.address, clock)
    heard = await client.call({"welcome": ["123,456"], "wrong": [code]})

Keys: digits, ``*`` and ``#`` as they are; ``,`` is silence for as long as the server listens; ``.`` in front
lets the prompt come to its end. What is listed for a prompt is for each time that it is played.
"""

from __future__ import annotations

import asyncio
import shlex
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ivr.agi.contract import ARM_SECONDS, REARM
from tests.lab.agi_peer import AgiPeer, block

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PROMPT_SECONDS: Final = 4.0
KEY_SECONDS: Final = 0.4
COMMAND_SECONDS: Final = 0.001
SET: Final = "200 result=1"
PLAYED: Final = "200 result=0 endpos=32000"
UNPLAYED: Final = "200 result=-1 endpos=0"
UP: Final = "200 result=6"
DEAD: Final = "511 Command Not Permitted on a dead channel or intercept routine"


@dataclass
class Clock:
    """The time in Asterisk and in the server under test."""

    now: float = 1000.0

    def __call__(self) -> float:
        """As ``time.monotonic``."""
        return self.now


@dataclass
class Heard:
    """One call, as Asterisk had it."""

    commands: list[str] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    longest: float = 0.0
    """Seconds of the command that took longest."""
    cut_off: bool = False
    """The switch went off under the server."""

    def before(self, prompt: str) -> str:
        """All commands up to the one that plays this prompt."""
        played = next(i for i, line in enumerate(self.commands) if f'idbellen/{prompt}"' in line)
        return "\n".join(self.commands[:played])


def hangs_up(peer: AgiPeer) -> None:
    """The caller hangs up, and Asterisk ends the connection (``AGIEXITONHANGUP=yes``)."""
    peer.reply("HANGUP", "200 result=-1")
    peer.end()


def is_gone(peer: AgiPeer) -> None:
    """The channel was gone before the command came."""
    peer.reply("HANGUP", DEAD)


def vanishes(peer: AgiPeer) -> None:
    """Asterisk itself is gone."""
    peer.end()


def breaks_off(peer: AgiPeer) -> None:
    """The connection ends in the middle of a line."""
    peer.send(b"200 resu")
    peer.end()


FATES: Final = (hangs_up, is_gone, vanishes, breaks_off)


async def _next(peer: AgiPeer) -> str | None:
    """The next command, or None when the server has closed."""
    try:
        return await peer.command()
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


class AgiClient:
    """Calls the server at this address."""

    def __init__(
        self,
        address: tuple[str, int],
        clock: Clock | None = None,
        *,
        lag: float = 0.0,
        seconds: Callable[[str], float] = lambda _prompt: PROMPT_SECONDS,
        key_seconds: float = KEY_SECONDS,
        missing: Sequence[str] = (),
    ) -> None:
        """``lag``: from arming the switch to connecting. ``missing``: prompts that are not there."""
        self.clock = clock or Clock()
        self._address = address
        self._lag = lag
        self._seconds = seconds
        self._key_seconds = key_seconds
        self._missing = missing

    async def call(
        self,
        keys: Mapping[str, Sequence[str]] | None = None,
        *,
        fate: tuple[int, Callable[[AgiPeer], None]] | None = None,
        **headers: str,
    ) -> Heard:
        """One call to its end. ``fate``: what becomes of it at which command, counted from 0."""
        line = _Line(self, {prompt: deque(listed) for prompt, listed in (keys or {}).items()})
        async with AgiPeer.connect(self._address, block(**headers)) as peer:
            while (command := await _next(peer)) is not None:
                line.heard.commands.append(command)
                if fate and len(line.heard.commands) == fate[0] + 1:
                    fate[1](peer)
                    assert await peer.closed() == b""
                    break
                peer.reply(line.answer(shlex.split(command)))
        return line.heard


class _Line:
    """One call."""

    def __init__(self, client: AgiClient, reactions: dict[str, deque[str]]) -> None:
        self.heard = Heard()
        self._client = client
        self._clock = client.clock
        self._reactions = reactions
        self._keys: deque[str] = deque()
        self._cut = self._clock.now + ARM_SECONDS
        self._clock.now += client._lag

    def answer(self, words: list[str]) -> str:
        match words:
            case ["STREAM", "FILE", name, escape]:
                return self._play(name.removeprefix("idbellen/"), escape)
            case ["WAIT", "FOR", "DIGIT", milliseconds]:
                return self._wait(int(milliseconds) / 1000)
            case ["SET", "VARIABLE", name, value]:
                self._pass(COMMAND_SECONDS)
                self.heard.variables[name] = value
                return SET
            case ["EXEC", *application]:
                self._pass(COMMAND_SECONDS)
                assert tuple(application) == REARM
                self._cut = self._clock.now + ARM_SECONDS
                return "200 result=0"
            case ["CHANNEL", "STATUS"]:
                return UP
        raise AssertionError(f"a command that no call needs: {words[:2]}")

    def _play(self, prompt: str, escape: str) -> str:
        self.heard.prompts.append(prompt)
        listed = self._reactions.get(prompt)
        if listed:
            self._keys = deque(listed.popleft())
        if prompt in self._client._missing:
            return UNPLAYED
        seconds = self._client._seconds(prompt)
        if self._keys and self._keys[0] in escape:
            self._pass(min(seconds, self._client._key_seconds))
            return f"200 result={ord(self._keys.popleft())} endpos=4320"
        while self._keys and self._keys[0] != ",":
            # What is not listened for while it plays is lost; "." stands for nothing.
            if self._keys.popleft() == ".":
                break
        self._pass(seconds)
        return PLAYED

    def _wait(self, seconds: float) -> str:
        if not self._keys or self._keys[0] == ",":
            if self._keys:
                self._keys.popleft()
            self._pass(seconds)
            return "200 result=0"
        self._pass(min(seconds, self._client._key_seconds))
        return f"200 result={ord(self._keys.popleft())}"

    def _pass(self, seconds: float) -> None:
        self._clock.now += seconds
        self.heard.longest = max(self.heard.longest, seconds)
        self.heard.cut_off |= self._clock.now >= self._cut
