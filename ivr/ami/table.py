"""Which messages of Asterisk become which events: two literal tables.

PURE. Knows how manager events are written (measured: Asterisk 16.28 and 22.10 write these alike). Must not
know what follows from an event. A message that `EVENTS` does not list is nobody's business: whoever receives
it passes it over by its name, without reading the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ivr.ami.events import (
    AgentCalled,
    AgentComplete,
    AgentConnect,
    AgentRingNoAnswer,
    BridgeEnter,
    BridgeLeave,
    ChannelListed,
    Event,
    Hangup,
    Item,
    Listed,
    Newchannel,
    QueueCallerAbandon,
    QueueCallerJoin,
    QueueCallerLeave,
    QueueEntry,
    QueueMember,
    QueueParams,
    UserEvent,
)
from ivr.ami.wire import Headers, parse
from ivr.errors import AmiProtocolError

if TYPE_CHECKING:
    from ivr.ami.limits import AmiLimits

REFERENCE: Final = "IDB_REF"
"""The channel variable that must stand in ``channelvars`` of manager.conf."""
MAX_FIGURES: Final = 10
_NO_NUMBER: Final = frozenset({"<unknown>", "unknown"})
_REPEATABLE: Final = frozenset({"ChanVariable", "DestChanVariable"})

_Reader: TypeAlias = Callable[[Headers], Any]
_Row: TypeAlias = tuple[Callable[..., Any], tuple[_Reader, ...]]


def read_event(name: bytes, message: bytes, limits: AmiLimits) -> Event:
    """The event that `EVENTS` makes of a message of this name.

    `AmiProtocolError` when a field is missing, malformed, or said twice: one of the two would be a forgery.
    """
    event: Event = _read(EVENTS[name], parse(message, limits))
    return event


def read_item(name: bytes, message: bytes, limits: AmiLimits) -> Item:
    """An item of a list; `Listed` when `ITEMS` has no type for it. `AmiProtocolError` as for an event."""
    headers = parse(message, limits)
    if name not in ITEMS:
        return Listed(headers.first["Event"], headers.first)
    item: Item = _read(ITEMS[name], headers)
    return item


def _read(row: _Row, headers: Headers) -> Any:
    for name, _ in headers.again:
        if name not in _REPEATABLE:
            raise AmiProtocolError("an event that says one thing twice")
    make, readers = row
    return make(*[read(headers) for read in readers])


def _text(name: str) -> _Reader:
    return lambda headers: headers.first.get(name, "")


def _must(name: str) -> _Reader:
    def read(headers: Headers) -> str:
        value = headers.first.get(name)
        if not value:
            raise AmiProtocolError(f"an event without {name}")
        return value

    return read


def _number(name: str) -> _Reader:
    """A telephone number; empty when Asterisk has none."""

    def read(headers: Headers) -> str:
        value = headers.first.get(name, "")
        return "" if value in _NO_NUMBER else value

    return read


def _whole(name: str) -> _Reader:
    def read(headers: Headers) -> int:
        value = headers.first.get(name, "")
        if not (value.isascii() and value.isdigit() and len(value) <= MAX_FIGURES):
            raise AmiProtocolError(f"an event whose {name} is no whole number")
        return int(value)

    return read


def _figure(name: str) -> _Reader:
    """A figure that we can do without: None when it is missing or none."""
    read = _whole(name)

    def figure(headers: Headers) -> int | None:
        try:
            return read(headers)  # type: ignore[no-any-return]  # _whole gives an int
        except AmiProtocolError:
            return None

    return figure


def _count(name: str) -> _Reader:
    figure = _figure(name)
    return lambda headers: figure(headers) or 0


def _is(name: str, value: str) -> _Reader:
    return lambda headers: headers.first.get(name) == value


def _flag(name: str) -> _Reader:
    return _is(name, "1")


def _references(headers: Headers) -> list[str]:
    """The values of ``ChanVariable: IDB_REF=…``, where other variables may stand beside it.

    Asterisk writes every variable of ``channelvars``, set or not.
    """
    variables = [headers.first.get("ChanVariable", "")]
    variables += [value for name, value in headers.again if name == "ChanVariable"]
    prefix = f"{REFERENCE}="
    return [value.removeprefix(prefix) for value in variables if value.startswith(prefix)]


def _reference(headers: Headers) -> str:
    found = _references(headers)
    return found[0] if found else ""


def _has_reference(headers: Headers) -> bool:
    return bool(_references(headers))


def _all(headers: Headers) -> Mapping[str, str]:
    return headers.first


def _row(make: type, **own: _Reader) -> _Row:
    """A line of a table: what is made, and where each of its fields is read."""
    row = make, tuple(own.pop(field.name) for field in fields(make))
    if own:
        raise TypeError(f"{make.__name__} has no {', '.join(own)}")
    return row


def _channel(make: type, **own: _Reader) -> _Row:
    own |= {"channel": _must("Channel"), "uniqueid": _must("Uniqueid"), "linkedid": _must("Linkedid")}
    return _row(make, reference=_reference, **own)


def _agent(make: type, **own: _Reader) -> _Row:
    own |= {"dest_channel": _must("DestChannel"), "dest_uniqueid": _must("DestUniqueid")}
    own |= {"queue": _must("Queue"), "interface": _must("Interface"), "member_name": _text("MemberName")}
    return _channel(make, **own)


def _bridge(make: type) -> _Row:
    return _channel(make, bridge=_must("BridgeUniqueid"))


def _queued(make: type, **own: _Reader) -> _Row:
    return _channel(make, queue=_must("Queue"), position=_whole("Position"), **own)


EVENTS: Final[Mapping[bytes, _Row]] = {
    b"Newchannel": _channel(Newchannel, caller_number=_number("CallerIDNum")),
    b"Hangup": _channel(Hangup, cause=_whole("Cause")),
    b"QueueCallerJoin": _queued(QueueCallerJoin, count=_whole("Count"), caller_number=_number("CallerIDNum")),
    b"QueueCallerLeave": _queued(QueueCallerLeave, count=_whole("Count")),
    b"QueueCallerAbandon": _queued(QueueCallerAbandon, hold_time=_whole("HoldTime")),
    b"AgentCalled": _agent(AgentCalled),
    b"AgentConnect": _agent(AgentConnect, hold_time=_whole("HoldTime")),
    b"AgentComplete": _agent(
        AgentComplete, hold_time=_whole("HoldTime"), talk_time=_whole("TalkTime"), reason=_text("Reason")
    ),
    b"AgentRingNoAnswer": _agent(AgentRingNoAnswer, ring_milliseconds=_whole("RingTime")),
    b"BridgeEnter": _bridge(BridgeEnter),
    b"BridgeLeave": _bridge(BridgeLeave),
    b"UserEvent": _channel(UserEvent, name=_must("UserEvent"), fields=_all),
}
"""Events that come unasked."""

ITEMS: Final[Mapping[bytes, _Row]] = {
    b"CoreShowChannel": _channel(
        ChannelListed,
        application=_text("Application"),
        bridge=_text("BridgeId"),
        state=_whole("ChannelState"),
        caller_number=_number("CallerIDNum"),
        has_reference=_has_reference,
    ),
    b"QueueEntry": _row(
        QueueEntry,
        queue=_must("Queue"),
        position=_whole("Position"),
        channel=_must("Channel"),
        uniqueid=_must("Uniqueid"),
        caller_number=_number("CallerIDNum"),
        wait=_whole("Wait"),
    ),
    b"QueueParams": _row(
        QueueParams,
        queue=_must("Queue"),
        completed=_figure("Completed"),
        hold_time=_figure("Holdtime"),
        talk_time=_figure("TalkTime"),
    ),
    b"QueueMember": _row(
        QueueMember,
        queue=_must("Queue"),
        name=_text("Name"),
        interface=_must("Location"),
        state_interface=_text("StateInterface"),
        status=_whole("Status"),
        paused=_flag("Paused"),
        reason=_text("PausedReason"),
        paused_at=_count("LastPause"),
        dynamic=_is("Membership", "dynamic"),
    ),
}
"""Items of the lists that we ask for."""
