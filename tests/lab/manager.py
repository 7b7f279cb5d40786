"""A bare reader of Asterisk's manager events, for tests that must see what really happened.

Speaks AMI by itself, so that it shares no fault with the program under test.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from tests.lab.asterisk_files import LAB_SECRET, LAB_USER
from tests.lab.story import Event, Story

if TYPE_CHECKING:
    from types import TracebackType

WAIT_SECONDS = 10.0


class Manager:
    """One manager connection that remembers all it is told."""

    def __init__(
        self, port: int, user: str = LAB_USER, secret: str = LAB_SECRET, *, address: str = "127.0.0.1"
    ) -> None:
        """``address`` is the one to connect from."""
        self._port = port
        self._address = address
        self._user, self._secret = user, secret
        self.story = Story(f"manager user {user}", "Event")
        self._actions = 0

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(
            "127.0.0.1", self._port, local_addr=(self._address, 0)
        )
        await self._reader.readline()  # "Asterisk Call Manager/…"
        self._task = asyncio.create_task(self._read())
        try:
            await self._log_in()
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave()

    async def _log_in(self) -> None:
        answer = await self.action("Login", Username=self._user, Secret=self._secret)
        if answer["Response"] != "Success":
            raise PermissionError(answer.get("Message", "refused"))

    async def _leave(self) -> None:
        self._writer.close()
        await self._task

    async def _read(self) -> None:
        message: Event = {}
        while line := await self._reader.readline():
            key, colon, value = line.decode(errors="replace").rstrip("\r\n").partition(": ")
            if colon:
                message[key] = f"{message[key]}\n{value}" if key in message else value
            elif message:
                await self.story.add(message)
                message = {}
        await self.story.end()

    async def action(self, name: str, **fields: str) -> Event:
        """Send one action and return its answer."""
        self._actions += 1
        action_id = f"{id(self)}-{self._actions}"
        lines = {"Action": name, "ActionID": action_id, **fields}
        self._writer.write("".join(f"{key}: {value}\r\n" for key, value in lines.items()).encode() + b"\r\n")
        return await self.story.wait(WAIT_SECONDS, ActionID=action_id)

    async def wait(self, event: str, *, seconds: float = WAIT_SECONDS, **fields: str) -> Event:
        """Return the next event of that name with those fields, not given out before."""
        return await self.story.wait(seconds, Event=event, **fields)

    def saw(self, event: str, **fields: str) -> bool:
        """Whether it happened up to now, given out or not."""
        return self.story.saw(Event=event, **fields)
