"""The actions under way on one connection, each with its deadline, and the answers that find them.

Knows how Asterisk answers: with one response, or with a response, items and an event that ends the list. Must
not know of sockets, nor what an answer is good for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ivr.ami.table import read_item
from ivr.ami.wire import parse
from ivr.errors import AmiProtocolError, IdBellenError, ManagerError, ManagerGoneError, TooSlowError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

    from ivr.ami.events import Item
    from ivr.ami.limits import AmiLimits
    from ivr.ami.tally import AmiTally

PING: Final = "Ping"
MAX_WORDS: Final = 200
"""Characters of Asterisk's own words in an error of ours."""
_ACTION_ID: Final = b"\r\nActionID: "


@dataclass(frozen=True, slots=True)
class Response:
    """Asterisk's answer to an action that it did."""

    message: str
    fields: Mapping[str, str]


@dataclass(slots=True)
class _Asked:
    """An action under way."""

    name: str
    future: asyncio.Future[Any]
    deadline: asyncio.TimerHandle
    complete: bytes
    """The event that ends the list; empty when one response is all."""
    items: list[Item] = field(default_factory=list)


class Answers:
    """Matches what Asterisk says to what was asked, by action ids that no event can guess."""

    def __init__(self, limits: AmiLimits, tally: AmiTally, token: str, silent: Callable[[str], None]) -> None:
        """``token`` opens every action id. ``silent`` is told when a ping was not answered."""
        self.lists = 0
        """Lists under way: with none, no event needs a look at its action id."""
        self._limits = limits
        self._tally = tally
        self._token = token
        self._silent = silent
        self._number = 0
        self._asked: dict[bytes, _Asked] = {}

    def next_id(self) -> str:
        """An action id that was not used before."""
        self._number += 1
        return f"{self._token}-{self._number}"

    def expect(
        self, loop: asyncio.AbstractEventLoop, action_id: str, name: str, complete: str
    ) -> asyncio.Future[Any]:
        """What the action comes to: `Response`, or the items up to the event ``complete``, or an error."""
        key = action_id.encode()
        seconds = self._limits.ping_answer_seconds if name == PING else self._limits.answer_seconds
        deadline = loop.call_later(seconds, self._expire, key, seconds)
        future: asyncio.Future[Any] = loop.create_future()
        self._asked[key] = _Asked(name, future, deadline, complete.encode())
        self.lists += bool(complete)
        future.add_done_callback(partial(self._forget, key))
        return future

    def take_response(self, message: bytes) -> None:
        """A message that opens with ``Response:``."""
        asked = self._asked.get(_action_id(message))
        if asked is None or asked.future.done():
            self._tally.strange += 1
            return
        try:
            fields = parse(message, self._limits).first
        except AmiProtocolError as fault:
            self._tally.malformed += 1
            fail(asked.future, ManagerError(f"the answer to {asked.name} cannot be read: {fault}"))
            return
        said = fields.get("Message", "").strip()
        if fields["Response"] != "Success":
            words = said[:MAX_WORDS] or "(no reason given)"
            fail(asked.future, ManagerError(f"Asterisk refused {asked.name}: {words}"))
        elif not asked.complete:
            asked.future.set_result(Response(said, fields))

    def take_item(self, name: bytes, message: bytes) -> bool:
        """Whether this event belongs to a list that was asked for; if so, it is taken."""
        asked = self._asked.get(_action_id(message))
        if asked is None or not asked.complete:
            return False
        try:
            if name == asked.complete:
                _complete(asked, parse(message, self._limits).first)
            elif len(asked.items) >= self._limits.list_items:
                fail(asked.future, ManagerError(f"{asked.name}: more than {self._limits.list_items} items"))
            else:
                asked.items.append(read_item(name, message, self._limits))
        except AmiProtocolError as fault:
            self._tally.malformed += 1
            fail(asked.future, ManagerError(f"{asked.name}: an item cannot be read: {fault}"))
        return True

    def end(self, reason: str) -> None:
        """The connection is over: nothing under way will be answered, and nothing is kept for another one."""
        for asked in self._asked.values():
            fail(asked.future, ManagerGoneError(f"{reason}; whether {asked.name} was done is not known"))

    def _expire(self, key: bytes, seconds: float) -> None:
        asked = self._asked[key]
        if asked.future.done():
            return
        fail(asked.future, TooSlowError(f"Asterisk did not answer {asked.name} within {seconds} s"))
        if asked.name == PING:
            self._silent(f"a ping was not answered within {seconds} s")

    def _forget(self, key: bytes, _future: asyncio.Future[Any]) -> None:
        asked = self._asked.pop(key)
        asked.deadline.cancel()
        self.lists -= bool(asked.complete)


def fail(future: asyncio.Future[Any], fault: IdBellenError) -> None:
    """Give a future its error, unless it is done."""
    if not future.done():
        future.set_exception(fault)
        future.exception()  # nobody awaits the future of panoramisk's ping: the loop need not complain of it


def _action_id(message: bytes) -> bytes:
    return message.partition(_ACTION_ID)[2].partition(b"\r\n")[0]


def _complete(asked: _Asked, fields: Mapping[str, str]) -> None:
    """End a list, if it is whole."""
    counted = str(len(asked.items))
    if fields.get("EventList", "Complete") != "Complete" or fields.get("ListItems", counted) != counted:
        fail(asked.future, ManagerError(f"{asked.name}: Asterisk's list is not complete"))
    elif not asked.future.done():
        asked.future.set_result(asked.items)
