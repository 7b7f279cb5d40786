"""Asking a caller for a code, some times over: the same before the queue and in a conversation.

Knows typing errors, attempts and extra digits. Does not know what a right code is good for: that is the claim
which it is given.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from ivr.agi.contract import Prompt
from ivr.errors import StoreError
from ivr.session.attributes import Secret
from ivr.session.code import EXTRA_LENGTH, is_well_formed
from ivr.store.claims import ExtraNeeded, Wrong

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ivr.agi.keypad import Keypad

    Came = TypeVar("Came")
    Claim = Callable[[Secret, Secret | None], Awaitable[Came | Wrong | ExtraNeeded]]

ATTEMPTS: Final = 3
TYPOS: Final = 5

log = structlog.get_logger()


class Without(StrEnum):
    """Why a caller goes on without a claim."""

    MISROUTED = "misrouted"
    """Asked by an Asterisk that is not ours."""
    NO_CODE = "no code"
    ATTEMPTS = "attempts"
    STORE = "store"
    ALL_CLOSED = "all closed"


async def ask(keypad: Keypad, claim: Claim[Came], prompts: tuple[Prompt, ...], length: int) -> Came | Without:
    """Return what the claim of a keyed code came to, or why there is none.

    ``claim`` takes a code and perhaps its extra digits.
    """
    wrong = typos = 0
    while wrong < ATTEMPTS and typos < TYPOS:
        code = await keypad.collect(prompts, length)
        if not code:
            return Without.NO_CODE
        if not is_well_formed(code, length):
            typos += 1
            prompts = (Prompt.MISTYPED,)
            continue
        try:
            answer = await _claim(keypad, claim, Secret(code))
        except StoreError as error:
            log.warning("call.store_lost", reason=str(error))
            return Without.STORE
        if not isinstance(answer, Wrong):
            return answer
        wrong += 1
        prompts = (Prompt.WRONG,)
    return Without.ATTEMPTS


async def _claim(keypad: Keypad, claim: Claim[Came], code: Secret) -> Came | Wrong:
    """Claim a code, with the extra digits where they are asked.

    The switch is armed first: however slow the store, who is claimed must reach the dialplan.
    """
    await keypad.switch.ensure()
    answer = await claim(code, None)
    if isinstance(answer, ExtraNeeded):
        extra = await keypad.collect((Prompt.EXTRA,), EXTRA_LENGTH)
        await keypad.switch.ensure()
        answer = await claim(code, Secret(extra or "-"))
    return Wrong() if isinstance(answer, ExtraNeeded) else answer
