"""Digits keyed by a caller: over the prompt, with pauses, with second thoughts.

Knows prompts, keys and waits. Does not know what the digits mean. A caller may key while a prompt plays
(it stops), end with ``#`` or just stop, and start over with ``*`` (requirement P6).

Between two commands Asterisk keeps no finished digit, so nothing slow stands between them here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import structlog

from ivr.agi.contract import ARM_SECONDS, COMMAND_SECONDS, REARM, Prompt
from ivr.agi.dialogue import FAILED
from ivr.errors import HungUpError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.agi.dialogue import Dialogue

FIRST_SECONDS: Final = 10
"""For the first digit after the prompts: older hands are slow."""
NEXT_SECONDS: Final = 5
"""For each digit after that; then the caller has stopped."""
LONGEST_WAIT: Final = 5
"""One command waits no longer, so that the dead man's switch can stay short."""
MAX_KEYS: Final = 100
"""Keys in one go, with all starting over; then we stop listening."""
MARGIN_SECONDS: Final = 1
"""Between the longest command and the dead man's switch."""
BARGE_IN: Final = "0123456789*"

log = structlog.get_logger()


class Switch:
    """The dead man's switch of the dialplan: armed again before it can go off under a living server."""

    def __init__(self, dialogue: Dialogue, clock: Callable[[], float]) -> None:
        self._dialogue = dialogue
        self._clock = clock
        self._armed = -math.inf  # how long Asterisk took to connect to us since it armed it, nobody tells

    async def ensure(self, seconds: float = COMMAND_SECONDS) -> None:
        """See to it that the next ``seconds`` fit before it goes off; HungUpError if nobody is there."""
        if self._clock() + seconds > self._armed + ARM_SECONDS - MARGIN_SECONDS:
            result = await self._dialogue.execute(*REARM)
            if result == FAILED:
                raise HungUpError("the switch cannot be armed")
            self._armed = self._clock()
        self.see()

    def see(self) -> None:
        """Raise HungUpError if nobody is there."""
        if self._dialogue.hung_up:
            raise HungUpError("the caller hung up")


class Unarmed(Switch):
    """In a conversation there is no switch: it would end the call."""

    def __init__(self, dialogue: Dialogue) -> None:
        super().__init__(dialogue, lambda: 0.0)

    async def ensure(self, seconds: float = COMMAND_SECONDS) -> None:  # noqa: ARG002  nothing runs out
        """Raise HungUpError if nobody is there."""
        self.see()


class Keypad:
    """Plays prompts and collects digits on one call."""

    def __init__(self, dialogue: Dialogue, switch: Switch) -> None:
        self.switch = switch
        self._dialogue = dialogue

    async def play(self, prompt: Prompt, escape: str = "") -> str:
        """Play one prompt; return the key that stopped it, or nothing."""
        await self.switch.ensure()
        key = await self._dialogue.stream_file(prompt.sound, escape)
        if key is None:
            log.error("prompt.missing", prompt=prompt.value, language=self._dialogue.request.language)
        return key or ""

    async def collect(self, prompts: tuple[Prompt, ...], length: int) -> str:
        """Return the digits that were keyed, at most ``length``; nothing if the caller keyed none."""
        key = ""
        for prompt in prompts:
            key = await self.play(prompt, BARGE_IN)
            if key:
                break
        digits = ""
        for _ in range(MAX_KEYS):
            key = key or await self._wait(NEXT_SECONDS if digits else FIRST_SECONDS)
            if key == "*":
                digits = ""
            elif key.isdigit():
                digits += key
                if len(digits) == length:
                    break
            elif digits or not key:  # "#" ends, and so does silence; a "#" before any digit means nothing
                break
            key = ""
        return digits

    async def _wait(self, seconds: int) -> str:
        for start in range(0, seconds, LONGEST_WAIT):
            turn = min(LONGEST_WAIT, seconds - start)
            await self.switch.ensure(turn)
            key = await self._dialogue.wait_for_digit(turn * 1000)
            if key:
                return key
        return ""
