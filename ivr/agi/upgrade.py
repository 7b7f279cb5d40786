"""What a caller hears and keys in the middle of a conversation, to be identified after all (requirement P11).

The dialplan took the caller's channel out of the sound for as long as this lasts; the other side hears music.
Knows prompts, codes and claims. Has no dead man's switch: that would end the call. If this server dies, its
socket closes and the two talk on; if it freezes, its watchdog kills it. Whatever goes wrong here leaves the
call as it was.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

import structlog

from ivr.agi.asking import Without, ask
from ivr.agi.contract import INHERITED_REF, UPGRADE_ARGUMENT, Prompt, Variable, Verdict
from ivr.agi.keypad import Keypad, Unarmed
from ivr.errors import StoreError
from ivr.session.number import clean
from ivr.session.upgrade import KEYING_SECONDS, Mark
from ivr.store.claims import Claimed
from ivr.store.keyspace import CallId

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.agi.dialogue import Dialogue
    from ivr.session.attributes import Secret
    from ivr.store.claims import Claims, ExtraNeeded, Gone, Wrong
    from ivr.store.upgrades import Upgrades

RENEW_SECONDS: Final = KEYING_SECONDS / 3

log = structlog.get_logger()


class UpgradeFlow:
    """Takes one caller at a time from the conversation through the code and back. Holds nothing between."""

    def __init__(self, claims: Claims, upgrades: Upgrades, asterisk: str, length: int) -> None:
        self._claims = claims
        self._upgrades = upgrades
        self._asterisk = asterisk
        self._length = length

    async def __call__(self, dialogue: Dialogue) -> None:
        """Ask for a code, and give the caller back."""
        call = CallId(self._asterisk, dialogue.request.uniqueid)
        if dialogue.request.args != (self._asterisk, UPGRADE_ARGUMENT) or not await self._mark(call):
            # Nothing to be said: who is identified already, or of whom we know nothing, talks on at once.
            await dialogue.set_variable(Variable.VERDICT, Verdict.UNIDENTIFIED)
            return
        async with self._told(call):
            await self._identify(dialogue, call)

    async def _identify(self, dialogue: Dialogue, call: CallId) -> None:
        keypad = Keypad(dialogue, Unarmed(dialogue))
        number = clean(dialogue.request.caller_number)

        async def claim(code: Secret, extra: Secret | None) -> Claimed | Wrong | ExtraNeeded | Gone:
            return await self._claims.join(call, code, extra, number)

        came = await ask(keypad, claim, (Prompt.UPGRADE,), self._length)
        if isinstance(came, Claimed):
            await dialogue.set_variable(INHERITED_REF, came.session)
            await dialogue.set_variable(Variable.VERDICT, Verdict.IDENTIFIED)
            log.info("call.upgraded", session=came.session, purpose=came.purpose)
            await keypad.play(Prompt.UPGRADED)
        else:
            await dialogue.set_variable(Variable.VERDICT, Verdict.UNIDENTIFIED)
            log.info("call.not_upgraded", reason=came.value if isinstance(came, Without) else "gone")
            await keypad.play(Prompt.NOT_UPGRADED)

    @asynccontextmanager
    async def _told(self, call: CallId) -> AsyncIterator[None]:
        """Tell the agent that the caller is keying, for as long as it is so: no second start meanwhile."""
        telling = asyncio.create_task(self._tell(call), name="keying")
        try:
            yield
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            with suppress(StoreError):  # the mark then runs out by itself
                await self._upgrades.mark(call, Mark.FAILED)  # which nobody is, who is identified

    async def _tell(self, call: CallId) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await self._mark(call)

    async def _mark(self, call: CallId) -> bool:
        """Say that the caller keys; tell whether that is any use."""
        try:
            return await self._upgrades.mark(call, Mark.KEYING)
        except StoreError as error:
            log.warning("call.store_lost", reason=str(error))
            return False
