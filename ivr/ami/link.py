"""The link to one Asterisk's manager: log in, follow its events, ask it things, connect again.

panoramisk's Manager connects, sends and pings, one Manager to a connection; `AmiProtocol` does the rest.
Knows how to log in and when to try again. Must not know what events mean for a call. It logs nothing: that a
connection came or went, and why, stands among the events.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import secrets
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from panoramisk import Manager

from ivr.ami.events import Event, Item
from ivr.ami.limits import AmiLimits
from ivr.ami.protocol import AmiProtocol
from ivr.ami.tally import AmiTally
from ivr.errors import ManagerError, ManagerGoneError, TooSlowError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping

    from ivr.ami.answers import Response

FOLLOWED: Final = "call,agent,user"
"""The classes of events that `ivr.ami.table` lists: asked for at login, so that a user with more rights does
not get more. ``user`` is for `UserEvent`; without that right Asterisk just sends none."""


@dataclass(frozen=True, slots=True)
class Connected:
    """From here on the events are whole. What was before is not known: take a snapshot, then follow."""

    version: str
    """Of the manager protocol: 5 is Asterisk 16, 11 is Asterisk 22."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """There is no connection. It comes after each `Connected`, and again when the reason changes."""

    reason: str


Followed: TypeAlias = Event | Connected | Disconnected


class ManagerLink:
    """A link to the manager of one Asterisk. One connection at a time; any number after each other.

    ::

        link = ManagerLink("127.0.0.1", 5038, "idbellen", secret)
        async with link.events() as events:  # connects, and connects again, until left
            async for event in events:
                match event:
                    case Connected():
                        channels = await link.listing("CoreShowChannels", "CoreShowChannelsComplete")
    """

    def __init__(
        self, host: str, port: int, username: str, secret: str, *, limits: AmiLimits | None = None
    ) -> None:
        self.tally = AmiTally()
        self._host = host
        self._port = port
        self._username = username
        self._secret = secret
        self._limits = limits or AmiLimits()
        self._manager: _OneConnection | None = None
        self._protocol: AmiProtocol | None = None

    def __repr__(self) -> str:
        state = "connected" if self.connected else "not connected"
        return f"<ManagerLink {self._username}@{self._host}:{self._port} {state}>"

    @property
    def connected(self) -> bool:
        """Whether an action would be sent now."""
        return self._protocol is not None and not self._protocol.ended

    async def action(self, name: str, /, **fields: str | int) -> Response:
        """Do one thing and wait for the answer, at most `AmiLimits.answer_seconds`.

        `ManagerError` with Asterisk's own words when it refuses. `ManagerGoneError` without a connection, or
        when it is lost meanwhile: nothing is kept to be sent later. `TooSlowError`; `UnsafeValueError`.
        """
        response: Response = await self._ask(name, fields, None)
        return response

    async def listing(self, name: str, complete: str, /, **fields: str | int) -> list[Item]:
        """A whole list, up to the event ``complete``; errors as `action`'s, and never a part of a list.

        `ManagerError` as well when Asterisk says that items are missing, one cannot be read, or there are
        more than `AmiLimits.list_items`.
        """
        items: list[Item] = await self._ask(name, fields, complete)
        return items

    @asynccontextmanager
    async def once(self) -> AsyncIterator[str]:
        """One connection, without events and without another try; the manager protocol's version.

        `ManagerGoneError` says why Asterisk cannot be reached, `ManagerError` why it lets us not in.
        """
        async with self._connection("off") as protocol:
            yield await protocol.greeted

    def events(self) -> AbstractAsyncContextManager[AsyncIterator[Followed]]:
        """Follow for ever. The next connection is made only after everything of the last one was taken."""
        return aclosing(self._follow())

    async def _follow(self) -> AsyncGenerator[Followed, None]:
        loop = asyncio.get_running_loop()
        wait, told = self._limits.retry_first_seconds, ""
        while True:
            began = loop.time()
            try:
                async with self._connection(FOLLOWED) as protocol:
                    told = ""
                    yield Connected(await protocol.greeted)
                    while (event := await protocol.next_event()) is not None:
                        yield event
                    reason = protocol.ended
            except (ManagerError, TooSlowError) as fault:
                reason = str(fault)
            if reason != told:
                told = reason
                yield Disconnected(reason)
            if loop.time() - began > self._limits.retry_most_seconds:
                wait = self._limits.retry_first_seconds
            await asyncio.sleep(wait)
            wait = min(2 * wait, self._limits.retry_most_seconds)

    def _ask(self, name: str, fields: Mapping[str, str | int], complete: str | None) -> asyncio.Future[Any]:
        if self._manager is None or not self.connected:
            raise ManagerGoneError(f"no manager connection; {name} was not sent")
        return self._manager.ask(name, fields, complete)

    @asynccontextmanager
    async def _connection(self, classes: str) -> AsyncIterator[AmiProtocol]:
        """From connecting to the socket given back."""
        if self._manager is not None:
            raise ManagerError("this link has a connection already")
        protocol = AmiProtocol(self._limits, self.tally, secrets.token_hex(4))
        self._manager = _OneConnection(self._host, self._port, protocol, self._limits.ping_seconds)
        try:
            await self._open(self._manager, protocol, classes)
            self._protocol = protocol
            yield protocol
        finally:
            self._manager.close()
            self._manager = self._protocol = None
            protocol.close()
            await protocol.wait_closed()

    async def _open(self, manager: _OneConnection, protocol: AmiProtocol, classes: str) -> None:
        where, seconds = f"{self._host}:{self._port}", self._limits.login_seconds
        try:
            async with asyncio.timeout(seconds):
                await manager.connect()
                await protocol.greeted
                await self._log_in(manager, classes)
        except TimeoutError:
            raise ManagerGoneError(f"{where} did not let us in within {seconds} s") from None
        except OSError as fault:
            why = os.strerror(fault.errno) if fault.errno and fault.errno > 0 else str(fault)
            raise ManagerGoneError(f"{where} cannot be reached: {why}") from None

    async def _log_in(self, manager: _OneConnection, classes: str) -> None:
        """By challenge: whoever else listens on that port does not learn the secret."""
        challenge = await manager.ask("Challenge", {"AuthType": "MD5"})
        text = challenge.fields.get("Challenge", "") + self._secret
        key = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        login = {"AuthType": "MD5", "Username": self._username, "Key": key, "Events": classes}
        await manager.ask("Login", login)


class _OneConnection(Manager):  # type: ignore[misc]  # panoramisk has no types
    """panoramisk's Manager for one connection: it neither connects again by itself, nor logs, nor logs in."""

    def __init__(self, host: str, port: int, protocol: AmiProtocol, ping_seconds: float) -> None:
        silent = logging.Logger("panoramisk", logging.CRITICAL + 1)  # noqa: LOG001 of nobody else's tree
        super().__init__(host=host, port=port, protocol_factory=lambda: protocol, log=silent)
        self.ping_delay = self.ping_interval = ping_seconds  # its own options take whole seconds only

    def connection_made(self, task: asyncio.Task[Any]) -> None:
        """Without an attempt that failed, which would schedule another one, or that came too late."""
        if not task.cancelled() and task.exception() is None and not task.result()[1].ended:
            super().connection_made(task)

    def ask(
        self, name: str, fields: Mapping[str, str | int], complete: str | None = None
    ) -> asyncio.Future[Any]:
        """What `AmiProtocol.send` says."""
        future: asyncio.Future[Any] = self.send_action({"Action": name, **fields}, as_list=complete)
        return future
