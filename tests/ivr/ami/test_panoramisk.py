"""Each fault of panoramisk 1.4 that our protocol class mends: the same story, plain and ours."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from panoramisk import Manager

from ivr.ami.events import QueueCallerJoin
from ivr.ami.limits import AmiLimits
from ivr.ami.link import Connected, Disconnected, ManagerLink
from ivr.errors import IdBellenError
from tests.lab.ami_server import SECRET, USER, WAIT_SECONDS, AmiServer, message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

Thing = TypeVar("Thing")
PING_SECONDS = 0.02
PINGS = 3
"""Who has not noticed anything after this many pings without an answer never will."""

JOIN = (
    "Event: QueueCallerJoin\nChannel: PJSIP/trunk-00000001\nCallerIDNum: 0612345678\n"
    "Uniqueid: 1.1\nLinkedid: 1.1\nQueue: {}\nPosition: 1\nCount: 1"
)


async def within(what: Awaitable[Thing]) -> Thing:
    """What comes, within `WAIT_SECONDS`."""
    return await asyncio.wait_for(what, WAIT_SECONDS)


class Plain:
    """panoramisk as it comes."""

    def __init__(self, server: AmiServer) -> None:
        self.joined: asyncio.Queue[str] = asyncio.Queue()
        self.in_gap: Callable[[], None] = lambda: None
        self._server = server
        self._inside = asyncio.Event()
        self._manager = Manager(
            host="127.0.0.1", port=server.port, username=USER, secret=SECRET, reconnect_timeout=0
        )
        self._manager.ping_delay = self._manager.ping_interval = PING_SECONDS
        self._manager.on_login = lambda _: self._inside.set()
        self._manager.on_disconnect = lambda _, __: self.in_gap()
        self._manager.register_event("QueueCallerJoin", lambda _, event: self.joined.put_nowait(event.queue))

    def limit(self, **limits: float) -> None:
        """It has none."""

    async def start(self) -> None:
        """Until logged in."""
        self._manager.connect()
        await within(self._inside.wait())

    def ask(self, name: str, **fields: str) -> asyncio.Future[Any]:
        """Send an action."""
        return self._manager.send_action({"Action": name, **fields})

    async def outcome(self, future: asyncio.Future[Any]) -> str:
        """What came of it, after it had all the time that is needed."""
        await self._server.until(lambda: self._server.asked("Ping") >= PINGS)
        return "answered" if future.done() else "still waiting"

    async def stop(self) -> None:
        """Leave nothing behind."""
        self._manager.connect = lambda: None
        self._manager.close()


class Ours:
    """The same library behind our link."""

    def __init__(self, server: AmiServer) -> None:
        self.joined: asyncio.Queue[str] = asyncio.Queue()
        self.in_gap: Callable[[], None] = lambda: None
        self._server = server
        self._inside = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.limit()

    def limit(self, **limits: float) -> None:
        """Shorter waits than usual, for stories in which nothing comes."""
        chosen = AmiLimits(**{"retry_first_seconds": 0.001, **limits})
        self._link = ManagerLink("127.0.0.1", self._server.port, USER, SECRET, limits=chosen)

    async def start(self) -> None:
        """Until logged in."""
        self._task = asyncio.create_task(self._follow())
        await within(self._inside.wait())

    async def _follow(self) -> None:
        async with self._link.events() as events:
            async for event in events:
                match event:
                    case Connected():
                        self._inside.set()
                    case Disconnected():
                        self.in_gap()
                    case QueueCallerJoin():
                        self.joined.put_nowait(event.queue)
                    case _:
                        pass

    def ask(self, name: str, **fields: str) -> asyncio.Future[Any]:
        """Send an action."""
        return asyncio.ensure_future(self._link.action(name, **fields))

    async def outcome(self, future: asyncio.Future[Any]) -> str:
        """What came of it."""
        try:
            await future
        except IdBellenError as error:
            return type(error).__name__
        return "answered"

    async def stop(self) -> None:
        """Leave nothing behind."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


Client = Plain | Ours


def both(plain: object, ours: object) -> pytest.MarkDecorator:
    """The same story twice, and what each client makes of it."""
    return pytest.mark.parametrize(
        ("kind", "seen"), [pytest.param(Plain, plain, id="plain"), pytest.param(Ours, ours, id="ours")]
    )


@pytest.fixture
async def server() -> AsyncIterator[AmiServer]:
    """The manager of an Asterisk."""
    async with AmiServer() as server:
        server.script["Marker"] = ("Response: Success",)
        yield server


@pytest.fixture
async def client(kind: type[Client], server: AmiServer) -> AsyncIterator[Client]:
    """One of the two, not started."""
    client = kind(server)
    yield client
    await client.stop()


@both(plain=1, ours=0)
@pytest.mark.req("S7")
async def test_line_end_in_a_value_injects_an_action(client: Client, server: AmiServer, seen: int) -> None:
    """Plain panoramisk lets a value speak for us; ours refuses the value and sends nothing of it."""
    server.script |= {"Setvar": ("Response: Success",), "Originate": ("Response: Success",)}
    await client.start()
    await client.outcome(client.ask("Setvar", Value="x\r\n\r\nAction: Originate\r\nChannel: PJSIP/1"))
    await within(client.ask("Marker"))
    assert server.asked("Originate") == seen


@both(plain="berlauf", ours="Überlauf")
async def test_character_cut_in_two_segments(client: Client, server: AmiServer, seen: str) -> None:
    """Plain panoramisk loses a character whose bytes come in two segments; ours does not."""
    await client.start()
    connection = await server.logged_in()
    whole = message(JOIN.format("Überlauf"))
    middle = whole.index("Ü".encode()) + 1
    connection.send(message(JOIN.format("first")) + whole[:middle])
    assert await within(client.joined.get()) == "first"  # so the first half has been read
    connection.send(whole[middle:])
    assert await within(client.joined.get()) == seen


@both(plain=2, ours=1)
async def test_action_in_flight_when_the_connection_is_lost(
    client: Client, server: AmiServer, seen: int
) -> None:
    """Plain panoramisk does it again on the next connection; ours tells who asked, and forgets it."""
    server.script["QueueAdd"] = ()
    await client.start()
    future = client.ask("QueueAdd", Queue="kcc", Interface="PJSIP/1")
    await server.until(lambda: server.asked("QueueAdd") == 1)
    await _reconnect(client, server)
    assert server.asked("QueueAdd") == seen
    assert future.done() == isinstance(client, Ours)
    await asyncio.gather(*[future] * future.done(), return_exceptions=True)


@both(plain=1, ours=0)
async def test_action_asked_for_while_there_is_no_connection(
    client: Client, server: AmiServer, seen: int
) -> None:
    """Plain panoramisk does it later, when nobody may want it; ours says that there is no connection."""
    server.script["QueueAdd"] = ()
    await client.start()
    asked: list[asyncio.Future[Any]] = []
    client.in_gap = lambda: asked.append(client.ask("QueueAdd", Queue="kcc", Interface="PJSIP/1"))
    await _reconnect(client, server)
    client.in_gap = lambda: None
    assert server.asked("QueueAdd") == seen
    if isinstance(client, Ours):
        assert await client.outcome(asked[0]) == "ManagerGoneError"


async def _reconnect(client: Client, server: AmiServer) -> None:
    """Cut the connection; when the next one is booted and quite usable, mark it."""
    (await server.logged_in()).cut()
    connection = await server.logged_in(2)
    connection.tell("Event: FullyBooted\nStatus: Fully Booted", JOIN.format("after"))
    assert await within(client.joined.get()) == "after"
    await within(client.ask("Marker"))


@both(plain="AttributeError", ours="ManagerGoneError")
async def test_action_asked_for_before_connecting(client: Client, seen: str) -> None:
    """Plain panoramisk trips over itself; ours says that there is no connection."""
    try:
        said = await client.outcome(client.ask("QueueStatus"))
    except AttributeError as error:
        said = type(error).__name__
    assert said == seen


@both(plain="still waiting", ours="TooSlowError")
async def test_action_that_is_never_answered(client: Client, server: AmiServer, seen: str) -> None:
    """Plain panoramisk waits for ever; ours has a limit."""
    server.script["QueueStatus"] = ()
    client.limit(answer_seconds=0.05)
    await client.start()
    assert await client.outcome(client.ask("QueueStatus")) == seen


@both(plain="still waiting", ours="answered")
async def test_answer_to_queue_add(client: Client, server: AmiServer, seen: str) -> None:
    """Plain panoramisk takes Asterisk's whole answer for the beginning of a list; ours takes it."""
    server.script["QueueAdd"] = ("Response: Success\nMessage: Added interface to queue",)
    await client.start()
    assert await client.outcome(client.ask("QueueAdd", Queue="kcc", Interface="PJSIP/1")) == seen


@both(plain=False, ours=True)
@pytest.mark.req("O6")
async def test_half_open_connection(client: Client, server: AmiServer, seen: bool) -> None:
    """Plain panoramisk pings on without an answer; ours lets the connection go."""
    client.limit(ping_seconds=PING_SECONDS, ping_answer_seconds=PING_SECONDS)
    await client.start()
    connection = await server.logged_in()
    connection.silent = True
    await server.until(
        lambda: connection.over or sum(a["Action"] == "Ping" for a in connection.actions) >= PINGS
    )
    assert connection.over == seen


@both(plain=True, ours=False)
@pytest.mark.req("S1")
async def test_what_is_in_the_log(
    client: Client, server: AmiServer, seen: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Plain panoramisk writes whole messages at DEBUG, callers' numbers included; ours writes none."""
    caplog.set_level(logging.DEBUG)
    await client.start()
    (await server.logged_in()).tell(JOIN.format("kcc"))
    assert await within(client.joined.get()) == "kcc"
    assert ("0612345678" in caplog.text) == seen
    assert SECRET not in caplog.text or isinstance(client, Plain)
