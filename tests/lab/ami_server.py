r"""An Asterisk manager that does as a test tells it: answers by a script, falls silent, cuts, talks nonsense.

It speaks the real protocol over TCP, on bare streams, with Asterisk 22's greeting and words, and checks
log-ins by secret and by MD5 challenge. ::

    async with AmiServer() as server:
        server.script["QueueAdd"] = ("Response: Success\nMessage: Added interface to queue",)
        ...  # a client logs in with USER and SECRET
        connection = await server.logged_in()
        connection.tell("Event: Hangup\nChannel: …")
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

USER, SECRET = "idbellen", "a-lab-secret-that-must-not-leak"
GREETING = b"Asterisk Call Manager/11.0.0\r\n"
CHALLENGE = "717963704"
WAIT_SECONDS = 10.0

Action = dict[str, str]


def message(text: str, action_id: str = "") -> bytes:
    """Lines as Asterisk writes them; the action id stands second."""
    first, *rest = text.split("\n")
    lines = [first, f"ActionID: {action_id}", *rest] if action_id else [first, *rest]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Connection:
    """One client."""

    def __init__(self, server: AmiServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.actions: list[Action] = []
        """All that it asked, in order, log-in included."""
        self.logged_in = False
        self.over = False
        """The client has closed it."""
        self.silent = False
        """Reads on, but answers nothing."""
        self._server = server
        self._reader = reader
        self._writer = writer

    def send(self, data: bytes) -> None:
        """Bytes as they are. To cut a character in two, send one half, see that the client has it, go on."""
        self._writer.write(data)

    def tell(self, *texts: str) -> None:
        """Events."""
        self.send(b"".join(message(text) for text in texts))

    def freeze(self) -> None:
        """Neither read nor write any more, but stay connected: half-open, for all the client can tell."""
        self.silent = True
        self._writer.transport.pause_reading()

    def cut(self) -> None:
        """End the connection as a dying Asterisk does."""
        self._writer.transport.abort()

    async def serve(self) -> None:
        """Greet, then answer until the client goes."""
        self.send(self._server.greeting)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                block = (await self._reader.readuntil(b"\r\n\r\n")).decode().removesuffix("\r\n\r\n")
                action = dict(line.split(": ", 1) for line in block.split("\r\n"))
                self.actions.append(action)
                if not self.silent:
                    self._answer(action)
                await self._server.happened()
        self.over = True
        self._writer.close()
        await self._server.happened()

    def _answer(self, action: Action) -> None:
        name = action["Action"]
        texts = self._server.script.get(name)
        if texts is None:
            texts = self._by_heart(action)
        self.send(b"".join(message(text, action.get("ActionID", "")) for text in texts))
        if name == "Login" and not self.logged_in:
            self._writer.close()

    def _by_heart(self, action: Action) -> tuple[str, ...]:
        """What Asterisk answers unless the script says otherwise."""
        match action["Action"]:
            case "Challenge":
                return (f"Response: Success\nChallenge: {CHALLENGE}",)
            case "Login":
                return self._log_in(action)
            case _ if not self.logged_in:
                return ("Response: Error\nMessage: Permission denied",)
            case "Ping":
                return ("Response: Success\nPing: Pong\nTimestamp: 1795313752.221430",)
            case other:
                return (f"Response: Error\nMessage: Invalid/unknown command: {other}.",)

    def _log_in(self, action: Action) -> tuple[str, ...]:
        key = hashlib.md5((CHALLENGE + SECRET).encode(), usedforsecurity=False).hexdigest()
        proven = action.get("Secret") == SECRET or action.get("Key") == key
        if action.get("Username") != USER or not proven:
            return ("Response: Error\nMessage: Authentication failed",)
        self.logged_in = True
        return ("Response: Success\nMessage: Authentication accepted",)


class AmiServer:
    """Listens from ``async with`` to its end, on a free port unless one is given."""

    def __init__(self, greeting: bytes = GREETING, port: int = 0) -> None:
        self.greeting = greeting
        self.port = port
        self.script: dict[str, tuple[str, ...]] = {}
        """By action, the messages that answer it; an empty tuple is silence."""
        self.connections: list[Connection] = []
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for connection in self.connections:
            connection.cut()
        await asyncio.gather(*self._tasks)

    @property
    def actions(self) -> list[Action]:
        """All that was asked on all connections, but for greetings, pings and log-ins."""
        aside = {"Challenge", "Login", "Ping"}
        return [
            action
            for connection in self.connections
            for action in connection.actions
            if action["Action"] not in aside
        ]

    def asked(self, name: str) -> int:
        """How often this action was asked, on all connections."""
        return sum(action["Action"] == name for each in self.connections for action in each.actions)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that clients do; a ``TimeoutError`` after `WAIT_SECONDS`."""
        async with asyncio.timeout(WAIT_SECONDS), self._changed:
            await self._changed.wait_for(condition)

    async def logged_in(self, number: int = 1) -> Connection:
        """Wait for the ``number``-th connection that logged in; it."""
        await self.until(lambda: len(self._inside()) >= number)
        return self._inside()[number - 1]

    def _inside(self) -> list[Connection]:
        return [connection for connection in self.connections if connection.logged_in]

    async def happened(self) -> None:
        """Something changed: whoever waits looks again."""
        async with self._changed:
            self._changed.notify_all()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        connection = Connection(self, reader, writer)
        self.connections.append(connection)
        await self.happened()
        await connection.serve()
