"""What a caller hears and keys, from the greeting to the queue.

Knows prompts, codes and claims. Does not run the queue: it sets three variables and returns, and whatever
goes wrong here leaves them unset, which the dialplan reads as "not identified" (requirement P4).

=====================  =======================================  ========================
what happened          what the caller hears                    an attempt lost?
=====================  =======================================  ========================
nothing was keyed      to-agent                                 ends
a typing error         mistyped, and may key again              no, but at most `TYPOS`
wrong, used, expired   wrong, and may key again                 yes, of `ATTEMPTS`
much guessing lately   extra, and keys four digits more         with the code itself
right                  thanks                                   ends
right, but closed      (the dialplan) closed                    ends, and the code still works
all is closed          (the dialplan) closed                    ends at once
the store is away      to-agent                                 ends
=====================  =======================================  ========================
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import structlog

from ivr.agi.asking import Without, ask
from ivr.agi.contract import INHERITED_REF, Prompt, Result, Variable
from ivr.agi.keypad import Keypad, Switch
from ivr.errors import NotFoundError
from ivr.session.doors import Doors
from ivr.session.number import clean
from ivr.store.claims import Claimed, Shut
from ivr.store.keyspace import CallId

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.agi.dialogue import Dialogue
    from ivr.session.attributes import Secret
    from ivr.session.doors import Closed
    from ivr.session.purpose import Purposes
    from ivr.store.claims import Claims, ExtraNeeded, Wrong

LANGUAGE: Final = "CHANNEL(language)"

log = structlog.get_logger()


TURNED_AWAY: Final = frozenset({Without.NO_CODE, Without.ATTEMPTS, Without.ALL_CLOSED})
"""For these the ordinary queue's hours count. Not after a fault of ours: the caller may have a right code."""


class CallFlow:
    """Takes one caller at a time through the greeting and the code. Holds nothing between calls."""

    def __init__(
        self,
        claims: Claims,
        purposes: Purposes,
        asterisk: str,
        length: int,
        clock: Callable[[], float] = time.monotonic,
        *,
        doors: Doors | None = None,
    ) -> None:
        self._claims = claims
        self._purposes = purposes
        self._asterisk = asterisk
        self._length = length
        self._clock = clock
        self._doors = doors or Doors(purposes, now=time.time)

    async def __call__(self, dialogue: Dialogue) -> None:
        """Take a caller from the greeting to where the dialplan goes on."""
        keypad = Keypad(dialogue, Switch(dialogue, self._clock))
        closed = self._doors.closed()  # once: who called in time is let in
        came: Claimed | Shut | Without = Without.MISROUTED
        if dialogue.request.args[:1] == (self._asterisk,):
            came = Without.ALL_CLOSED if closed.everything else await self._identify(dialogue, keypad, closed)
        match came:
            case Claimed():
                await self._hand_over(dialogue, came)
                log.info("call.identified", session=came.session, purpose=came.purpose)
                await keypad.play(Prompt.THANKS)
            case Shut():
                await self._turn_away(dialogue, "subject", came.language)
            case Without() if closed.ordinary and came in TURNED_AWAY:
                await self._turn_away(dialogue, came.value, dialogue.request.language)
            case _:
                await dialogue.set_variable(Variable.RESULT, Result.UNIDENTIFIED)
                log.info("call.unidentified", reason=came.value)
                await keypad.play(Prompt.TO_AGENT)

    async def _identify(self, dialogue: Dialogue, keypad: Keypad, closed: Closed) -> Claimed | Shut | Without:
        """Return the claim, or why there is none."""
        call = CallId(self._asterisk, dialogue.request.uniqueid)
        number = clean(dialogue.request.caller_number)

        async def claim(code: Secret, extra: Secret | None) -> Claimed | Shut | Wrong | ExtraNeeded:
            return await self._claims.claim(call, code, extra, number, closed.purposes)

        return await ask(keypad, claim, (Prompt.WELCOME, Prompt.NO_CODE), self._length)

    async def _hand_over(self, dialogue: Dialogue, claimed: Claimed) -> None:
        """Tell the dialplan, before anything is said: from here on a dead server changes nothing."""
        await dialogue.set_variable(INHERITED_REF, claimed.session)
        try:
            await dialogue.set_variable(Variable.QUEUE, self._purposes.get(claimed.purpose).queue)
        except NotFoundError:  # the web has a purpose that we were not told of: the ordinary queue then
            log.warning("call.purpose_unknown", purpose=claimed.purpose)
        await dialogue.set_variable(Variable.RESULT, Result.IDENTIFIED)
        await _speak(dialogue, claimed.language)

    @staticmethod
    async def _turn_away(dialogue: Dialogue, why: str, language: str) -> None:
        """Leave the caller to the dialplan: it says that we are closed, and goes to the operator's target."""
        await _speak(dialogue, language)
        await dialogue.set_variable(Variable.RESULT, Result.CLOSED)
        log.info("call.closed", reason=why)


async def _speak(dialogue: Dialogue, language: str) -> None:
    """Go on in the language of the citizen's page."""
    if language != dialogue.request.language:
        await dialogue.set_variable(LANGUAGE, language)
