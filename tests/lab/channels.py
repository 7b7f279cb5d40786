"""What Asterisk lists and tells of calls, in one line each, for tests of what follows from it.

Made like the items and events of a real Asterisk (``tests/ivr/ami/recorded``). Knows nothing of the wire.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.ami.events import (
    AgentComplete,
    AgentConnect,
    BridgeEnter,
    BridgeLeave,
    ChannelListed,
    Hangup,
    QueueCallerJoin,
    QueueEntry,
    QueueMember,
)

QUEUE = "kcc"
NUMBER = "0612345678"


def channel(uniqueid: str) -> str:
    """The name of a caller's channel."""
    return f"PJSIP/trunk-{uniqueid.replace('.', '')}"


def caller(
    uniqueid: str, bridge: str = "", *, application: str = "Queue", reference: str = ""
) -> ChannelListed:
    """A caller, listed: waiting, or in a conversation."""
    return ChannelListed(
        channel(uniqueid), uniqueid, uniqueid, reference, application, bridge, 6, NUMBER, has_reference=True
    )


def phone(interface: str, bridge: str = "", *, linkedid: str = "9.9", number: int = 1) -> ChannelListed:
    """A channel of the phone behind an interface, listed."""
    name = f"{interface}-{number:08x}"
    return ChannelListed(
        name, f"{linkedid}{number}", linkedid, "", "AppQueue", bridge, 6, "", has_reference=True
    )


def entry(uniqueid: str, queue: str = QUEUE) -> QueueEntry:
    """A caller in a queue, listed."""
    return QueueEntry(queue, 1, channel(uniqueid), uniqueid, NUMBER, 10)


def member(interface: str, state_interface: str = "", queue: str = QUEUE) -> QueueMember:
    """A queue's member, listed."""
    return QueueMember(queue, interface, interface, state_interface, 1, paused=False)


def joined(uniqueid: str, reference: str = "", queue: str = QUEUE) -> QueueCallerJoin:
    """The caller waits."""
    return QueueCallerJoin(channel(uniqueid), uniqueid, uniqueid, reference, queue, 1, 1, NUMBER)


def connected(uniqueid: str, interface: str, reference: str = "", queue: str = QUEUE) -> AgentConnect:
    """The member picked up."""
    return AgentConnect(
        *(channel(uniqueid), uniqueid, uniqueid, reference),
        *(f"{interface}-00000001", "9.91", queue, interface, interface, 3),
    )


def completed(uniqueid: str, interface: str, reason: str = "agent", reference: str = "") -> AgentComplete:
    """The conversation with the member is over."""
    return AgentComplete(
        *(channel(uniqueid), uniqueid, uniqueid, reference),
        *(f"{interface}-00000001", "9.91", QUEUE, interface, interface, 3, 20, reason),
    )


def hung_up(uniqueid: str, reference: str = "") -> Hangup:
    """The channel is gone."""
    return Hangup(channel(uniqueid), uniqueid, uniqueid, reference, 16)


def comes(who: ChannelListed, bridge: str) -> BridgeEnter:
    """A channel comes to a conversation."""
    return BridgeEnter(who.channel, who.uniqueid, who.linkedid, who.reference, bridge)


def goes(who: ChannelListed, bridge: str) -> BridgeLeave:
    """A channel leaves a conversation."""
    return BridgeLeave(who.channel, who.uniqueid, who.linkedid, who.reference, bridge)


def halves(name: str, near: str, far: str, *, number: int = 1) -> tuple[ChannelListed, ChannelListed]:
    """A pair of Local channels, listed, one in each of two conversations."""
    one, two = (phone(name, bridge, linkedid=f"8.{n}", number=number) for n, bridge in enumerate((near, far)))
    return replace(one, channel=f"{one.channel};1"), replace(two, channel=f"{two.channel};2")
