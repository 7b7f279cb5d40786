"""Wrap-up: after a call from a queue its agent gets no other for a while, to write down what must be.

Knows when one begins and that it ends. It is a pause in Asterisk with a reason of ours, so whoever watches
next finds it there and ends it in time. Asterisk may ring the next caller before the pause is there: that
call is answered as any other.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from ivr.errors import ManagerError, StoreError, TooSlowError
from ivr.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.ami.members import Members

LOOK_SECONDS: Final = 1.0
"""Between two looks for those that are over."""


class WrapUps:
    """Begins and ends them. ``at_work`` tells of a member whether its agent has a desktop to end it with."""

    def __init__(self, members: Members, at_work: Callable[[str], bool]) -> None:
        self._members = members
        self._at_work = at_work
        self._freed: set[str] = set()
        self._news = asyncio.Event()
        self._trouble = Trouble("wrap_up.failed", "wrap_up.works")

    def freed(self, interface: str) -> None:
        """This member's call is over, or with somebody else."""
        if self._members.wrap_up and self._members.may and self._at_work(interface):
            self._freed.add(interface)
            self._news.set()

    async def run(self) -> None:
        """Begin and end them; until cancelled, or `LeaseLostError`."""
        while True:
            self._news.clear()
            try:
                while self._freed:
                    await self._members.begin_wrap_up(self._freed.pop())
                await self._members.end_wrap_ups()
            except (ManagerError, StoreError, TooSlowError) as error:
                self._trouble.tell(error)
            else:
                self._trouble.over()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._news.wait()
