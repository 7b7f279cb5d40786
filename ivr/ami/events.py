"""What Asterisk tells us about calls, as frozen events.

PURE. Knows what each event means. Must not know how it is written on the wire (``table``), nor what follows
from it (the tracker), nor of sockets, clocks and logs.

``channel``, ``uniqueid``, ``linkedid`` and ``reference`` are of the *caller* in queue and agent events,
``dest_…`` of the agent's phone. ``reference`` is our channel variable, empty when unset; channels born of the
caller's inherit it, so it says which call a channel belongs to, never which end of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ChannelEvent:
    """What every event about one channel says."""

    channel: str
    uniqueid: str
    linkedid: str
    reference: str


@dataclass(frozen=True, slots=True)
class Newchannel(ChannelEvent):
    """A channel exists."""

    caller_number: str


@dataclass(frozen=True, slots=True)
class Hangup(ChannelEvent):
    """A channel is gone. ``cause`` is Q.850's."""

    cause: int


@dataclass(frozen=True, slots=True)
class QueueCallerJoin(ChannelEvent):
    """A caller waits. ``position`` counts from 1; ``count`` is how many wait now."""

    queue: str
    position: int
    count: int
    caller_number: str


@dataclass(frozen=True, slots=True)
class QueueCallerLeave(ChannelEvent):
    """A caller waits no longer, for whatever reason: it comes before `AgentConnect` as well."""

    queue: str
    position: int
    count: int


@dataclass(frozen=True, slots=True)
class QueueCallerAbandon(ChannelEvent):
    """A caller gave up, or was given up, after ``hold_time`` seconds. `QueueCallerLeave` follows."""

    queue: str
    position: int
    hold_time: int


@dataclass(frozen=True, slots=True)
class AgentCalled(ChannelEvent):
    """A member's phone rings for this caller."""

    dest_channel: str
    dest_uniqueid: str
    queue: str
    interface: str
    member_name: str


@dataclass(frozen=True, slots=True)
class AgentConnect(AgentCalled):
    """The member picked up, after the caller had waited ``hold_time`` seconds."""

    hold_time: int


@dataclass(frozen=True, slots=True)
class AgentComplete(AgentCalled):
    """The conversation of ``talk_time`` seconds is over, by ``caller``, ``agent`` or ``transfer``."""

    hold_time: int
    talk_time: int
    reason: str


@dataclass(frozen=True, slots=True)
class AgentRingNoAnswer(AgentCalled):
    """The member's phone rang for ``ring_milliseconds`` in vain."""

    ring_milliseconds: int


@dataclass(frozen=True, slots=True)
class BridgeEnter(ChannelEvent):
    """The channel is in the conversation ``bridge``."""

    bridge: str


@dataclass(frozen=True, slots=True)
class BridgeLeave(ChannelEvent):
    """The channel is in that conversation no longer."""

    bridge: str


@dataclass(frozen=True, slots=True)
class UserEvent(ChannelEvent):
    """The dialplan says ``name``. Its fields can be forged by whoever chooses their text (see ``wire``)."""

    name: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChannelListed(ChannelEvent):
    """An item of ``CoreShowChannels``. ``state`` 6 is up; ``bridge`` is empty when it talks to nobody.

    ``has_reference``: our variable stands in ``channelvars``, so that an empty `reference` means unset.
    """

    application: str
    bridge: str
    state: int
    caller_number: str
    has_reference: bool


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """An item of ``QueueStatus``: a caller who has waited ``wait`` seconds."""

    queue: str
    position: int
    channel: str
    uniqueid: str
    caller_number: str
    wait: int


@dataclass(frozen=True, slots=True)
class QueueParams:
    """An item of ``QueueStatus``: a queue and its figures, times in seconds; None where it gives none."""

    queue: str
    completed: int | None
    """Conversations that are over, since Asterisk began to count."""
    hold_time: int | None
    talk_time: int | None
    """Running means of Asterisk's, 0 before the first conversation."""


@dataclass(frozen=True, slots=True)
class QueueMember:
    """An item of ``QueueStatus``. ``status`` is a device's: 1 free, 2 in use, 5 unavailable, 6 ringing."""

    queue: str
    name: str
    interface: str
    state_interface: str
    status: int
    paused: bool
    reason: str = ""
    """Why paused, if anybody said."""
    paused_at: int = 0
    """When that began, by Asterisk's clock, in seconds since the epoch; 0: not told."""
    dynamic: bool = False
    """Added while Asterisk runs, and can be removed so; others stand in queues.conf."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Any other item of a list."""

    name: str
    fields: Mapping[str, str]


Event: TypeAlias = (
    Newchannel | Hangup | QueueCallerJoin | QueueCallerLeave | QueueCallerAbandon | AgentCalled | AgentConnect
    | AgentComplete | AgentRingNoAnswer | BridgeEnter | BridgeLeave | UserEvent
)  # fmt: skip
Item: TypeAlias = ChannelListed | QueueEntry | QueueParams | QueueMember | Listed
