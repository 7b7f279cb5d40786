"""Lists and events as Asterisk 22 writes them, from the objects that our program makes of them.

For the fake manager (`tests.lab.ami_server`). Knows the words of each message, not what follows from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.ami.events import (
    AgentComplete,
    AgentConnect,
    BridgeEnter,
    BridgeLeave,
    ChannelEvent,
    ChannelListed,
    Hangup,
    QueueCallerJoin,
    QueueEntry,
    QueueMember,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.lab.ami_server import AmiServer

REFUSED: Final = ("Response: Error\nMessage: Permission denied",)
SILENCE: Final = ()
FIGURES: Final = (
    "Max: 0\nStrategy: rrmemory\nCalls: 0\nHoldtime: 40\nTalkTime: 120\nCompleted: 9\nAbandoned: 1\n"
    "ServiceLevel: 0\nServicelevelPerf: 0.0\nWeight: 0"
)


def show(
    server: AmiServer,
    channels: Iterable[ChannelListed] = (),
    waiting: Iterable[QueueEntry] = (),
    members: Iterable[QueueMember] = (),
) -> None:
    """Let the manager list these from now on."""
    people = [*members, *waiting]
    queues = dict.fromkeys(each.queue for each in people)
    params = [f"Event: QueueParams\nQueue: {queue}\n{FIGURES}" for queue in queues]
    server.script["CoreShowChannels"] = listing("CoreShowChannels", [text(each) for each in channels])
    server.script["QueueStatus"] = listing("QueueStatus", params + [text(each) for each in people])


def listing(action: str, items: list[str]) -> tuple[str, ...]:
    """A whole list."""
    return (
        "Response: Success\nEventList: start\nMessage: will follow",
        *items,
        f"Event: {action}Complete\nEventList: Complete\nListItems: {len(items)}",
    )


def text(what: ChannelEvent | QueueEntry | QueueMember) -> str:
    """One item or event."""
    match what:
        case QueueEntry():
            return (
                f"Event: QueueEntry\nQueue: {what.queue}\nPosition: {what.position}\nWait: {what.wait}\n"
                f"Channel: {what.channel}\nUniqueid: {what.uniqueid}\nCallerIDNum: {what.caller_number}"
            )
        case QueueMember():
            return (
                f"Event: QueueMember\nQueue: {what.queue}\nName: {what.name}\nLocation: {what.interface}\n"
                f"StateInterface: {what.state_interface}\nStatus: {what.status}\nPaused: {what.paused:d}\n"
                f"PausedReason: {what.reason}\nLastPause: {what.paused_at}\n"
                f"Membership: {'dynamic' if what.dynamic else 'static'}"
            )
        case ChannelListed():
            name = "CoreShowChannel"
        case _:
            name = type(what).__name__
    variable = f"\nChanVariable: IDB_REF={what.reference}" if getattr(what, "has_reference", True) else ""
    return (
        f"Event: {name}\nChannel: {what.channel}\nUniqueid: {what.uniqueid}\nLinkedid: {what.linkedid}"
        f"{variable}\n{_own(what)}"
    )


def _own(what: ChannelEvent) -> str:
    match what:
        case ChannelListed():
            return (
                f"Application: {what.application}\nBridgeId: {what.bridge}\nChannelState: {what.state}\n"
                f"CallerIDNum: {what.caller_number}"
            )
        case QueueCallerJoin():
            return (
                f"Queue: {what.queue}\nPosition: {what.position}\nCount: {what.count}\n"
                f"CallerIDNum: {what.caller_number}"
            )
        case AgentConnect():
            return f"{_dest(what)}\nHoldTime: {what.hold_time}"
        case AgentComplete():
            times = f"HoldTime: {what.hold_time}\nTalkTime: {what.talk_time}"
            return f"{_dest(what)}\n{times}\nReason: {what.reason}"
        case Hangup():
            return f"Cause: {what.cause}"
        case BridgeEnter() | BridgeLeave():
            return f"BridgeUniqueid: {what.bridge}"
    raise AssertionError(f"{what} is written nowhere yet")


def _dest(what: AgentConnect | AgentComplete) -> str:
    return (
        f"DestChannel: {what.dest_channel}\nDestUniqueid: {what.dest_uniqueid}\nQueue: {what.queue}\n"
        f"Interface: {what.interface}\nMemberName: {what.member_name}"
    )
